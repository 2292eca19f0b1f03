package io.vrouter.mesh.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Ping;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The package on hosts as systemd runs them: boots, restarts, upgrades. No ping is forgiven. */
@Tag("systemd")
class SystemdIT {
  @RegisterExtension static final SystemdLab LAB = new SystemdLab();

  @Test
  void startsAtBootBeforeTheNetworkAndJoinsWhenItComes() {
    List<SystemdHost> two = LAB.two();
    SystemdHost late = two.get(1);
    late.shutdown();
    late.space().ip("addr flush dev eth0", "link set eth0 down");

    late.boot();

    assertThat(late.ok("systemctl", "is-active", "meshd")).isEqualTo("active");
    Await.until(
        "it says what it waits for",
        () -> late.status().at("/problems").findValuesAsText("code").contains("underlay"));
    long plugged = System.nanoTime();
    late.space()
        .ip(
            "link set eth0 up",
            "addr add %s/24 dev eth0".formatted(late.address()),
            "route add default via 192.168.200.254");
    late.awaitMembers(2);
    LAB.ping(late, two.get(0)).stop();
    System.out.printf(
        "network there -> in the mesh, its stack answered: %d ms%n",
        (System.nanoTime() - plugged) / 1_000_000);
  }

  @Test
  void survivesAReboot() {
    List<SystemdHost> two = LAB.two();
    SystemdHost one = two.get(0);
    String id = two.get(1).status().at("/node").toString();

    two.get(1).reboot();

    two.get(1).awaitMembers(2);
    assertThat(two.get(1).status().at("/node").toString()).isEqualTo(id);
    LAB.ping(one, two.get(1)).stop();
    assertThat(two.get(1).ok("systemctl", "is-system-running")).isEqualTo("running");
  }

  @Test
  void restartAndUpgradeLoseNoPacket() {
    List<SystemdHost> two = LAB.two();
    try (Ping there = LAB.ping(two.get(0), two.get(1));
        Ping back = LAB.ping(two.get(1), two.get(0))) {
      for (SystemdHost host : two) {
        host.ok("systemctl", "restart", "meshd");
        host.awaitMembers(2);
      }
      for (SystemdHost host : two) {
        String before = host.daemon();
        host.install(SystemdLab.deb());
        assertThat(host.daemon()).isNotEqualTo(before);
        host.awaitMembers(2);
      }
      for (SystemdHost host : two) {
        String before = host.daemon();
        host.ok("systemctl", "kill", "-s", "KILL", "meshd");
        Await.until(
            host + " has another daemon", () -> !List.of(before, "0").contains(host.daemon()));
        host.awaitMembers(2);
      }
      there.awaitMore(100);
      assertThat(there.stop().lost()).isEmpty();
      assertThat(back.stop().lost()).isEmpty();
    }
  }

  @Test
  void losesNoPacketBehindUfw() {
    List<SystemdHost> two = LAB.two();
    for (SystemdHost host : two) {
      host.ok("ufw", "allow", "vRouter");
      host.ok("ufw", "--force", "enable");
    }
    try (Ping there = LAB.ping(two.get(0), two.get(1));
        Ping back = LAB.ping(two.get(1), two.get(0))) {
      for (SystemdHost host : two) {
        host.ok("systemctl", "restart", "meshd");
        host.awaitMembers(2);
      }
      there.awaitMore(100);
      assertThat(there.stop().lost()).isEmpty();
      assertThat(back.stop().lost()).isEmpty();
    }
    // A reload takes all rules away and drops meanwhile, which is ufw's own doing: ours are back
    // after it.
    two.forEach(host -> host.ok("ufw", "reload"));
    LAB.ping(two.get(0), two.get(1)).stop();
    for (SystemdHost host : two) {
      Await.until(host + " is healthy", () -> host.status().at("/healthy").asBoolean());
    }
  }

  @Test
  void purgeLeavesNothing() {
    SystemdHost host = LAB.bare(1);
    host.stack();
    host.boot();
    List<String> files = host.files();
    String kernel = host.kernel();

    host.install(SystemdLab.deb());
    assertThat(host.run("systemctl", "is-active", "meshd").text()).isEqualTo("inactive");
    host.configure(LAB.token());
    host.ok("systemctl", "enable", "--now", "meshd");
    host.awaitMembers(1);
    Await.until("it wrote to the kernel", () -> !host.kernel().equals(kernel));
    host.ok("man", "-w", "meshctl-members");
    host.ok("sh", "-c", "id vrouter && test -s /usr/share/bash-completion/completions/meshctl");
    host.ok("dpkg", "--purge", "vrouter-mesh");

    assertThat(host.kernel()).isEqualTo(kernel);
    assertThat(host.files()).isEqualTo(files);
    assertThat(host.run("id", "vrouter").exit()).isNotZero();
    assertThat(host.ok("systemctl", "is-system-running")).isEqualTo("running");
  }
}
