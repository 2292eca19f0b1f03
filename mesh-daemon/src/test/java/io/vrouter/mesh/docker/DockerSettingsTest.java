package io.vrouter.mesh.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.mesh.model.Vnis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DockerSettingsTest {
  private static final DockerSettings SHIPPED =
      new DockerSettings(Path.of("/run/docker.sock"), true, Vnis.parse(List.of("1000")), false);

  @Test
  void anEngineThatStartsAgainIsNoticedWithinASecondAndAskedEverMoreRarelyUntilThen() {
    assertThat(Stream.iterate(SHIPPED.retryFirst(), SHIPPED::retryAfter).limit(7))
        .extracting(Duration::toMillis)
        .containsExactly(50L, 100L, 200L, 400L, 800L, 800L, 800L);
  }

  @Test
  void timesThatCanNotBeAreRefused() {
    assertThatThrownBy(() -> with(Path.of("docker.sock"), 1, 2, 3))
        .hasMessageContaining("not an absolute path");
    assertThatThrownBy(() -> with(SHIPPED.socket(), 0, 2, 3)).hasMessageContaining("retry from");
    assertThatThrownBy(() -> with(SHIPPED.socket(), 2, 1, 3)).hasMessageContaining("retry from");
    assertThatThrownBy(() -> with(SHIPPED.socket(), 1, 2, 0)).hasMessageContaining("relist");
  }

  private static DockerSettings with(Path socket, long first, long most, long relist) {
    return new DockerSettings(
        socket,
        true,
        Vnis.parse(List.of("1000")),
        false,
        Duration.ofMillis(first),
        Duration.ofMillis(most),
        Duration.ofMillis(relist));
  }
}
