package io.vrouter.mesh.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.engines.EngineHost;
import io.vrouter.mesh.engines.Engines;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.model.Vnis;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The watch against a real engine. */
@Tag("lab")
class DockerWatchTest {
  private static Engines engines;
  private static EngineHost host;

  private final List<DockerSnapshot> told = new CopyOnWriteArrayList<>();
  private DockerWatch watch;

  @BeforeAll
  static void startEngine() {
    engines = Engines.start(1);
    host = engines.host(1);
  }

  @AfterAll
  static void stopEngine() {
    engines.close();
  }

  @BeforeEach
  void startWatch() {
    watch = watch(false);
    watch.start();
    await("first list", snapshot -> snapshot.state() == DockerSnapshot.EngineState.FOLLOWED);
  }

  @AfterEach
  void stopWatch() {
    watch.close();
    host.docker("network", "prune", "--force");
  }

  @Test
  void labelledNetworkComesAndGoes() {
    host.dockerOk(
        "network", "create", "--label", "vrouter.mesh=true", "--subnet", "172.30.0.0/16", "web");
    DockerNetwork web = await("web", carries("172.30.0.0/16")).networks().get(0);
    assertThat(web.network()).isEqualTo("web");
    assertThat(web.vni()).isEqualTo(new Vni(1000));
    assertThat(web.gateway()).hasToString("/172.30.0.1");
    assertThat(host.ok("ip", "-br", "addr", "show", "dev", web.device())).contains("172.30.0.1/16");

    host.dockerOk("network", "rm", "web");
    await("gone", snapshot -> snapshot.networks().isEmpty());
  }

  @Test
  void unlabelledNetworkIsLeftAlone() {
    host.dockerOk("network", "create", "--subnet", "172.31.0.0/16", "private");
    DockerSnapshot snapshot =
        await("subnet", it -> it.subnets().toString().contains("172.31.0.0/16"));
    assertThat(snapshot.networks()).isEmpty();
    assertThat(snapshot.problems()).isEmpty();
  }

  @Test
  void badLabelIsTold() {
    host.dockerOk(
        "network",
        "create",
        "--label",
        "vrouter.mesh=true",
        "--label",
        "vrouter.vni=blue",
        "colours");
    DockerSnapshot snapshot = await("problem", it -> !it.problems().isEmpty());
    assertThat(snapshot.networks()).isEmpty();
    assertThat(snapshot.problems())
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("colours", "blue", "1 to 16777215");
  }

  @Test
  void engineThatGoesAwayChangesNothingUntilItIsBack() {
    host.dockerOk(
        "network", "create", "--label", "vrouter.mesh=true", "--subnet", "172.29.0.0/16", "stays");
    DockerSnapshot before = await("stays", carries("172.29.0.0/16"));

    host.stopEngine();
    DockerSnapshot gone =
        await("gone", snapshot -> snapshot.state() == DockerSnapshot.EngineState.UNREACHABLE);
    assertThat(gone.networks()).isEqualTo(before.networks());
    assertThat(gone.problems()).extracting(Problem::code).containsExactly("docker-unreachable");

    host.startEngine();
    DockerSnapshot back = await("back", snapshot -> snapshot.connection() > before.connection());
    assertThat(back.networks()).isEqualTo(before.networks());
    assertThat(back.problems()).isEmpty();

    host.dockerOk("network", "rm", "stays");
    await("removed", snapshot -> snapshot.networks().isEmpty());
  }

  @Test
  void manyNetworksAtOnceAllArrive() {
    for (int i = 0; i < 12; i++) {
      host.dockerOk(
          "network",
          "create",
          "--label",
          "vrouter.mesh=true",
          "--subnet",
          "10.9." + i + ".0/24",
          "many" + i);
    }
    await("all", snapshot -> snapshot.networks().size() == 12);
  }

  private DockerWatch watch(boolean exposeByDefault) {
    return new DockerWatch(
        new DockerSettings(host.socket(), true, Vnis.parse(List.of("1000")), exposeByDefault),
        host.path("/run/watch-state"),
        new Random(7),
        InstantSource.system(),
        told::add);
  }

  private static Predicate<DockerSnapshot> carries(String prefix) {
    return snapshot ->
        snapshot.networks().stream().anyMatch(it -> it.prefix().toString().equals(prefix));
  }

  private DockerSnapshot await(String what, Predicate<DockerSnapshot> wanted) {
    Awaitility.await(what)
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> wanted.test(watch.snapshot()));
    DockerSnapshot snapshot = watch.snapshot();
    assertThat(told).contains(snapshot);
    return snapshot;
  }
}
