package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.RouteState;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is not ours, beside and in the way of what is. */
class ForeignObjectsTest {
  private final FakeKernel kernel = new FakeKernel();
  private final Host host = Host.withBridge(kernel);

  @Test
  void leavingRestoresWhatWasThere() {
    Link foreign =
        kernel.seed(Link.of(0, "vxlan7", LinkInfo.of(Vxlan.of(7, Worlds.ip("192.0.2.1"), 4789))));
    kernel.seed(FdbEntry.flood(foreign.index(), Worlds.ip("192.0.2.9")));
    kernel.seed(foreignRoute("172.40.0.0", 5));
    String before = host.text();
    host.peers(Worlds.peer(2, "172.31.0.0/16"), Worlds.peer(3, "172.40.0.0/16"));
    host.settle();
    assertThat(host.text()).contains(before.lines().filter(it -> !it.contains("br-mesh")).toList());
    assertThat(host.leave()).isEmpty();
    assertThat(host.text()).isEqualTo(before);
    assertThat(host.firewall.policy).isNull();
    assertThat(host.store.saved.former()).isEmpty();
  }

  @Test
  void whatWasForwardingBeforeStaysSo() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    assertThat(host.store.saved.former()).hasSize(1);
    // Killed, started again: the former value is the one from before the first start.
    host.start();
    host.settle();
    host.local(Worlds.local());
    host.settle();
    assertThat(host.lines("link br-mesh")).first().asString().endsWith("forwarding false");
    host.elapse(Duration.ofMillis(200));
    assertThat(host.store.saved.former()).as("once it was looked at").isEmpty();
  }

  @Test
  void aForeignDeviceIsReportedAndLeftAlone() {
    Link foreign =
        kernel.seed(
            Link.of(0, "vxlan1000", LinkInfo.of(Vxlan.of(1000, Worlds.ip("192.0.2.1"), 4789))));
    kernel.seed(FdbEntry.flood(foreign.index(), Worlds.ip("192.0.2.9")));
    kernel.forgetWrites();
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    assertThat(host.problems()).contains("foreign-device");
    assertThat(kernel.writes()).allSatisfy(it -> assertThat(it.text()).doesNotContain("vxlan"));
    assertThat(host.firewall.policy)
        .isNotNull()
        .satisfies(policy -> assertThat(policy.zones()).isEmpty());
  }

  @Test
  void aForeignDeviceOfAnotherNameWithTheVniIsReported() {
    kernel.seed(Link.of(0, "mine", LinkInfo.of(Vxlan.of(1000, Worlds.ip("192.0.2.1"), 4789))));
    host.settle();
    assertThat(host.problems()).contains("foreign-device");
  }

  @Test
  void aForeignRouteIsInForceAndSaysSo() {
    kernel.seed(foreignRoute("172.31.0.0", 5));
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    assertThat(host.snapshot().routes())
        .singleElement()
        .satisfies(route -> assertThat(route.state()).isEqualTo(RouteState.FOREIGN));
    assertThat(host.problems()).contains("prefix-in-use");
    assertThat(host.text()).doesNotContain("proto 158");
  }

  @Test
  void anAllowedPrefixUnderAForeignRouteIsInstalledAndToldToBeShadowed() {
    host.local(
        Worlds.local(
            new LocalState.Options(
                Mark.METRIC,
                7952,
                List.of(io.vrouter.mesh.model.Prefix.parse("172.31.0.0/16")),
                java.util.Set.of())));
    kernel.seed(foreignRoute("172.31.0.0", 5));
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    host.elapse(Duration.ofMillis(200));
    assertThat(host.text()).contains("proto 158", "proto 4");
    assertThat(host.snapshot().routes().get(0).state()).isEqualTo(RouteState.FOREIGN);
    assertThat(host.problems()).contains("route-shadowed");
  }

  private static Route foreignRoute(String network, int metric) {
    InetAddress gateway = Worlds.ip("172.30.0.9");
    return new Route(
        Worlds.ip(network),
        16,
        gateway,
        2,
        4,
        Rtnetlink.RT_TABLE_MAIN,
        metric,
        0,
        Rtnetlink.RTN_UNICAST,
        Rtnetlink.RT_SCOPE_UNIVERSE,
        0,
        null,
        List.of(),
        List.of());
  }
}
