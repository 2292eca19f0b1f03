package io.vrouter.mesh.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Ping;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Beside the programs that manage a Debian host's network. No ping is forgiven. */
@Tag("systemd")
class NeighboursIT {
  @RegisterExtension static final SystemdLab LAB = new SystemdLab();

  @Test
  void networkdManagesTheUplinkAndLeavesTheMeshAlone() {
    List<SystemdHost> two = LAB.two();
    SystemdHost one = two.get(0);
    one.write(
        "/etc/systemd/network/eth0.network",
        """
        [Match]
        Name=eth0
        [Network]
        Address=%s/24
        Gateway=%s
        """
            .formatted(one.address(), Lan.GATEWAY));
    one.bareUplink();
    one.ok("systemctl", "start", "systemd-networkd");
    one.awaitMembers(2);
    LAB.ping(one, two.get(1)).stop();

    try (Ping ping = LAB.ping(one, two.get(1))) {
      one.ok("networkctl", "reload");
      one.ok("systemctl", "restart", "systemd-networkd");
      one.ok("/usr/lib/systemd/systemd-networkd-wait-online", "-i", "eth0", "--timeout=60");
      ping.awaitMore(200);
      assertThat(ping.stop().lost()).isEmpty();
    }
    // It takes the uplink's address away for a moment, and with it every path of the host.
    one.ok("networkctl", "reconfigure", "eth0");
    try (Ping ping = LAB.ping(one, two.get(1))) {
      ping.awaitMore(200);
    }
    assertThat(one.ok("networkctl", "list", "--no-legend", "vxlan1000")).contains("unmanaged");
    assertThat(one.status().at("/healthy").asBoolean()).isTrue();
  }

  @Test
  void networkManagerManagesTheUplinkAndLeavesTheMeshAlone() {
    List<SystemdHost> two = LAB.two();
    SystemdHost one = two.get(0);
    // Debian's NetworkManager takes no veth by itself.
    one.write("/etc/NetworkManager/conf.d/eth0.conf", "[device]\nmatch-device=*\nmanaged=1\n");
    one.bareUplink();
    one.ok("systemctl", "start", "NetworkManager");
    one.ok("nmcli", "device", "set", "eth0", "managed", "yes");
    one.ok(
        ("nmcli connection add type ethernet ifname eth0 con-name up ipv4.method manual"
                + " ipv4.addresses %s/24 ipv4.gateway %s ipv6.method disabled")
            .formatted(one.address(), Lan.GATEWAY)
            .split(" ", -1));
    one.ok("nmcli", "connection", "up", "up");
    one.awaitMembers(2);
    LAB.ping(one, two.get(1)).stop();

    try (Ping ping = LAB.ping(one, two.get(1))) {
      one.ok("nmcli", "general", "reload");
      one.ok("systemctl", "restart", "NetworkManager");
      Await.until(
          "NetworkManager has the uplink again",
          () ->
              one.run("nmcli", "-g", "GENERAL.STATE", "device", "show", "eth0")
                  .text()
                  .startsWith("100"));
      ping.awaitMore(200);
      assertThat(ping.stop().lost()).isEmpty();
    }
    assertThat(one.ok("nmcli", "-g", "GENERAL.STATE", "device", "show", "vxlan1000"))
        .contains("unmanaged");
    assertThat(one.status().at("/healthy").asBoolean()).isTrue();
  }

  @Test
  void joinsAgainWhenALostLeaseComesBack() {
    List<SystemdHost> two = LAB.two();
    SystemdHost one = two.get(0);
    // However long the server lends, this client asks again after seconds.
    one.write("/etc/dhcp/dhclient.conf", "supersede dhcp-lease-time 8;\nretry 1;\ntimeout 5;\n");
    one.bareUplink();
    Child server = LAB.dhcpServer(one);
    one.ok("dhclient", "-4", "eth0");
    one.awaitMembers(2);
    LAB.ping(one, two.get(1)).stop();

    server.kill();
    Await.until(
        "the lease ends",
        () ->
            one.status().at("/problems").findValuesAsText("code").contains("underlay-gone")
                || !one.space().ok("ip", "-4", "addr", "show", "dev", "eth0").contains("inet"));
    Await.until("it is reported", () -> !one.status().at("/healthy").asBoolean());

    LAB.dhcpServer(one);
    Await.until(
        "the lease is back",
        () -> one.space().ok("ip", "-4", "addr", "show", "dev", "eth0").contains(one.address()));
    long leased = System.nanoTime();
    one.awaitMembers(2);
    LAB.ping(one, two.get(1)).stop();
    System.out.printf(
        "lease back -> its stack answered: %d ms%n", (System.nanoTime() - leased) / 1_000_000);
    Await.until("it is healthy", () -> one.status().at("/healthy").asBoolean());
  }

  @Test
  void avahiAndDhcpcdRunBeside() {
    List<SystemdHost> two = LAB.two();
    SystemdHost one = two.get(0);
    try (Ping there = LAB.ping(one, two.get(1));
        Ping back = LAB.ping(two.get(1), one)) {
      one.ok("systemctl", "start", "avahi-daemon");
      // Every device that is up, ours too: it finds no server and takes an address of its own.
      one.ok("dhcpcd", "-b", "-t", "5", "-A");
      Await.until("dhcpcd runs", () -> one.run("pidof", "dhcpcd").exit() == 0);
      there.awaitMore(1_000);
      one.ok("systemctl", "restart", "meshd");
      one.awaitMembers(2);
      there.awaitMore(300);
      assertThat(there.stop().lost()).isEmpty();
      assertThat(back.stop().lost()).isEmpty();
    }
    Await.until("it is healthy", () -> one.status().at("/healthy").asBoolean());
  }
}
