package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Space;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a running mesh carries: three hosts, shared by all tests here, none of which changes it. */
@Tag("lab")
class PathIT {
  @RegisterExtension static final Lab LAB = new Lab();

  private static List<Host> hosts = List.of();

  @BeforeAll
  static void start() {
    hosts = LAB.three();
    hosts.forEach(Host::start);
    LAB.awaitMesh(hosts);
  }

  @Test
  void containersReachRemoteContainersAndGateways() {
    for (Host from : hosts) {
      for (Host to : others(from)) {
        assertPings(from.stack().container(), to.stack().address());
        assertPings(from.stack().container(), to.stack().gateway());
      }
    }
  }

  @Test
  void hostsReachRemoteContainersGatewaysAndOverlayAddresses() {
    for (Host from : hosts) {
      for (Host to : others(from)) {
        assertPings(from.space(), to.stack().address());
        assertPings(from.space(), to.stack().gateway());
        assertPings(from.space(), to.kernel().address(Kernel.DEVICE));
      }
    }
  }

  @Test
  void aServiceSeesTheAddressOfTheContainerThatAsks() {
    for (Host to : hosts) {
      try (Child page = to.stack().serve(LAB.log("page-" + to))) {
        Await.until("the page is served", () -> page.said().contains("serving"));
        for (Host from : others(to)) {
          assertThat(from.stack().fetch(to.stack().address()))
              .isEqualTo(to.stack().container().name() + " answers " + from.stack().address());
        }
      }
    }
  }

  @Test
  void knownTrafficIsNotFlooded() {
    for (Host host : hosts) {
      for (Host other : others(host)) {
        assertThat(host.kernel().neighbors()).contains(other.kernel().address(Kernel.DEVICE));
      }
    }
  }

  @Test
  void theDaemonAnswersProbesAndScrapes() {
    Space host = hosts.get(0).space();
    assertThat(host.ok("curl", "-sS", "-f", "http://127.0.0.1:7979/livez")).isNotNull();
    assertThat(host.ok("curl", "-sS", "-f", "http://127.0.0.1:7979/readyz")).isNotNull();
    assertThat(host.ok("curl", "-sS", "-f", "http://127.0.0.1:7979/metrics")).contains("# TYPE");
  }

  /**
   * Forwarding would end router advertisements on the uplink (accept_ra 1), and with them SLAAC.
   */
  @Test
  void theHostsIpv6SettingsAreNotTouched() {
    Space host = hosts.get(0).space();
    assertThat(host.ok("sysctl", "-n", "net.ipv6.conf.all.forwarding").strip()).isEqualTo("0");
    assertThat(host.ok("sysctl", "-n", "net.ipv6.conf.eth0.forwarding").strip()).isEqualTo("0");
    assertThat(host.ok("sysctl", "-n", "net.ipv6.conf.eth0.accept_ra").strip()).isEqualTo("1");
  }

  @Test
  void aSettledMeshPlansNothing() {
    for (Host host : hosts) {
      Await.until(host + " converges", () -> host.json("status").path("converged").asBoolean());
    }
  }

  private static List<Host> others(Host host) {
    return hosts.stream().filter(other -> other != host).toList();
  }

  private static void assertPings(Space from, String address) {
    assertThat(from.pings(address)).as(from + " pings " + address).isTrue();
  }
}
