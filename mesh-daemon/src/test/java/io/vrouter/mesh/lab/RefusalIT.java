package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When the daemon must not start: it says why and what to do, and has touched nothing. */
@Tag("lab")
class RefusalIT {
  @RegisterExtension final Lab lab = new Lab();

  @Test
  void withoutAToken() {
    Host host = lab.host(1);
    assertRefused(host, host.start(Map.of()), "--token-file", "MESH_TOKEN");
  }

  @Test
  void withATokenThatIsTooShort() {
    Host host = lab.host(1);
    String secret = "hunter2hunter2";
    Child refused = host.start(Map.of("MESH_TOKEN", secret));
    assertRefused(host, refused, "32");
    assertThat(refused.said()).doesNotContain(secret);
  }

  @Test
  void withAFlagItDoesNotKnow() {
    Host host = lab.host(1);
    Child refused = host.start("--sede", "192.168.200.2");
    assertThat(refused.awaitExit()).isEqualTo(2);
    assertThat(refused.said()).contains("--sede");
  }

  @Test
  void whenTheGossipPortIsTaken() {
    Host host = lab.host(1);
    hold(host, "7950");
    assertRefused(host, host.start(), "7950");
  }

  @Test
  void whenTheVxlanPortIsTaken() {
    Host host = lab.host(1);
    hold(host, "4789");
    assertRefused(host, host.start(), "4789");
  }

  @Test
  void whenAnotherDaemonHoldsTheNamespace() {
    Host host = lab.host(1);
    Child first = host.start();
    host.awaitAnswer();
    Child second =
        lab.closing(
            host.launch(
                Map.of("MESH_TOKEN", lab.token()),
                List.of(
                    Lab.MESHD.toString(),
                    "run",
                    "--state-dir",
                    "/run/other",
                    "--socket",
                    "/run/other/mesh.sock",
                    "--gossip-port",
                    "7960",
                    "--vxlan-port",
                    "4790",
                    "--vni",
                    "1001",
                    "--http",
                    "off")));
    assertThat(second.awaitExit()).isNotZero();
    assertThat(second.said()).contains(Long.toString(first.pid())).contains(Host.SOCKET);
    assertThat(first.alive()).isTrue();
    assertThat(host.ctl("members").exit()).isZero();
  }

  @Test
  void withoutCapNetAdmin() {
    Host host = lab.host(1);
    Child refused =
        lab.closing(
            host.launch(
                Map.of("MESH_TOKEN", lab.token()),
                List.of(
                    "setpriv",
                    "--bounding-set",
                    "-net_admin",
                    "--inh-caps",
                    "-net_admin",
                    Lab.MESHD.toString(),
                    "run")));
    assertRefused(host, refused, "CAP_NET_ADMIN");
  }

  @Test
  void aDeviceThatIsNotItsOwnIsLeftAloneAndTold() {
    Host host = lab.host(1);
    String kind = "type vxlan id 1000 dstport 4789 local " + host.underlay();
    host.space().addDevice(Kernel.DEVICE, kind.split(" "));
    List<String> before = host.kernel().snapshot();
    host.start();
    host.awaitAnswer();
    Await.asserted(
        "status tells",
        () -> {
          Output status = host.ctl("status");
          assertThat(status.exit()).isEqualTo(1);
          assertThat(status.stdout()).contains(Kernel.DEVICE, "ip link del");
        });
    assertThat(links(host.kernel().snapshot())).isEqualTo(links(before));
    host.stop();
    assertThat(host.kernel().snapshot()).containsExactlyInAnyOrderElementsOf(before);
  }

  private static List<String> links(List<String> snapshot) {
    return snapshot.stream().filter(line -> line.startsWith("link: ")).toList();
  }

  private void hold(Host host, String port) {
    List<String> command = new ArrayList<>(List.of("java", "-cp", Lab.classPath()));
    command.addAll(List.of(PortHolder.class.getName(), port));
    Child holder = lab.closing(host.space().start(lab.log("holder"), Map.of(), command));
    Await.until("the port is held", () -> holder.said().contains("holding " + port + " ."));
  }

  private static void assertRefused(Host host, Child daemon, String... words) {
    assertThat(daemon.awaitExit()).as("exit code").isNotZero();
    assertThat(daemon.said()).contains(words).doesNotContain("\tat ");
    assertThat(host.kernel().hasDevice(Kernel.DEVICE)).isFalse();
    assertThat(host.space().ok("nft", "list", "ruleset")).isBlank();
  }
}
