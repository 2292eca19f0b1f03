package io.vrouter.mesh.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Vnis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stopped engine whose socket systemd holds, by the program that systemd has for such tests. */
@Timeout(60)
@Tag("lab")
class EngineSocketTest {
  private static final int MANY = 40;
  private static final String WEB =
      """
      [{"Name":"web","Id":"0123456789abcdef","Driver":"bridge","Scope":"local",
        "Labels":{"vrouter.mesh":"true"},
        "IPAM":{"Driver":"default","Config":[{"Subnet":"172.30.0.0/16","Gateway":"172.30.0.1"}]}}]
      """;

  @TempDir private Path directory;
  private Path socket;
  private Path started;
  private DockerWatch watch;

  @BeforeEach
  void prepare() {
    socket = directory.resolve("docker.sock");
    started = directory.resolve("started");
    watch =
        new DockerWatch(
            new DockerSettings(
                socket,
                true,
                Vnis.parse(List.of("1000")),
                false,
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofMinutes(1)),
            directory.resolve("state"),
            new Random(7),
            () -> Instant.ofEpochSecond(1000),
            snapshot -> {});
  }

  @AfterEach
  void close() {
    watch.close();
  }

  @Test
  void aStoppedEngineStaysStoppedAndItsNetworksStay() throws Exception {
    try (FakeEngine engine = new FakeEngine(socket)) {
      engine.networks = WEB;
      watch.start();
      await(() -> watch.snapshot().state() == DockerSnapshot.EngineState.FOLLOWED);
    }
    Process systemd = listen();
    try {
      int before = watch.attempts();
      await(() -> watch.attempts() > before + MANY);
      assertThat(started).as("a connection would have started it").doesNotExist();
      assertThat(systemd.isAlive()).isTrue();
      assertThat(watch.snapshot().state()).isEqualTo(DockerSnapshot.EngineState.UNREACHABLE);
      assertThat(watch.snapshot().networks()).hasSize(1);
      assertThat(watch.snapshot().problems().get(0).message()).contains("no engine runs");
    } finally {
      systemd.destroyForcibly().waitFor();
    }
    Files.deleteIfExists(socket);
    try (FakeEngine engine = new FakeEngine(socket)) {
      engine.networks = WEB;
      await(() -> watch.snapshot().connection() == 2);
    }
  }

  @Test
  void anEngineThatNeverRanIsNotStarted() throws Exception {
    Process systemd = listen();
    try {
      watch.start();
      await(() -> watch.attempts() > MANY);
      assertThat(started).doesNotExist();
    } finally {
      systemd.destroyForcibly().waitFor();
    }
  }

  /** In a container of its own PID namespace no holder is seen: the PID file counts. */
  @Test
  void whereProcessesCantBeSeenThePidFileTells(@TempDir Path proc) throws Exception {
    Files.createDirectories(proc.resolve("self/net"));
    Files.writeString(proc.resolve("self/net/unix"), "");
    Path pidFile = Files.writeString(directory.resolve("docker.pid"), "77");
    try (FakeEngine engine = new FakeEngine(socket)) {
      assertThat(engine.asked).isEmpty();
      AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);
      EngineSocket seen = new EngineSocket(socket, proc, nanos::get);
      assertThat(seen.asleep()).isFalse();
      seen.answered();
      seen.lost();
      assertThat(seen.asleep()).as("it may be stopping").isTrue();
      nanos.addAndGet(Duration.ofMinutes(1).toNanos());
      for (int i = 0; i < 20 && seen.asleep(); i++) {
        assertThat(i).as("the connection broke, the engine runs").isLessThan(15);
      }
      Files.delete(pidFile);
      assertThat(seen.asleep()).as("it was stopped").isTrue();
      Files.writeString(pidFile, "78");
      assertThat(seen.asleep()).as("it was started").isFalse();
    }
  }

  @Test
  void anEngineWithoutAPidFileIsAskedAsBefore(@TempDir Path proc) throws Exception {
    Files.createDirectories(proc.resolve("self/net"));
    Files.writeString(proc.resolve("self/net/unix"), "");
    EngineSocket unseen = new EngineSocket(socket, proc, System::nanoTime);
    assertThat(unseen.asleep()).isFalse();
    unseen.answered();
    unseen.lost();
    assertThat(unseen.asleep()).as("it may be made anew just now").isTrue();
    assertThat(unseen.asleep()).isFalse();
  }

  private Process listen() throws IOException {
    Process process =
        new ProcessBuilder(
                "systemd-socket-activate", "-l", socket.toString(), "touch", started.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    await(() -> Files.exists(socket) && holds(process));
    return process;
  }

  private static boolean holds(Process process) throws IOException {
    try (var descriptors = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      List<Path> sockets =
          descriptors
              .filter(
                  it -> {
                    try {
                      return Files.readSymbolicLink(it).toString().startsWith("socket:");
                    } catch (IOException e) {
                      return false;
                    }
                  })
              .toList();
      return !sockets.isEmpty();
    }
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(5))
        .until(condition);
  }
}
