package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Each fault is made on a host of a running mesh, found there by {@code meshctl doctor}, taken away
 * by the commands that it prints, which a shell runs word for word, and not found any more.
 */
@Tag("lab")
class DoctorIT {
  @RegisterExtension static final Lab LAB = new Lab();

  private static final String PATH = Lab.MESHCTL.getParent() + ":" + System.getenv("PATH");

  private static List<Host> hosts = List.of();

  @BeforeAll
  static void start() {
    hosts = LAB.three();
    hosts.forEach(Host::start);
    LAB.awaitMesh(hosts);
  }

  @AfterEach
  void theMeshIsWhole() {
    LAB.awaitMesh(hosts);
    for (Host host : hosts) {
      Await.until("no fault on " + host, () -> host.ctl("doctor").exit() == 0);
    }
  }

  /** Whether the check found something that its message names. */
  private static boolean finds(Host host, String id, String words) {
    JsonNode checks = Space.parse(host.ctl("-o", "json", "doctor").stdout()).path("checks");
    return StreamSupport.stream(checks.spliterator(), false)
        .filter(check -> check.path("id").asText().equals(id))
        .filter(check -> !check.path("result").asText().equals("pass"))
        .anyMatch(check -> check.path("message").asText().contains(words));
  }

  private static void awaitFound(Host host, String id, String words) {
    Await.until(
        "doctor on %s finds %s: %s".formatted(host, id, words), () -> finds(host, id, words));
  }

  private static void awaitGone(Host host, String id, String words) {
    Await.until(
        "doctor on %s finds no %s: %s any more".formatted(host, id, words),
        () -> !finds(host, id, words));
  }

  /** The commands as they are printed below a check. */
  private static List<String> commands(Host host, String id) {
    List<String> commands = new ArrayList<>();
    String current = "";
    for (String line : host.ctl("doctor").stdout().lines().toList()) {
      if (line.startsWith("      run: ")) {
        if (current.equals(id)) {
          commands.add(line.substring("      run: ".length()));
        }
      } else if (!line.startsWith(" ") && line.contains(": ")) {
        current = line.substring(4, line.indexOf(':')).strip();
      }
    }
    assertThat(commands).as("commands of " + id).isNotEmpty();
    return commands;
  }

  /** Runs what is printed, as somebody types it. */
  private static void types(Host host, String id) {
    for (String command : commands(host, id)) {
      host.space().ok("env", "PATH=" + PATH, "sh", "-c", command);
    }
  }

  private static Output fix(Host host, String... named) {
    List<String> words = new ArrayList<>(List.of("doctor", "--fix"));
    words.addAll(List.of(named));
    return host.ctl(words.toArray(String[]::new));
  }

  @Test
  void aPortThatTheHostsFirewallCloses() {
    Host closed = hosts.get(1);
    Host other = hosts.get(0);
    closed
        .space()
        .nft(
            """
            table inet wall {
              chain in {
                type filter hook input priority 0; policy drop;
                iifname "lo" accept
                ct state established,related accept
                meta l4proto icmp accept
                udp dport 7950 accept
              }
            }
            """);
    try {
      awaitFound(closed, "ports", "drops what members send to UDP port 4789 (VXLAN)");
      awaitFound(other, "status-path-unreachable", closed.underlay());
      types(closed, "ports");
      awaitGone(closed, "ports", "");
      awaitGone(other, "status-path-unreachable", "");
      assertThat(other.stack().container().pings(closed.stack().address())).isTrue();
    } finally {
      closed.space().does("nft delete table inet wall");
    }
  }

  @Test
  void theGossipsPort() {
    Host closed = hosts.get(2);
    closed
        .space()
        .nft(
            "table inet wall { chain in { type filter hook input priority 0; udp dport 7950 drop;"
                + " }; }\n");
    try {
      awaitFound(closed, "ports", "UDP port 7950 (gossip)");
      types(closed, "ports");
      awaitGone(closed, "ports", "");
    } finally {
      closed.space().does("nft delete table inet wall");
    }
  }

