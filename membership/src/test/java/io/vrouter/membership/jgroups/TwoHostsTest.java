package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Members as processes on hosts of their own, with no route but the wire's. */
@Tag("namespaces")
class TwoHostsTest {
  @TempDir Path directory;

  private Hosts.Node node(Hosts hosts, int host, String... arguments) throws Exception {
    String[] all = new String[arguments.length + 1];
    all[0] = arguments[0];
    all[1] = directory.resolve("host" + host).toString();
    System.arraycopy(arguments, 1, all, 2, arguments.length - 1);
    return hosts.node(host, all);
  }

  private static void awaitLine(Hosts.Node node, String what) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(node.said(what)).as("'%s' in %s", what, node.lines()).isTrue());
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.%d/24", "fd00:0:0:0:0:0:0:%d/64"})
  void meetByMulticastWithoutARoute(String address) throws Exception {
    try (Hosts hosts = new Hosts(address)) {
      String plain = address.substring(0, address.indexOf('/'));
      Hosts.Node one = node(hosts, 0, plain.formatted(1));
      Hosts.Node two = node(hosts, 1, plain.formatted(2));
      awaitLine(one, "ALIVE " + plain.formatted(2));
      awaitLine(two, "ALIVE " + plain.formatted(1));
      two.tell("leave");
      awaitLine(one, "LEFT " + plain.formatted(2));
    }
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.%d/24, 239.192.79.50", "fd00:0:0:0:0:0:0:%d/64, ff02::7950"})
  void hearAndSendMulticastsOnADeviceMadeAnew(String address, String group) throws Exception {
    try (Hosts hosts = new Hosts(address)) {
      String plain = address.substring(0, address.indexOf('/'));
      Hosts.Node one = node(hosts, 0, plain.formatted(1));
      awaitLine(one, "ALIVE " + plain.formatted(1));
      hosts.in(0, "ip", "link", "delete", "wire");
      hosts.wire();
      one.tell("link");
      await()
          .untilAsserted(
              () -> assertThat(hosts.in(0, "ip", "maddr", "show", "dev", "wire")).contains(group));
      // It is alone, so all it sends are questions to the group; what is refused isn't counted.
      long sent = sent(one);
      await().atMost(Duration.ofSeconds(30)).until(() -> sent(one) >= sent + 2);

      Hosts.Node two = node(hosts, 1, plain.formatted(2));
      awaitLine(one, "ALIVE " + plain.formatted(2));
      awaitLine(two, "ALIVE " + plain.formatted(1));
    }
  }

  private static long sent(Hosts.Node node) throws Exception {
    node.clear();
    node.tell("stats");
    String stats =
        await()
            .until(
                () -> String.join("\n", node.lines()),
                text -> text.contains("TransportCounters[sent="));
    Matcher sent = Pattern.compile("TransportCounters\\[sent=([0-9]+)").matcher(stats);
    assertThat(sent.find()).isTrue();
    return Long.parseLong(sent.group(1));
  }

  @Test
  void losePeersWithTheWireAndFindThemAgain() throws Exception {
    try (Hosts hosts = new Hosts("192.0.2.%d/24")) {
      Hosts.Node one = node(hosts, 0, "192.0.2.1", "192.0.2.2");
      Hosts.Node two = node(hosts, 1, "192.0.2.2", "192.0.2.1");
      awaitLine(one, "ALIVE 192.0.2.2");
      awaitLine(two, "ALIVE 192.0.2.1");
      hosts.link(1, "down");
      awaitLine(one, "FAILED 192.0.2.2");
      awaitLine(two, "FAILED 192.0.2.1");
      one.clear();
      two.clear();
      hosts.link(1, "up");
      two.tell("link");
      awaitLine(one, "ALIVE 192.0.2.2");
      awaitLine(two, "ALIVE 192.0.2.1");
    }
  }

  @Test
  void aKilledMemberIsBackUnderItsOldName() throws Exception {
    try (Hosts hosts = new Hosts("192.0.2.%d/24")) {
      Hosts.Node one = node(hosts, 0, "192.0.2.1");
      Hosts.Node two = node(hosts, 1, "192.0.2.2");
      awaitLine(one, "ALIVE 192.0.2.2");
      awaitLine(two, "ALIVE 192.0.2.1");
      two.kill();
      Hosts.Node again = node(hosts, 1, "192.0.2.2");
      awaitLine(again, "ALIVE 192.0.2.1");
      assertThat(one.lines()).noneMatch(line -> line.startsWith("REPLACED"));
    }
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, true"})
  void meetThroughAddressTranslation(boolean insideAsks, boolean outsideAsks) throws Exception {
    try (Hosts hosts = Hosts.translated()) {
      String nobody = "192.0.2.99";
      Hosts.Node inside =
          node(hosts, 0, "10.0.0.2=203.0.113.2", insideAsks ? "198.51.100.2" : nobody);
      Hosts.Node outside = node(hosts, 1, "198.51.100.2", outsideAsks ? "203.0.113.2" : nobody);
      awaitLine(outside, "ALIVE 203.0.113.2");
      awaitLine(inside, "ALIVE 198.51.100.2");
      inside.tell("leave");
      awaitLine(outside, "LEFT 203.0.113.2");
      assertThat(outside.lines()).noneMatch(line -> line.contains("FAILED"));
    }
  }

  @Test
  void theGroupsPortIsTheGossipPort() throws Exception {
    try (Hosts hosts = new Hosts("192.0.2.%d/24")) {
      Hosts.Node one = node(hosts, 0, "192.0.2.1");
      Hosts.Node two = node(hosts, 1, "192.0.2.2");
      awaitLine(one, "ALIVE 192.0.2.2");
      awaitLine(two, "ALIVE 192.0.2.1");
      assertThat(hosts.in(0, "ss", "-lunH"))
          .contains("192.0.2.1]:7950")
          .contains("239.192.79.50]:7950")
          .doesNotContain(":7951");
    }
  }

  @Test
  void endsAndReleasesItsSocketsThoughItsInterfaceIsGone() throws Exception {
    try (Hosts hosts = new Hosts("192.0.2.%d/24")) {
      Hosts.Node one = node(hosts, 0, "192.0.2.1");
      awaitLine(one, "ALIVE 192.0.2.1");
      hosts.in(0, "ip", "link", "delete", "wire");
      one.tell("leave");
      awaitLine(one, "gone");
      one.tell("threads");
      await().untilAsserted(() -> assertThat(one.lines()).anyMatch("threads 0"::equals));
      one.process.endInput();
      await().until(() -> !one.process.alive());
    }
  }
}
