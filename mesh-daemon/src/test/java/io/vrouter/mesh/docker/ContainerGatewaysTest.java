package io.vrouter.mesh.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.docker.EngineContainer.Attachment;
import io.vrouter.mesh.model.Problem;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ContainerGatewaysTest {
  private static Attachment on(String network, int priority) {
    return new Attachment(network, "172.19.0.1", priority);
  }

  private static List<Problem> of(Attachment... attachments) {
    return ContainerGateways.problems(
        List.of(new EngineContainer("app", List.of(attachments))),
        Set.of("p_mesh", "p_other"),
        Set.of("p_inside"));
  }

  @Test
  void theFirstByNameIsTheWayOut() {
    assertThat(of(on("p_default", 0), on("p_mesh", 0)))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.severity()).isEqualTo(Problem.Severity.WARNING);
              assertThat(it.message()).contains("'app'", "'p_mesh'", "'p_default'");
              assertThat(it.fix())
                  .contains("label 'p_default' with vrouter.mesh=true")
                  .contains("give 'p_mesh' gw_priority: 1");
            });
    assertThat(of(on("p_zzz", 0), on("p_mesh", 0))).isEmpty();
  }

  @Test
  void priorityGoesFirst() {
    assertThat(of(on("p_default", 0), on("p_mesh", 1))).isEmpty();
    assertThat(of(on("p_mesh", 0), on("p_zzz", 5))).hasSize(1);
  }

  @Test
  void whatLeadsNowhereIsNoWayOut() {
    assertThat(of(on("p_inside", 0), on("p_mesh", 0))).isEmpty();
    assertThat(of(new Attachment("a", "", 0), on("p_mesh", 0))).isEmpty();
    assertThat(of(new Attachment("p_mesh", "", 0))).isEmpty();
  }

  @Test
  void bothCarriedOrNoneIsNoProblem() {
    assertThat(of(on("p_mesh", 0), on("p_other", 0))).isEmpty();
    assertThat(of(on("a", 0), on("b", 0))).isEmpty();
    assertThat(of()).isEmpty();
  }

  @Test
  void manyAreCounted() {
    List<EngineContainer> many =
        IntStream.range(0, 100)
            .mapToObj(i -> new EngineContainer("c" + i, List.of(on("a", 0), on("p_mesh", 0))))
            .toList();
    List<Problem> problems = ContainerGateways.problems(many, Set.of("p_mesh"), Set.of());
    assertThat(problems).hasSize(9);
    assertThat(problems.get(8).message()).startsWith("92 more containers");
  }
}
