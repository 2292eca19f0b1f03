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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what at the control socket, with clients of two users. */
@Timeout(60)
class UsersTest {
  private static final List<String> NOBODY =
      List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");

  /** Sends one request and prints all that comes. */
  private static final String ASK =
      "use Socket; my $r = '{\"argv\":[\"a\"]}'; socket(my $s, PF_UNIX, SOCK_STREAM, 0);"
          + " connect($s, sockaddr_un($ARGV[0])) or die;"
          + " syswrite($s, pack('N', length $r) . $r); print while <$s>";

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

  @Test
  void aReadersCommandHasATimeLimit() throws Exception {
    CommandRunner endless =
        new CommandRunner() {
          @Override
          public int run(List<String> argv, Console console) throws InterruptedException {
            console.out().println("begun");
            console.out().flush();
            new CountDownLatch(1).await();
            return 0;
          }

          @Override
          public Duration readersLimit(List<String> argv) {
            return Duration.ofMillis(1);
          }
        };
    try (ControlServer server = ControlServer.open(socket(), endless)) {
      assertThat(server).isNotNull();
      Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
      Process reader = start(NOBODY, "perl", "-e", ASK, socket().toString());
      String answer = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(reader.waitFor()).isZero();
      assertThat(answer).contains("may read only ends after");
    }
  }

  /** A command that can't be interrupted keeps its place, and nobody else's. */
  @Test
  void commandsThatHangKeepNobodyElseOut() throws Exception {
    CompletableFuture<Boolean> released = new CompletableFuture<>();
    AtomicInteger hanging = new AtomicInteger();
    CommandRunner runner =
        (argv, console) -> {
          if (argv.contains("hang")) {
            hanging.incrementAndGet();
            // As the open of a FIFO: an interrupt doesn't end it.
            released.join();
          }
          return 0;
        };
    try (ControlServer server = ControlServer.open(socket(), runner)) {
      assertThat(server).isNotNull();
      Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
      String loop =
          "use Socket; $SIG{PIPE} = 'IGNORE'; my $r = '{\"argv\":[\"hang\"]}'; for (1..200) {"
              + " socket(my $s, PF_UNIX, SOCK_STREAM, 0); connect($s, sockaddr_un($ARGV[0])) or die;"
              + " syswrite($s, pack('N', length $r) . $r); sysread($s, my $b, 5); close $s }";
      Process crowd = start(NOBODY, "perl", "-e", loop, socket().toString());
      assertThat(crowd.waitFor()).isZero();
      assertThat(hanging.get()).isBetween(1, ControlServer.MAX_CONNECTIONS / 4);
      assertThat(ControlClient.ask(socket(), "{\"argv\":[\"a\"]}").exitCode()).isZero();
    } finally {
      released.complete(true);
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
