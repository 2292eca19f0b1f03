package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberState;
import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.RouteState;
import io.vrouter.mesh.plan.VtepMac;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.wire.Errno;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When the loop looks, writes and tells, and what it says of what failed. */
class LoopTest {
  private static final Duration MOVED = MovedUnderlays.DURATION.plusMillis(1);

  private final FakeKernel kernel = new FakeKernel();
  private final Host host = Host.withBridge(kernel);

  @Test
  void aPeerGetsDeviceEntriesAndRoute() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    MacAddress mac = VtepMac.of(Worlds.id(2), Worlds.VNI);
    assertThat(host.lines("vxlan1000"))
        .containsExactly(
            "address 10.1.1.1/24 dev vxlan1000",
            "fdb 00:00:00:00:00:00 dev vxlan1000 dst 192.0.2.2 permanent",
            "fdb " + mac + " dev vxlan1000 dst 192.0.2.2 permanent",
            ("link vxlan1000 up mtu 1450 vxlan id 1000 local 192.0.2.1 port 4789 learning true"
                    + " limit 4096 address %s alias '%s' rp 2 forwarding true")
                .formatted(VtepMac.of(Worlds.id(1), Worlds.VNI), Mark.alias(Worlds.id(1))),
            "neighbor 10.1.1.2 lladdr " + mac + " dev vxlan1000",
            "route 10.1.1.0/24 via - dev vxlan1000 proto 2 metric 0",
            "route 172.31.0.0/16 via 10.1.1.2 dev vxlan1000 proto 158 metric 158 onlink");
    assertThat(host.lines("link br-mesh")).first().asString().endsWith("forwarding true");
    host.elapse(Duration.ofMillis(200));
    assertThat(host.snapshot().converged()).as("once it was looked at").isTrue();
    assertThat(host.snapshot().routes())
        .singleElement()
        .satisfies(route -> assertThat(route.state()).isEqualTo(RouteState.INSTALLED));
    assertThat(host.problems()).isEmpty();
  }

  /** Else a host that joins while its first pass takes long would displace an owner. */
  @Test
  void whatWasClaimedAloneIsNotToldToWhoCameMeanwhile() throws Exception {
    host.membership.start(Bytes.EMPTY);
    RemoteHost owner = Worlds.peer(2, MemberState.ALIVE, Worlds.record(2, 7, "172.30.0.0/16"));
    host.store.meanwhile = () -> host.peers(owner);
    host.pass(Cause.MEMBERSHIP);
    assertThat(host.membership.published).as("still the first word").hasSize(1);

    host.store.meanwhile = () -> {};
    host.settle();
    assertThat(host.membership.told().subnets())
        .singleElement()
        .satisfies(subnet -> assertThat(subnet.lamport()).as("behind the owner").isEqualTo(8));
  }

  @Test
  void theRecordWaitsForIptablesForASecondAndRoutesDoNot() throws Exception {
    host.membership.start(Bytes.EMPTY);
    int before = host.membership.published.size();
    host.firewall.pending = true;
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    assertThat(host.lines("route 172.31")).hasSize(1);
    assertThat(host.membership.published).as("the way isn't open yet").hasSize(before);
    assertThat(host.snapshot().converged()).isFalse();

    host.elapse(OpeningWait.PATIENCE.minusMillis(10));
    assertThat(host.membership.published).hasSize(before);
    host.elapse(Duration.ofMillis(20));
    assertThat(host.membership.published).as("its other parts").hasSize(before + 1);
    assertThat(host.snapshot().converged()).isFalse();

    host.firewall.pending = false;
    host.pass(Cause.OURS);
    host.elapse(Duration.ofSeconds(1));
    assertThat(host.snapshot().converged()).isTrue();
  }

  @Test
  void nothingIsOpenedBeforeTheFirewallAndBeforeItsEntriesAreThere() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.firewall.broken = true;
    host.settle();
    assertThat(kernel.writes()).isEmpty();
    assertThat(host.problems()).contains("firewall", "firewall-missing");

    host.firewall.broken = false;
    host.elapse(Duration.ofSeconds(1));
    assertThat(host.snapshot().converged()).isTrue();
    String plan = host.snapshot().plan();
    assertThat(plan).startsWith("set nft table");
    assertThat(plan.indexOf("append fdb")).isBetween(0, plan.indexOf("set link vxlan1000 up"));
  }

  @Test
  void anUnchangedWorldIsNeverWrittenTo() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"), Worlds.peer(3, "172.22.0.0/16"));
    host.settle();
    host.elapse(MOVED);
    kernel.forgetWrites();
    int firewall = host.firewall.writes.get();
    int told = host.membership.published.size();
    host.pass(Cause.KERNEL);
    host.pass(Cause.MEMBERSHIP);
    host.pass(Cause.LOCAL);
    host.elapse(Duration.ofSeconds(60));
    assertThat(kernel.writes()).isEmpty();
    assertThat(host.firewall.writes).hasValue(firewall);
    assertThat(host.membership.published).hasSize(told);
  }

  @Test
  void rulesOfOthersAreLookedAtAndOurOwnAreNot() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    int looks = host.firewall.looks.get();
    host.firewall.rulesChanged = false;
    host.pass(Cause.RULES);
    host.elapse(Duration.ofSeconds(1));
    assertThat(host.firewall.looks).as("what we wrote").hasValue(looks);
    host.pass(Cause.FIREWALL);
    host.elapse(Duration.ofSeconds(1));
    assertThat(host.firewall.looks).as("what nftables doesn't tell").hasValue(looks + 1);
    host.firewall.rulesChanged = true;
    host.pass(Cause.RULES);
    host.elapse(Duration.ofSeconds(1));
    assertThat(host.firewall.looks).as("what others wrote").hasValue(looks + 2);
  }

  @Test
  void newsDoNotWaitForALookAtEverything() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    int looks = host.firewall.looks.get();
    host.pass(Cause.RULES);
    host.advance(Duration.ofMillis(250)); // the look that follows is due
    host.peers(Worlds.peer(2, "172.31.0.0/16"), Worlds.peer(3, "172.22.0.0/16"));
    host.pass(Cause.MEMBERSHIP);
    assertThat(host.firewall.looks).as("first the route").hasValue(looks);
    assertThat(host.lines("route 172.22.0.0/16")).hasSize(1);
    host.settle();
    assertThat(host.firewall.looks).as("then the look").hasValue(looks + 1);

    host.pass(Cause.RULES);
    host.advance(Duration.ofMillis(600)); // overdue
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.pass(Cause.MEMBERSHIP);
    assertThat(host.firewall.looks).as("not put off for ever").hasValue(looks + 2);
  }

  @Test
  void aSuspicionIsShownWithoutAPassAndAFailureIsNot() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    host.elapse(MOVED);
    host.pass(Cause.MEMBERSHIP); // for what this host has told of itself
    long passes = host.snapshot().counters().passes();
    for (MemberState state :
        new MemberState[] {MemberState.SUSPECT, MemberState.RESTARTING, MemberState.SUSPECT}) {
      host.peers(Worlds.peer(2, state, Worlds.record(2, 1, "172.31.0.0/16")));
      host.pass(Cause.MEMBERSHIP);
      assertThat(host.snapshot().members())
          .anySatisfy(view -> assertThat(view.member().state()).isEqualTo(state));
      assertThat(host.snapshot().counters().passes()).isEqualTo(passes);
    }
    host.peers(Worlds.peer(2, MemberState.FAILED, Worlds.record(2, 1, "172.31.0.0/16")));
    host.settle();
    assertThat(host.snapshot().counters().passes()).isGreaterThan(passes);
    assertThat(host.lines("route 172.31.0.0/16")).isEmpty();
  }

  @Test
  void aPartialFailureIsToldAndMended() {
    kernel.failOnce(
        write -> write.text().contains("172.31.0.0"), Errno.ENOBUFS, "out of something");
    host.peers(Worlds.peer(2, "172.31.0.0/16", "172.23.0.0/16"));
    host.settle();
    assertThat(host.problems()).contains("kernel-refused");
    assertThat(host.snapshot().converged()).isFalse();
    assertThat(host.text()).contains("172.23.0.0/16").doesNotContain("route 172.31.0.0/16");
    host.elapse(Duration.ofMillis(400));
    assertThat(host.text()).contains("route 172.31.0.0/16");
    assertThat(host.problems()).isEmpty();
    assertThat(host.snapshot().converged()).isTrue();
  }

  @Test
  void theLoopOutlivesADefect() {
    host.settle();
    host.firewall.defect = true;
    host.pass(Cause.LOCAL);
    assertThat(host.problems()).contains("loop-defect");
    assertThat(host.snapshot().converged()).isFalse();
    host.firewall.defect = false;
    host.elapse(Duration.ofSeconds(1));
    assertThat(host.problems()).isEmpty();
    assertThat(host.snapshot().converged()).isTrue();
  }

  @Test
  void aDefectThatStaysIsMetMoreAndMoreRarely() {
    host.settle();
    host.elapse(Duration.ofSeconds(15)); // the audit is near
    long passes = host.snapshot().counters().passes();
    host.firewall.defect = true;
    host.pass(Cause.LOCAL);
    host.elapse(Duration.ofSeconds(30));
    assertThat(host.problems()).contains("loop-defect");
    host.firewall.defect = false;
    host.elapse(PassSchedule.RETRY_LAST);
    assertThat(host.snapshot().counters().passes() - passes)
        .as("0.1, 0.2 … 10 s")
        .isBetween(8L, 15L);
    assertThat(host.problems()).isEmpty();
  }

  @Test
  void garbageInARecordIsReportedAndHarmsNobodyElse() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.membership.garbage(Worlds.id(9));
    host.settle();
    assertThat(host.problems()).contains("bad-record");
    assertThat(host.text()).contains("route 172.31.0.0/16");
  }

  /** A claim must not be forgotten once it is told; the kernel needs no disk. */
  @Test
  void aStalledDiskHoldsTheClaimAndNotTheKernel() throws Exception {
    List<Runnable> stalled = new ArrayList<>();
    host.disk = stalled::add;
    host.membership.start(Bytes.EMPTY);
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    host.elapse(Duration.ofMinutes(1));
    assertThat(host.lines("route 172.31.0.0/16")).hasSize(1);
    assertThat(host.snapshot().converged()).isTrue();
    assertThat(host.membership.published).as("still the first payload").hasSize(1);

    stalled.forEach(Runnable::run);
    long passes = host.snapshot().counters().passes();
    host.pass();
    assertThat(host.membership.told().subnets()).hasSize(1);
    assertThat(host.snapshot().counters().passes()).as("without a pass").isEqualTo(passes);
  }

  @Test
  void aFullDiskIsReported() {
    host.store.full = true;
    host.settle();
    assertThat(host.problems()).contains("state-not-saved");
  }
}
