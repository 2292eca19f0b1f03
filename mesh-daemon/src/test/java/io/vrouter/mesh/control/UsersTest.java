package io.vrouter.mesh.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what at the control socket, with clients of two users. */
@Timeout(60)
class UsersTest {
  private static final List<String> NOBODY =
      List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");

  @TempDir private Path directory;

  @BeforeEach
  void letEverybodyIn() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path socket() {
    return directory.resolve("mesh.sock");
  }

  private static Process start(List<String> as, String... command) throws IOException {
    List<String> all = new ArrayList<>(as);
    all.addAll(List.of(command));
    return new ProcessBuilder(all).start();
  }

  @Test
  void rootAndTheDaemonsOwnUserMayWriteAndNobodyElse() throws Exception {
    assertThat(callerOf(List.of()).mayWrite()).isTrue();
    Caller stranger = callerOf(NOBODY);
    assertThat(stranger.mayWrite()).isFalse();
    assertThat(stranger.user()).isIn("nobody", "65534");
  }

  private Caller callerOf(List<String> as) throws Exception {
    Files.deleteIfExists(socket());
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket()));
      Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
      Process client =
          start(as, "curl", "-s", "--unix-socket", socket().toString(), "http://meshd/");
      try (SocketChannel channel = server.accept()) {
        return PeerCredentials.ownerOf(socket()).of(channel);
      } finally {
        client.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void theSocketIsForTheGroupWhereThereIsOne() throws Exception {
    SocketFile withGroup = SocketFile.bind(directory.resolve("a"), "nogroup");
    SocketFile without = SocketFile.bind(directory.resolve("b"), "no-such-group");
    try {
      PosixFileAttributes shared =
          Files.readAttributes(withGroup.path(), PosixFileAttributes.class);
      assertThat(PosixFilePermissions.toString(shared.permissions())).isEqualTo("rw-rw----");
      assertThat(shared.group().getName()).isEqualTo("nogroup");
      PosixFileAttributes own = Files.readAttributes(without.path(), PosixFileAttributes.class);
      assertThat(PosixFilePermissions.toString(own.permissions())).isEqualTo("rw-------");
    } finally {
      withGroup.close();
      without.close();
    }
  }

  /** More connections than there is room for at all, from one who may only read. */
  @Test
  void readersCanNotKeepRootOut() throws Exception {
    String hold =
        "use Socket; for (1..%d) { socket($s[$_], PF_UNIX, SOCK_STREAM, 0);"
            + " connect($s[$_], sockaddr_un($ARGV[0])) or die } $| = 1; print \"in\\n\"; sleep 60";
    try (ControlServer server = ControlServer.open(socket(), (argv, console) -> 0)) {
      assertThat(server).isNotNull();
      Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
      Process crowd =
          start(
              NOBODY,
              "perl",
              "-e",
              hold.formatted(ControlServer.MAX_CONNECTIONS + 8),
              socket().toString());
      try {
        assertThat(crowd.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("in");
        assertThat(ControlClient.ask(socket(), "{\"argv\":[\"a\"]}").exitCode()).isZero();
      } finally {
        crowd.destroyForcibly().waitFor();
      }
    }
  }
}
