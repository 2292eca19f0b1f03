package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Ping;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The default overlay subnet turns out to be a network that a member reaches. */
@Tag("lab")
class OverlayMoveIT {
  @RegisterExtension final Lab lab = new Lab();

  private final List<Host> hosts = lab.three();
  private final Host one = hosts.get(0);
  private final Host two = hosts.get(1);
  private final Host three = hosts.get(2);

  private static String overlay(Host host) {
    return host.kernel().address(Kernel.DEVICE);
  }

  /** Whether the new address is there and the former one is gone. */
  private static boolean moved(Host host) {
    String addresses = host.space().ok("ip", "-4", "addr", "show", "dev", Kernel.DEVICE);
    return addresses.contains(" 10.113.77.") && !addresses.contains(" 10.1.1.");
  }

  @Test
  void allHostsMoveAwayFromOneHostsLanAndNoPacketIsLost() {
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);
    assertThat(hosts).allMatch(host -> overlay(host).startsWith("10.1.1."));
    try (Ping there = ping(one, two);
        Ping back = ping(two, three);
        Ping around = ping(three, one)) {
      List<Ping> pings = List.of(there, back, around);
      pings.forEach(ping -> ping.awaitMore(20));
      three.space().addDevice("lan2", "type", "bridge");
      three.space().ip("link set lan2 up", "addr add 10.1.1.200/24 dev lan2 metric 100");
      for (Host host : hosts) {
        Await.until(host + " moves", () -> moved(host));
      }
      pings.forEach(ping -> ping.awaitMore(100));
      for (Ping ping : pings) {
        Ping.Tally tally = ping.stop();
        assertThat(tally.lost()).isEmpty();
        assertThat(tally.received()).isEqualTo(tally.sent());
      }
    }
    assertThat(three.space().ok("ip", "route", "get", "10.1.1.7")).contains("dev lan2");
    for (Host host : hosts) {
      Await.until(host + " is healthy", () -> host.ctl("status").exit() == 0);
    }
    assertThat(one.ctl("ping", "h3").exit()).isZero();
  }

  private Ping ping(Host from, Host to) {
    return Ping.start(from.stack().container(), to.stack().address(), lab.log("ping-" + from + to));
  }
}
