package io.vrouter.netlink.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What all tests on hosts of namespaces rely on. */
class SpaceTest {
  @TempDir Path directory;

  @Test
  void whatRunsInAProcessNamespaceEndsWithIt() {
    Space host = Space.withProcesses("host");
    assertThat(host.ok("hostname")).isEqualTo("host\n");
    assertThat(host.ok("cat", "/proc/1/comm")).isEqualTo("sleep\n");
    Child inside = host.start(directory.resolve("inside"), Map.of(), List.of("sleep", "infinity"));
    Await.until("it runs", () -> host.run("pgrep", "-c", "sleep").text().equals("2"));
    host.close();
    inside.awaitExit();
    assertThat(Files.exists(Path.of("/proc/" + host.pid()))).isFalse();
  }

  @Test
  void directoriesOfAHostAreItsOwn() {
    try (Space one = Space.create();
        Space other = Space.create()) {
      one.write("/run/lab/file", "text");
      assertThat(one.ok("cat", "/run/lab/file")).isEqualTo("text");
      assertThat(other.path("/run/lab")).doesNotExist();
      assertThat(Path.of("/run/lab/file")).doesNotExist();
    }
  }

  @Test
  void aSingleLostPacketIsCounted() {
    try (Lan lan = Lan.create();
        Space here = Space.create();
        Space there = Space.create()) {
      lan.plug(here, 1);
      lan.plug(there, 2);
      Await.until("a way", () -> here.pings(Lan.PREFIX + 2));
      Path log = directory.resolve("ping");
      try (Ping whole = Ping.start(here, Lan.PREFIX + 2, directory.resolve("whole"))) {
        whole.awaitMore(20);
        assertThat(whole.stop().lost()).isEmpty();
      }
      try (Ping broken = Ping.start(here, Lan.PREFIX + 2, log)) {
        broken.awaitMore(5);
        there.nft(
            """
            table ip t {
              quota one { 100 bytes }
              chain c {
                type filter hook input priority 0
                icmp type echo-request quota name "one" drop
              }
            }
            """);
        broken.awaitMore(5);
        Ping.Tally tally = broken.stop();
        assertThat(tally.lost()).singleElement().asString().startsWith("1 after icmp_seq=");
        assertThat(tally.received()).isEqualTo(tally.sent() - 1);
      }
    }
  }
}
