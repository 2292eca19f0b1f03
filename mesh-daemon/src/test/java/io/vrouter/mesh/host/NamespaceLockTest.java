package io.vrouter.mesh.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.socket.Netns;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceLockTest {
  private static final Path SOCKET = Path.of("/run/vrouter/mesh.sock");

  private final Space host = Space.create();

  @TempDir private Path locks;

  @AfterEach
  void close() {
    host.close();
  }

  /** The thread that asks must be in the namespace: {@code /proc/thread-self} is its. */
  private NamespaceLock take(Path socket) throws HostException {
    return take(locks, socket);
  }

  private NamespaceLock take(Path directory, Path socket) throws HostException {
    try {
      return Netns.call(host.netns(), () -> NamespaceLock.take(directory, socket));
    } catch (IllegalStateException e) {
      throw (HostException) e.getCause();
    }
  }

  @Test
  void theSecondLearnsWhoTheFirstIs() throws HostException {
    try (NamespaceLock first = take(SOCKET)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> take(Path.of("/elsewhere")))
          .isInstanceOfSatisfying(
              HostException.class,
              e -> {
                assertThat(e.problem().code()).isEqualTo("namespace-held");
                assertThat(e.problem().fix()).isNotBlank();
              })
          .hasMessageContaining("process " + ProcessHandle.current().pid() + " (java)")
          .hasMessageContaining("control socket " + SOCKET);
    }
  }

  @Test
  void isFreeAgainAfterwards() throws HostException {
    take(SOCKET).close();
    take(SOCKET).close();
  }

  /** Any user may take any abstract name: that must not keep the daemon from starting. */
  @ParameterizedTest
  @ValueSource(strings = {"SOCK_DGRAM", "SOCK_STREAM", "SOCK_STREAM, listening"})
  void anotherUserTakesTheNameInVain(String kind) throws Exception {
    String squat =
        "use Socket; socket($s, PF_UNIX, %s, 0); bind($s, pack('Sa*', AF_UNIX,"
            + " \"\\0vrouter-mesh\")) or die; %s; $| = 1; print \"held\\n\"; <STDIN>";
    String listen = kind.endsWith("listening") ? "listen($s, 1)" : "";
    Process squatter =
        new ProcessBuilder(
                host.command(
                    "setpriv",
                    "--reuid",
                    "65534",
                    "--regid",
                    "65534",
                    "--clear-groups",
                    "perl",
                    "-e",
                    squat.formatted(kind.split(",", -1)[0], listen)))
            .start();
    try {
      assertThat(squatter.inputReader().readLine()).isEqualTo("held");
      try (NamespaceLock first = take(SOCKET)) {
        assertThat(first).isNotNull();
        assertThatThrownBy(() -> take(Path.of("/elsewhere"))).isInstanceOf(HostException.class);
      }
      take(SOCKET).close();
    } finally {
      squatter.destroyForcibly().waitFor();
    }
  }

  /** A container with a /run of its own sees no lock file, but the name. */
  @Test
  void theNameCountsWhereTheFileIsNotSeen(@TempDir Path otherRun) throws HostException {
    try (NamespaceLock first = take(SOCKET)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> take(otherRun, Path.of("/elsewhere")))
          .isInstanceOf(HostException.class)
          .hasMessageContaining("control socket " + SOCKET);
    }
  }

  @Test
  void theLockFileGoesWithTheLock() throws Exception {
    try (NamespaceLock first = take(SOCKET)) {
      assertThat(first).isNotNull();
      assertThat(locks.toFile().list()).hasSize(1);
    }
    assertThat(locks.toFile().list()).isEmpty();
  }

  @Test
  void anotherNamespaceIsAnotherLock() throws HostException {
    try (NamespaceLock first = take(SOCKET);
        Space other = Space.create()) {
      assertThat(first).isNotNull();
      Netns.call(other.netns(), () -> NamespaceLock.take(locks, SOCKET)).close();
    }
  }

  @Test
  void aLongSocketPathIsCutNotRefused() throws HostException {
    String path = "/run/" + "ä".repeat(100) + "/mesh.sock";
    try (NamespaceLock first = take(Path.of(path))) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> take(SOCKET)).hasMessageContaining("control socket /run/");
    }
  }

  @Test
  void aKilledHolderFreesIt() throws Exception {
    String classpath = System.getProperty("java.class.path");
    Process holder =
        new ProcessBuilder(
                host.command(
                    "java",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    classpath,
                    Holder.class.getName(),
                    locks.toString()))
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(holder.inputReader().readLine()).isEqualTo("held");
      assertThatThrownBy(() -> take(SOCKET))
          .hasMessageContaining("process " + holder.pid())
          .hasMessageContaining("control socket /held");
    } finally {
      holder.destroyForcibly().waitFor();
    }
    Awaitility.await().untilAsserted(() -> take(SOCKET).close());
  }

  /** Takes the lock and waits to be killed, or for its parent's end. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws Exception {
      NamespaceLock lock = NamespaceLock.take(Path.of(arguments[0]), Path.of("/held"));
      System.out.println("held");
      List<Object> kept = List.of(lock);
      while (System.in.read() >= 0) {
        assertThat(kept).hasSize(1);
      }
    }
  }
}
