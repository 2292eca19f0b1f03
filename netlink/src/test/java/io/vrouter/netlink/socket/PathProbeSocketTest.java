package io.vrouter.netlink.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.socket.PathProbeSocket.PathAnswer;
import io.vrouter.netlink.socket.PathProbeSocket.Sent;
import io.vrouter.netlink.wire.Family;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Probes through a router whose far link takes 1,400 octets. */
class PathProbeSocketTest {
  private static final int PORT = 9999;

  private final Space here = Space.bare();
  private final Space router = Space.bare();
  private final Space there = Space.bare();

  @BeforeEach
  void threeHosts() {
    link(here, "192.0.2.1", "2001:db8:1::1", router, "192.0.2.254", "2001:db8:1::fe", 1500);
    link(router, "198.51.100.254", "2001:db8:2::fe", there, "198.51.100.2", "2001:db8:2::2", 1400);
    router.ok("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
    here.ok("ip", "route", "add", "default", "via", "192.0.2.254");
    here.ok("ip", "route", "add", "default", "via", "2001:db8:1::fe");
    there.ok("ip", "route", "add", "default", "via", "198.51.100.254");
    there.ok("ip", "route", "add", "default", "via", "2001:db8:2::fe");
  }

  private static void link(Space a, String a4, String a6, Space b, String b4, String b6, int mtu) {
    String aEnd = "e" + a4.replace(".", "");
    String bEnd = "e" + b4.replace(".", "");
    a.ok(
        "ip",
        "link",
        "add",
        aEnd,
        "type",
        "veth",
        "peer",
        "name",
        bEnd,
        "netns",
        Long.toString(b.pid()));
    end(a, aEnd, a4, a6, mtu);
    end(b, bEnd, b4, b6, mtu);
  }

  private static void end(Space host, String device, String v4, String v6, int mtu) {
    host.ok("ip", "addr", "add", v4 + "/24", "dev", device);
    host.ok("ip", "addr", "add", v6 + "/64", "dev", device, "nodad");
    host.ok("ip", "link", "set", device, "mtu", Integer.toString(mtu), "up");
  }

  @AfterEach
  void close() {
    try (here;
        router;
        there) {
      assertThat(here).isNotNull();
    }
  }

  private List<PathAnswer> ask(String peer, int size, long cookie) {
    return Netns.call(
        here.netns(),
        () -> {
          InetAddress address = InetAddress.getByName(peer);
          List<PathAnswer> answers = new ArrayList<>();
          try (PathProbeSocket socket = PathProbeSocket.open(Family.of(address))) {
            // IPv6 resolves neighbours one second after a link has come up.
            for (int i = 0; i < 5 && answers.isEmpty(); i++) {
              assertThat(socket.send(address, PORT, size, cookie)).isEqualTo(Sent.SENT);
              answers.addAll(socket.await(Duration.ofSeconds(1)));
            }
          }
          return answers;
        });
  }

  @Test
  void theKernelOfThePeerAnswersWithTheCookie() throws Exception {
    assertThat(ask("198.51.100.2", 1400, -42))
        .containsOnly(new PathAnswer(InetAddress.getByName("198.51.100.2"), -42));
    assertThat(ask("2001:db8:2::2", 1400, 7))
        .containsOnly(new PathAnswer(InetAddress.getByName("2001:db8:2::2"), 7));
    assertThat(ask("198.51.100.2", PathProbeSocket.MIN_SIZE_IPV4, 1)).isNotEmpty();
  }

  @Test
  void oneOctetMoreThanThePathTakesIsNotAnsweredByThePeer() throws Exception {
    InetAddress peer = InetAddress.getByName("198.51.100.2");
    assertThat(ask("198.51.100.2", 1400, 1)).isNotEmpty();
    assertThat(ask("198.51.100.2", 1401, 1)).noneMatch(answer -> answer.peer().equals(peer));
  }

  @Test
  void moreThanTheLinkTakesIsNotSent() {
    Sent sent =
        Netns.call(
            here.netns(),
            () -> {
              try (PathProbeSocket socket = PathProbeSocket.open(Family.AF_INET)) {
                return socket.send(InetAddress.getByName("198.51.100.2"), PORT, 1501, 1);
              }
            });
    assertThat(sent).isEqualTo(Sent.TOO_LARGE);
  }

  @Test
  void sizesOutOfRangeAreRefusedNamingTheRange() {
    assertThatThrownBy(() -> ask("198.51.100.2", 35, 1))
        .hasStackTraceContaining("a probe has 36 to 65535 octets, not 35");
  }
}
