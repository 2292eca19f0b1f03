package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Ping;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.lab.Stack;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hosts whose own address isn't the one that others reach them by, or that have several. */
@Tag("lab")
class FloatingAddressIT {
  private static final String FLOATING = Lan.PREFIX + "77";

  @RegisterExtension final Lab lab = new Lab();

  /** A router between the LAN and a host at 10.50.0.2 maps 192.168.200.77 to it, one to one. */
  private void behindNat(Space host) {
    Space router = lab.closing(Space.create("router"));
    lab.lan().plug(router, 77);
    router.cable("inside", host, "eth0");
    router.does("sysctl -qw net.ipv4.ip_forward=1");
    router.ip("addr add 10.50.0.1/24 dev inside", "addr add 192.168.200.78/24 dev eth0");
    router.nft(
        """
        table ip nat {
          chain pre {
            type nat hook prerouting priority dstnat
            ip daddr %1$s dnat to 10.50.0.2
          }
          chain post {
            type nat hook postrouting priority srcnat
            ip saddr 10.50.0.2 oifname "eth0" snat to %1$s
          }
        }
        """
            .formatted(FLOATING));
    host.ip(
        "addr add 10.50.0.2/24 dev eth0", "link set eth0 up", "route add default via 10.50.0.1");
  }

  @Test
  void oneToOneNat() {
    Host one = lab.host(1);
    one.stack("172.30.0.0/16");
    Host cloud = lab.closing(new Host(lab, 77, Space.create("cloud")));
    behindNat(cloud.space());
    Stack stack = cloud.stack("172.31.0.0/16");
    one.start();
    cloud.start("--seed", one.underlay(), "--advertise", FLOATING);
    lab.awaitMesh(List.of(one, cloud));
    try (Ping there = ping(one.stack(), stack.address());
        Ping back = ping(stack, one.stack().address())) {
      there.awaitMore(100);
      back.awaitMore(100);
      assertThat(there.stop().lost()).isEmpty();
      assertThat(back.stop().lost()).isEmpty();
    }
    for (Host host : List.of(one, cloud)) {
      Await.until(
          host + " finds the path ok",
          () -> host.ctl("members").stdout().contains("ok ") && host.ctl("status").exit() == 0);
    }
    // The other way about: the host behind NAT is the seed.
    one.stop();
    one.start("--multicast", "off", "--seed", FLOATING);
    lab.awaitMesh(List.of(one, cloud));
  }

  @Test
  void aVpnsDefaultRouteAtTheStartIsNotTheUnderlay() {
    List<Host> hosts = lab.three();
    Host one = hosts.get(0);
    Space vpn = lab.closing(Space.create("vpn"));
    vpn.cable("far", one.space(), "tun0");
    vpn.ip("addr add 10.8.0.1/24 dev far");
    hosts.get(1).start();
    hosts.get(2).start();
    one.space()
        .ip(
            "route del default",
            "route add default via %s metric 100".formatted(Lan.GATEWAY),
            "addr add 10.8.0.6/24 dev tun0",
            "link set tun0 up",
            "route add default dev tun0 metric 50");
    one.start("--seed", hosts.get(1).underlay());
    lab.awaitMesh(hosts);
    assertThat(hosts.get(1).kernel().floodPeers()).contains(one.underlay());
    // Without the seed it is the address that reaches the members of the last run.
    one.daemon().kill();
    one.start();
    one.awaitAnswer();
    lab.awaitMesh(hosts);
    assertThat(hosts.get(1).kernel().floodPeers())
        .contains(one.underlay())
        .doesNotContain("10.8.0.6");
  }

  @Test
  void aForeignDeviceOfThePortInAnotherNamespaceIsNoHindrance() {
    List<Host> hosts = lab.three();
    Host one = hosts.get(0);
    Space sandbox = lab.closing(Space.create("sandbox"));
    one.space().ip("link add vx0 type vxlan id 4097 dstport 4789 dev eth0");
    one.space().ip("link set vx0 netns " + sandbox.pid());
    sandbox.ip("link set vx0 up");
    // Its own process ids, as in a container: the holder of the port can't be seen.
    one.startApart();
    hosts.get(1).start();
    hosts.get(2).start();
    lab.awaitMesh(hosts);
    assertThat(one.ctl("status").exit()).isZero();
    assertThat(sandbox.ok("ip", "-br", "link")).contains("vx0");
  }

  private Ping ping(Stack from, String to) {
    return Ping.start(from.container(), to, lab.log("ping-" + from.subnet().replace('/', '-')));
  }
}
