package io.vrouter.mesh.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineOptionsTest {
  private static final Path FILE = DaemonJsonFile.DEFAULT;

  private static Optional<Problem> of(String line) {
    return EngineOptions.refusal(
        FILE, List.of(line.split(" ")), "dockerd (process 7)", FILE.toString()::equals);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dockerd --default-address-pool base=10.200.0.0/16,size=24",
        "dockerd -H fd:// --default-address-pool=base=10.200.0.0/16,size=24",
        "dockerd --config-file /etc/docker/daemon.json --default-address-pool x",
      })
  void aPoolOnTheCommandLineRefuses(String line) {
    assertThat(of(line))
        .hasValueSatisfying(
            problem -> {
              assertThat(problem.message()).contains("process 7", "--default-address-pool");
              assertThat(problem.fix()).contains("systemctl cat docker");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dockerd --config-file /var/snap/docker/current/config/daemon.json",
        "dockerd --config-file=/var/snap/docker/current/config/daemon.json"
      })
  void anotherFileRefuses(String line) {
    assertThat(of(line))
        .hasValueSatisfying(
            problem -> assertThat(problem.message()).contains("/var/snap", FILE.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"dockerd", "dockerd -H fd://", "dockerd --config-file=/etc/docker/daemon.json"})
  void theUsualCommandLinesDont(String line) {
    assertThat(of(line)).isEmpty();
  }

  /** This process holds the socket: its own command line is the engine's. */
  @Test
  void theEngineIsWhoHoldsItsSocket(@TempDir Path directory) throws IOException {
    Path socket = directory.resolve("docker.sock");
    try (FakeEngine engine = new FakeEngine(socket)) {
      assertThat(new EngineSocket(socket).process()).hasValue(ProcessHandle.current().pid());
      assertThat(new EngineOptions(socket).refusal(FILE, "")).isEmpty();
      assertThat(engine.asked).as("no need to ask it").isEmpty();
    }
  }

  @Test
  void whereItsProcessCantBeSeenTheEngineIsAskedForItsPools(
      @TempDir Path directory, @TempDir Path proc) throws IOException {
    Path socket = directory.resolve("docker.sock");
    Files.createDirectories(proc.resolve("self/net"));
    Files.writeString(proc.resolve("self/net/unix"), "");
    EngineOptions options = new EngineOptions(socket, proc);
    try (FakeEngine engine = new FakeEngine(socket)) {
      engine.networks = "{\"DefaultAddressPools\":[{\"Base\":\"10.200.0.0/16\",\"Size\":24}]}";
      assertThat(options.refusal(FILE, "{}"))
          .hasValueSatisfying(it -> assertThat(it.message()).contains("10.200.0.0/16"));
      assertThat(options.refusal(FILE, "{\"default-address-pools\":[]}")).isEmpty();
      engine.networks = "{}";
      assertThat(options.refusal(FILE, "{}")).isEmpty();
    }
    assertThat(options.refusal(FILE, "{}")).as("no engine").isEmpty();
  }
}
