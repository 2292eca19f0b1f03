package io.vrouter.netlink.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.socket.UdpErrorProbe.ProbeResult;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The probe on real stacks: who answers, who is silent, and whose errors don't count. */
class UdpErrorProbeTest {
  private final Space here = Space.bare();
  private final Space there = Space.bare();

  @BeforeEach
  void twoHosts() {
    here.ok(
        "ip",
        "link",
        "add",
        "e0",
        "type",
        "veth",
        "peer",
        "name",
        "e0",
        "netns",
        Long.toString(there.pid()));
    address(here, "1");
    address(there, "2");
  }

  /**
   * With permanent neighbours, as in the mesh: after a link comes up IPv6 resolves after a second.
   */
  private static void address(Space host, String last) {
    host.ok("ip", "link", "set", "e0", "address", "02:00:00:00:00:0" + last);
    for (String one : new String[] {"1", "2"}) {
      for (String prefix : new String[] {"192.0.2.", "2001:db8::"}) {
        host.ok(
            "ip",
            "neigh",
            "replace",
            prefix + one,
            "lladdr",
            "02:00:00:00:00:0" + one,
            "dev",
            "e0");
      }
    }
    host.ok("ip", "addr", "add", "192.0.2." + last + "/24", "dev", "e0");
    host.ok("ip", "addr", "add", "2001:db8::" + last + "/64", "dev", "e0", "nodad");
    host.ok("ip", "link", "set", "e0", "up");
  }

  @AfterEach
  void close() {
    try {
      here.close();
    } finally {
      there.close();
    }
  }

  @Test
  void aKernelWithoutTheProgramAnswers() {
    assertThat(ask("192.0.2.2")).isEqualTo(ProbeResult.ANSWERED);
    assertThat(ask("2001:db8::2")).isEqualTo(ProbeResult.ANSWERED);
  }

  @Test
  void aHostThatDropsIsSilent() {
    there.ok("nft", "add table inet t; add chain inet t in { type filter hook input priority 0; }");
    there.ok("nft", "add rule inet t in udp dport 9999 drop");
    assertThat(ask("192.0.2.2")).isEqualTo(ProbeResult.SILENT);
    assertThat(ask("2001:db8::2")).isEqualTo(ProbeResult.SILENT);
  }

  @Test
  void anAdministrativeRefusalIsAnAnswerToo() {
    there.ok("nft", "add table inet t; add chain inet t in { type filter hook input priority 0; }");
    there.ok("nft", "add rule inet t in udp dport 9999 reject with icmpx admin-prohibited");
    assertThat(ask("192.0.2.2")).isEqualTo(ProbeResult.ANSWERED);
  }

  @Test
  void anErrorFromSomebodyElseIsNone() {
    // The other host is a router here, and says that there is no way on.
    there.ok("sysctl", "-qw", "net.ipv4.ip_forward=1");
    here.ok("ip", "route", "add", "198.51.100.0/24", "via", "192.0.2.2");
    there.ok("ip", "route", "add", "unreachable", "198.51.100.0/24");
    assertThat(ask("198.51.100.7")).isEqualTo(ProbeResult.SILENT);
  }

  @Test
  void anAbsentNeighbourIsSilent() {
    assertThat(ask("192.0.2.9")).isEqualTo(ProbeResult.SILENT);
  }

  @Test
  void withoutARouteNothingIsSent() {
    assertThat(ask("203.0.113.1")).isEqualTo(ProbeResult.NOT_SENT);
    assertThat(ask("2001:db9::1")).isEqualTo(ProbeResult.NOT_SENT);
  }

  private ProbeResult ask(String peer) {
    return Netns.call(
        here.netns(),
        () -> UdpErrorProbe.ask(InetAddress.getByName(peer), 9999, 4, Duration.ofMillis(100)));
  }
}
