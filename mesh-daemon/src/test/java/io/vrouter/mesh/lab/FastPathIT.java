package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Ping;
import io.vrouter.netlink.lab.Space;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three hosts with {@code --fast-path auto} and traffic between containers of the first two. Each
 * test leaves the hosts as it found them.
 */
@Tag("lab")
class FastPathIT {
  @RegisterExtension static final Lab LAB = new Lab();

  private static final String[] FLAGS = {"--fast-path", "auto", "--keep-dataplane"};
  private static final String MARK = "vrouter mesh";
  private static List<Host> hosts = List.of();
  private static int logs;

  private final Host first = hosts.get(0);
  private final Host second = hosts.get(1);
  private NumberedTraffic traffic;
  private Ping pings;

  @BeforeAll
  static void start() {
    hosts = LAB.three();
    hosts.forEach(host -> host.start(FLAGS));
    LAB.awaitMesh(hosts);
  }

  @BeforeEach
  void flows() {
    hosts.forEach(FastPathIT::awaitFast);
    traffic = NumberedTraffic.start(container(first), container(second), second.stack().address());
    pings = Ping.start(container(first), second.stack().address(), LAB.log("ping-" + ++logs));
    traffic.awaitMore(20);
  }

  @AfterEach
  void end() {
    traffic.close();
    pings.close();
    for (Host host : hosts) {
      host.space().run("nft", "delete", "table", "inet", "wall");
      if (!host.daemon().alive()) {
        host.start(FLAGS);
      }
      awaitFast(host);
    }
  }

  private static Space container(Host host) {
    return host.stack().container();
  }

  private static String filters(Host host, String device) {
    return host.space().run("tc", "filter", "show", "dev", device, "ingress").stdout();
  }

  private static boolean isFast(Host host) {
    return filters(host, "veth1").contains(MARK) && filters(host, Kernel.DEVICE).contains(MARK);
  }

  private static void awaitFast(Host host) {
    Await.until("the fast path of " + host, () -> isFast(host));
  }

  private static List<String> problems(Host host) {
    return StreamSupport.stream(host.status().path("problems").spliterator(), false)
        .map(problem -> problem.path("code").asText())
        .collect(Collectors.toList());
  }

  /** Packets that the table of the host forwarded. */
  private static long forwarded(Host host) {
    String snmp = host.space().ok("cat", "/proc/net/snmp");
    List<List<String>> lines =
        snmp.lines()
            .filter(line -> line.startsWith("Ip:"))
            .map(line -> List.of(line.split(" ", -1)))
            .toList();
    return Long.parseLong(lines.get(1).get(lines.get(0).indexOf("ForwDatagrams")));
  }

  /** The same for both hosts while so many more answers come. */
  private long forwardedDuring(int answers) {
    long before = forwarded(first) + forwarded(second);
    traffic.awaitMore(answers);
    return forwarded(first) + forwarded(second) - before;
  }

  private void assertNothingLost() {
    traffic.assertNothingLost();
    Ping.Tally tally = pings.stop();
    assertThat(tally.received()).as("%s", tally.lost()).isEqualTo(tally.sent());
  }

  @Test
  void datagramsAndStreamsPassByTheRoutesOfTheHosts() {
    pings.close();
    // A container's entry follows the first packet to it.
    Await.until("the containers' entries", () -> forwardedDuring(20) < 10);
    // 2 kinds of 500 round trips over 2 hosts are 4,000 packets.
    assertThat(forwardedDuring(500)).isLessThan(100);
    traffic.assertNothingLost();
    assertThat(problems(first)).noneMatch(code -> code.startsWith("fast-path"));
  }

  @Test
  void aKilledDaemonIsBackWithoutALostPacket() {
    for (Host host : List.of(first, second)) {
      host.daemon().kill();
      traffic.awaitMore(100);
      host.start(FLAGS);
      host.awaitAnswer();
      Await.until(host + " converged", () -> host.status().path("converged").asBoolean());
      traffic.awaitMore(100);
      assertThat(isFast(host)).isTrue();
    }
    assertNothingLost();
  }

  @Test
  void removedFiltersComeBackAndNothingIsLostMeanwhile() {
    for (String device : List.of("veth1", Kernel.DEVICE, "veth1")) {
      second.space().does("tc filter del dev %s ingress".formatted(device));
      awaitFast(second);
    }
    traffic.awaitMore(50);
    assertNothingLost();
  }

  @Test
  void aRuleOfTheOperatorIsHeeded() {
    second
        .space()
        .nft(
            "table inet wall { chain f { type filter hook forward priority 5;"
                + " ip daddr %s udp dport 7000 drop; }; }".formatted(second.stack().address()));
    Await.until("the note", () -> problems(second).contains("fast-path-aside"));
    Await.until("no filter", () -> !filters(second, "veth1").contains(MARK));
    assertThat(filters(second, Kernel.DEVICE)).doesNotContain(MARK);
    // Behind the last datagrams that are still under way.
    assertThat(container(first).pings(second.stack().address())).isTrue();
    int answers = traffic.answers();
    Await.holdsFor(Duration.ofMillis(500), "no datagram", () -> traffic.answers() == answers);
    assertThat(second.status().path("healthy").asBoolean()).isTrue();
  }

  @Test
  void aNetworkThatIsWithdrawnIsNotReachedAnyMore() {
    Host third = hosts.get(2);
    assertThat(container(first).pings(third.stack().address())).isTrue();
    try (NumberedTraffic more =
        NumberedTraffic.start(container(first), container(third), third.stack().address())) {
      more.awaitMore(50);
      third.ctl("leave").ok();
      Await.until(first + " forgot it", () -> first.forgot(third));
      assertThat(container(first).pings(first.stack().gateway())).isTrue();
      int answers = more.answers();
      Await.holdsFor(Duration.ofMillis(500), "no answer", () -> more.answers() == answers);
    }
    assertThat(third.space().ok("tc", "qdisc", "show")).doesNotContain("clsact");
    third.daemon().awaitExit();
    third.start(FLAGS);
    LAB.awaitMesh(hosts);
    assertNothingLost();
  }
}
