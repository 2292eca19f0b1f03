package io.vrouter.mesh.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlServerTest {
  @TempDir Path directory;

  @Test
  void argumentsGoInAndStreamsAndExitCodeComeOut() throws Exception {
    BlockingQueue<Console> seen = new ArrayBlockingQueue<>(1);
    CommandRunner runner =
        (argv, console) -> {
          seen.add(console);
          console.out().print("out " + argv + " ü");
          console.err().print("err");
          return 7;
        };
    try (ControlServer server = ControlServer.open(socket(), runner)) {
      assertThat(server).isNotNull();
      assertThat(
              ControlClient.ask(
                  socket(),
                  "{\"argv\":[\"a\",\"b c\"],\"tty\":true,\"columns\":80,\"noColor\":true,\"new\":1}"))
          .isEqualTo(new ControlClient.Reply("out [a, b c] ü", "err", 7));
      Console console = seen.take();
      assertThat(console.tty()).isTrue();
      assertThat(console.columns()).isEqualTo(80);
      assertThat(console.colors()).isFalse();
      assertThat(console.caller().mayWrite()).isTrue();
    }
    assertThat(socket()).doesNotExist();
  }

  @Test
  void longOutputArrivesWhole() throws Exception {
    String text = "x".repeat(1_000_000);
    try (ControlServer server =
        open(
            (argv, console) -> {
              console.out().print(text);
              return 0;
            })) {
      assertThat(server).isNotNull();
      assertThat(ask("a").out()).isEqualTo(text);
    }
  }

  @Test
  void aCommandThatThrowsIsToldAndTheServerGoesOn() throws Exception {
    try (ControlServer server =
        open(
            (argv, console) -> {
              if (argv.contains("bad")) {
                throw new IllegalStateException("boom");
              }
              return 0;
            })) {
      assertThat(server).isNotNull();
      assertThat(ask("bad").exitCode()).isEqualTo(1);
      assertThat(ask("bad").err()).contains("boom");
      assertThat(ask("good").exitCode()).isZero();
    }
  }

  @Test
  void clientGoneCancelsTheCommand() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    try (ControlServer server =
        open(
            (argv, console) -> {
              started.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                cancelled.countDown();
                throw e;
              }
              return 0;
            })) {
      assertThat(server).isNotNull();
      try (ControlClient client = new ControlClient(socket())) {
        client.send("{\"argv\":[]}");
        started.await();
      }
      cancelled.await();
    }
  }

  @Test
  void closingTheServerEndsFollowers() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    ControlServer server =
        open(
            (argv, console) -> {
              started.countDown();
              new CountDownLatch(1).await();
              return 0;
            });
    try (ControlClient client = new ControlClient(socket())) {
      client.send("{\"argv\":[]}");
      started.await();
      server.close();
      assertThatThrownBy(client::reply).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whatIsForAfterwardsIsDoneWhenTheClientHasItsAnswer() throws Exception {
    CompletableFuture<ControlServer> server = new CompletableFuture<>();
    CountDownLatch ended = new CountDownLatch(1);
    server.complete(
        open(
            (argv, console) -> {
              console
                  .afterwards()
                  .accept(
                      () -> {
                        server.join().close();
                        ended.countDown();
                      });
              console.out().print("all of it");
              return 3;
            }));
    assertThat(ask("leave")).isEqualTo(new ControlClient.Reply("all of it", "", 3));
    ended.await();
    assertThat(socket()).doesNotExist();
  }

  @Test
  void framesComeWhileTheCommandRuns() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    try (ControlServer server =
            open(
                (argv, console) -> {
                  console.out().print("first");
                  console.out().flush();
                  read.await();
                  return 0;
                });
        ControlClient client = new ControlClient(socket())) {
      assertThat(server).isNotNull();
      client.send("{\"argv\":[]}");
      assertThat(client.frame()).isEmpty();
      assertThat(client.frame()).isEqualTo("first");
      read.countDown();
      assertThat(client.reply().exitCode()).isZero();
    }
  }

  @Test
  void modeIsForTheOwnerAndTheGroupIfThereIsOne() throws Exception {
    try (ControlServer server = open((argv, console) -> 0)) {
      assertThat(server).isNotNull();
      boolean group =
          Files.readAllLines(Path.of("/etc/group")).stream()
              .anyMatch(l -> l.startsWith("vrouter:"));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
          .isEqualTo(group ? "rw-rw----" : "rw-------");
      assertThat(directory.resolve("mesh.sock.new")).doesNotExist();
    }
  }

  @Test
  void aStaleSocketIsReplacedAndALiveOneIsNot() throws Exception {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket()));
    }
    assertThat(socket()).exists();
    try (ControlServer server = open((argv, console) -> 3)) {
      assertThat(server).isNotNull();
      assertThatThrownBy(() -> open((argv, console) -> 4))
          .isInstanceOf(ControlException.class)
          .hasMessageContaining("another daemon answers");
      assertThat(ask("a").exitCode()).isEqualTo(3);
    }
  }

  @Test
  void aFileThatIsNoSocketIsLeftAlone() throws Exception {
    Files.writeString(socket(), "precious");
    assertThatThrownBy(() -> open((argv, console) -> 0))
        .isInstanceOf(ControlException.class)
        .hasMessageContaining("not a socket");
    assertThat(socket()).hasContent("precious");
  }

  @Test
  void closeLeavesAnothersSocketAlone() throws Exception {
    ControlServer first = open((argv, console) -> 0);
    Files.delete(socket());
    try (ControlServer second = open((argv, console) -> 0)) {
      assertThat(second).isNotNull();
      first.close();
      assertThat(ask("a").exitCode()).isZero();
    }
  }

  @Test
  void badRequestsGetAUsageErrorAndAllocateNothing() throws Exception {
    try (ControlServer server = open((argv, console) -> 0)) {
      assertThat(server).isNotNull();
      for (int length : new int[] {0, 1, -1, ControlRequest.MAX_BYTES + 1, Integer.MAX_VALUE}) {
        try (ControlClient client = new ControlClient(socket())) {
          client.raw(ByteBuffer.allocate(4).putInt(length).flip());
          assertThat(client.reply().exitCode()).isEqualTo(2);
        }
      }
      for (String json : List.of("[]", "{}", "{\"argv\":1}", "{\"argv\":[1]}", "nul", "{{")) {
        assertThat(ControlClient.ask(socket(), json).exitCode()).isEqualTo(2);
      }
      assertThat(
              ControlClient.ask(socket(), "{\"argv\":[" + "\"a\",".repeat(256) + "\"b\"]}").err())
          .contains("too many");
    }
  }

  @Test
  void randomBytesNeverHurt() throws Exception {
    Random random = new Random(42);
    try (ControlServer server = open((argv, console) -> 0)) {
      assertThat(server).isNotNull();
      for (int i = 0; i < 300; i++) {
        byte[] noise = new byte[random.nextInt(64)];
        random.nextBytes(noise);
        if (i % 2 == 0 && noise.length > 4) {
          // a plausible length, so that the JSON parser gets its share
          ByteBuffer.wrap(noise).putInt(noise.length - 4);
        }
        try (ControlClient client = new ControlClient(socket())) {
          client.raw(ByteBuffer.wrap(noise));
        } catch (IOException e) {
          assertThat(e).isNotNull();
        }
      }
      assertThat(ask("a").exitCode()).isZero();
    }
  }

  @Test
  void tooManyCommandsAreToldSoAndRoomComesBack() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    List<ControlClient> waiting = new ArrayList<>();
    try (ControlServer server =
        open(
            (argv, console) -> {
              release.await();
              return 0;
            })) {
      assertThat(server).isNotNull();
      for (int i = 0; i < ControlServer.MAX_CONNECTIONS; i++) {
        ControlClient client = new ControlClient(socket());
        client.send("{\"argv\":[]}");
        client.frame();
        waiting.add(client);
      }
      try (ControlClient late = new ControlClient(socket())) {
        assertThat(late.reply().err()).contains("busy");
      }
      release.countDown();
      for (ControlClient client : waiting) {
        assertThat(client.reply().exitCode()).isZero();
        client.close();
      }
      await().until(() -> ask("a").exitCode() == 0);
    }
  }

  private Path socket() {
    return directory.resolve("mesh.sock");
  }

  private ControlServer open(CommandRunner runner) throws ControlException {
    return ControlServer.open(socket(), runner);
  }

  private ControlClient.Reply ask(String word) throws IOException {
    return ControlClient.ask(socket(), "{\"argv\":[\"" + word + "\"]}");
  }
}
