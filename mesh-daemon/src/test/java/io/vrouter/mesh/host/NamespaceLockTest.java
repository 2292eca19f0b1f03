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

class NamespaceLockTest {
  private static final Path SOCKET = Path.of("/run/vrouter/mesh.sock");

  private final Space host = Space.create();

  @AfterEach
  void close() {
    host.close();
  }

  /** The thread that asks must be in the namespace: {@code /proc/thread-self} is its. */
  private NamespaceLock take(Path socket) throws HostException {
    try {
      return Netns.call(host.netns(), () -> NamespaceLock.take(socket));
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

  @Test
  void anotherNamespaceIsAnotherLock() throws HostException {
    try (NamespaceLock first = take(SOCKET);
        Space other = Space.create()) {
      assertThat(first).isNotNull();
      Netns.call(other.netns(), () -> NamespaceLock.take(SOCKET)).close();
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
                    "java", "-XX:TieredStopAtLevel=1", "-cp", classpath, Holder.class.getName()))
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
      NamespaceLock lock = NamespaceLock.take(Path.of("/held"));
      System.out.println("held");
      List<Object> kept = List.of(lock);
      while (System.in.read() >= 0) {
        assertThat(kept).hasSize(1);
      }
    }
  }
}