  @Test
  void aChainOfOthersThatDropsWhatIsForwarded() {
    Host host = hosts.get(0);
    host.space()
        .nft(
            "table inet wall { chain passing { type filter hook forward priority 0; policy drop; };"
                + " }\n");
    try {
      awaitFound(host, "status-foreign-chain-drops", "chain passing of table inet wall");
      Output left = fix(host);
      assertThat(left.stdout())
          .contains("left     status-foreign-chain-drops", "table inet wall, chain passing");
      assertThat(finds(host, "status-foreign-chain-drops", "")).as("it was only named").isTrue();

      Output named = fix(host, "status-foreign-chain-drops").ok();
      assertThat(named.stdout()).contains("it changed table inet wall, chain passing");
      awaitGone(host, "status-foreign-chain-drops", "");
      assertThat(host.stack().container().pings(hosts.get(1).stack().address())).isTrue();
    } finally {
      host.space().does("nft delete table inet wall");
    }
  }

  @Test
  void aRouteOfOthersThatIsInForce() {
    Host host = hosts.get(0);
    host.space().does("ip route add 172.31.0.0/16 via 192.168.200.254 metric 50");
    awaitFound(host, "status-prefix-in-use", "172.31.0.0/16");
    types(host, "status-prefix-in-use");
    awaitGone(host, "status-prefix-in-use", "");
  }

  @Test
  void aMoreSpecificRouteThatLeadsNowhere() {
    Host host = hosts.get(0);
    String gateway = hosts.get(1).stack().gateway();
    host.space().does("ip route add blackhole %s/32".formatted(gateway));
    awaitFound(host, "status-route-shadowed", "blackhole " + gateway + "/32");
    types(host, "status-route-shadowed");
    awaitGone(host, "status-route-shadowed", "");
  }

  @Test
  void aRouteOfOthersInThePlaceOfOurs() {
    Host host = hosts.get(0);
    host.space().does("ip route replace 172.22.0.0/16 via 192.168.200.254 metric 158 proto static");
    awaitFound(host, "status-prefix-in-use", "172.22.0.0/16");
    types(host, "status-prefix-in-use");
    awaitGone(host, "status-prefix-in-use", "");
  }

  @Test
  void aPolicyRuleThatDiverts() {
    Host host = hosts.get(0);
    host.space().does("ip route add default via 192.168.200.254 table 77");
    host.space().does("ip rule add pref 100 from 172.30.0.0/16 lookup 77");
    awaitFound(host, "status-policy-rule", "lookup 77");
    types(host, "status-policy-rule");
    awaitGone(host, "status-policy-rule", "");
  }

  @Test
  void anUplinkWithoutMulticast() {
    Host host = hosts.get(2);
    host.space().does("ip link set eth0 multicast off");
    awaitFound(host, "multicast", "eth0");
    types(host, "multicast");
    awaitGone(host, "multicast", "");
  }

  @Test
  void aKeyThatOthersCanReadIsOursToClose() {
    Host host = hosts.get(0);
    host.space().does("chmod 0644 /var/lib/vrouter/identity");
    awaitFound(host, "secrets", "/var/lib/vrouter/identity");
    Output fixed = fix(host).ok();
    assertThat(fixed.stdout()).contains("ran      secrets: chmod go= /var/lib/vrouter/identity");
    awaitGone(host, "secrets", "");
    assertThat(fix(host).ok().stdout()).contains("Nothing of ours needs a fix");
  }

  @Test
  void aLogThatWasLeftAtDebug() {
    Host host = hosts.get(1);
    host.ctl("log", "debug").ok();
    awaitFound(host, "log", "debug");
    types(host, "log");
    awaitGone(host, "log", "");
  }

  @Test
  void aMemberThatIsGoneForGood() {
    Host gone = LAB.host(4);
    gone.start();
    Host host = hosts.get(0);
    Await.until("h4 is a member", () -> host.statusOf(gone).equals("alive"));
    gone.daemon().kill();
    gone.space().does("ip link set eth0 down");
    awaitFound(host, "failed-members", "h4");
    types(host, "failed-members");
    awaitGone(host, "failed-members", "");
    hosts.forEach(other -> Await.until("h4 is dropped", () -> drops(other)));
  }

  private static boolean drops(Host host) {
    if (finds(host, "failed-members", "h4")) {
      types(host, "failed-members");
    }
    return !finds(host, "failed-members", "h4");
  }

  @Test
  void aSeedThatDoesNotRun() {
    Host host = LAB.host(5);
    Host seed = LAB.host(6);
    host.start("--seed", seed.underlay());
    host.awaitAnswer();
    awaitFound(host, "seeds", seed.underlay());
    seed.start();
    awaitGone(host, "seeds", "");
    assertThat(host.stop() + seed.stop()).isZero();
    Await.until("both left", () -> hosts.get(0).members().size() == 3);
  }
}
