package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MemberState;
import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.VtepMac;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkChange;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.LinkRequests;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Ndm;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What becomes of the device and its entries, pass by pass. */
class DeviceLoopTest {
  private static final Duration MOVED = MovedUnderlays.DURATION.plusMillis(1);

  private final FakeKernel kernel = new FakeKernel();
  private final Host host = Host.withBridge(kernel);

  @Test
  void aDeviceThatCouldNotBeMarkedIsTakenBack() {
    kernel.failOnce(write -> write.text().contains("vrouter"), Errno.ENOBUFS, "");
    host.settle();
    assertThat(host.text()).doesNotContain("vxlan1000 down");
    host.elapse(Duration.ofMillis(200));
    assertThat(host.lines("link vxlan1000 up")).hasSize(1);
    assertThat(host.problems()).isEmpty();
  }

  @Test
  void aGonePeerTakesLearnedEntriesAlongExceptTheNewcomersAtItsAddress() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    int index = host.netlink.link("vxlan1000").orElseThrow().index();
    MacAddress stray = MacAddress.parse("02:00:00:00:00:99");
    kernel.seed(
        FdbEntry.permanent(index, stray, Worlds.ip("192.0.2.2")).withState(Ndm.NUD_REACHABLE));
    // Reinstalled: another id at the same underlay address.
    RemoteHost old = Worlds.peer(2, MemberState.REPLACED, Worlds.record(2, 2, "172.31.0.0/16"));
    RemoteHost fresh =
        Worlds.peer(
            3, MemberState.ALIVE, Worlds.record(3, "192.0.2.2", "10.1.1.3", 3, "172.31.0.0/16"));
    host.peers(old, fresh);
    host.settle();
    assertThat(host.lines("fdb"))
        .containsExactly(
            "fdb 00:00:00:00:00:00 dev vxlan1000 dst 192.0.2.2 permanent",
            "fdb " + stray + " dev vxlan1000 dst 192.0.2.2 dynamic",
            "fdb "
                + VtepMac.of(Worlds.id(3), Worlds.VNI)
                + " dev vxlan1000 dst 192.0.2.2 permanent");
    host.peers(old);
    host.settle();
    assertThat(host.lines("fdb")).isEmpty();
  }

  @Test
  void anInterruptedDumpDeletesNothing() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    String before = host.text();
    host.peers();
    kernel.interruptDumps(1000);
    host.pass(Cause.MEMBERSHIP);
    kernel.interruptDumps(0);
    assertThat(host.text()).isEqualTo(before);
    assertThat(host.snapshot().converged()).isFalse();
    host.elapse(Duration.ofSeconds(11));
    assertThat(host.text()).doesNotContain("172.31.0.0");
  }

  @Test
  void aMovingPeersEntryIsDynamicUntilItHasMoved() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    MacAddress mac = VtepMac.of(Worlds.id(2), Worlds.VNI);
    host.peers(
        Worlds.peer(
            2,
            MemberState.ALIVE,
            Worlds.record(2, "198.51.100.2", "10.1.1.2", 1, "172.31.0.0/16")));
    host.settle();
    assertThat(host.lines("fdb"))
        .containsExactly(
            "fdb 00:00:00:00:00:00 dev vxlan1000 dst 192.0.2.2 permanent",
            "fdb 00:00:00:00:00:00 dev vxlan1000 dst 198.51.100.2 permanent",
            "fdb " + mac + " dev vxlan1000 dst 198.51.100.2 dynamic");
    host.elapse(Duration.ofMillis(200));
    assertThat(host.snapshot().converged()).isTrue();
    // Its last packets from the old address move the entry back, and that is left alone.
    int index = host.netlink.link("vxlan1000").orElseThrow().index();
    kernel.seed(
        FdbEntry.permanent(index, mac, Worlds.ip("192.0.2.2")).withState(Ndm.NUD_REACHABLE));
    kernel.forgetWrites();
    host.pass(Cause.MEMBERSHIP);
    assertThat(kernel.writes()).isEmpty();
    host.elapse(MOVED);
    assertThat(host.lines("fdb"))
        .containsExactly(
            "fdb 00:00:00:00:00:00 dev vxlan1000 dst 198.51.100.2 permanent",
            "fdb " + mac + " dev vxlan1000 dst 198.51.100.2 permanent");
  }

  @Test
  void aDeviceOfOursThatCannotBeChangedInPlaceIsMadeAnew() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    String whole = host.text();
    Link ours = host.netlink.link("vxlan1000").orElseThrow();
    host.netlink.request(LinkRequests.delete(ours.index()));
    kernel.seed(
        Link.of(0, "vxlan1000", LinkInfo.of(Vxlan.of(1000, Worlds.ip("192.0.2.1"), 8472)))
            .withAlias(Mark.alias(Worlds.id(1))));
    host.settle();
    assertThat(host.text()).isEqualTo(whole);
  }

  @Test
  void whatDriftsOnOurDeviceIsSetBackInPlace() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    String whole = host.text();
    int index = host.netlink.link("vxlan1000").orElseThrow().index();
    host.netlink.request(
        LinkChange.of(index).mtu(1500).address(MacAddress.parse("02:00:00:00:00:01")).request());
    kernel.forgetWrites();
    host.settle();
    assertThat(host.text()).isEqualTo(whole);
    assertThat(host.netlink.link("vxlan1000").orElseThrow().index()).isEqualTo(index);
  }
}
