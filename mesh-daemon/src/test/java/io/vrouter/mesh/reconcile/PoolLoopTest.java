package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.MemberState;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.LocalPool;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.mesh.pool.PoolException;
import io.vrouter.mesh.pool.PoolState;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.PoolVote;
import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Rtnetlink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ranges of the pool as part of the loop: asked for, saved, told, acknowledged. */
class PoolLoopTest {
  private static final Prefix POOL = LocalPool.DEFAULT.pool();

  private final FakeKernel kernel = new FakeKernel();
  private Host host;

  @BeforeEach
  void start() {
    host = new Host(kernel.open(), local(false, Map.of()));
  }

  @Test
  void hostThatWasNotAskedTellsNothingAndHasNoProblemWithAWideRoute() throws Exception {
    wideRoute();
    host.peers(with(2, share(1, false)));
    host.settle();
    assertThat(told().ranges()).isEmpty();
    assertThat(host.snapshot().problems()).isEmpty();
    assertThat(host.snapshot().pool().wanted()).isFalse();
  }

  @Test
  void theSameHostSaysSoOnceItIsAsked() {
    wideRoute();
    host.settle();
    host.pool().ask();
    host.settle();
    assertThat(host.problems()).containsExactly("pool-full");
  }

  /** A VPN's or router's aggregate is shorter than a range: the range's routes win. */
  @Test
  void aShorterRouteOverThePoolLeavesARangeToClaim() {
    kernel.seed(aggregate("10.0.0.0", 8));
    kernel.seed(aggregate("10.128.0.0", 10));
    host.settle();
    host.pool().ask();
    host.settle();
    assertThat(host.problems()).isEmpty();
    assertThat(host.snapshot().pool().state().ranges()).hasSize(1);
  }

  @Test
  void aRangeOutsideOfAnAggregateIsPreferred() {
    kernel.seed(aggregate("10.128.0.0", 11));
    host.settle();
    host.pool().ask();
    host.settle();
    assertThat(host.snapshot().pool().state().ranges())
        .singleElement()
        .satisfies(it -> assertThat(Prefix.parse("10.160.0.0/11").contains(it.prefix())).isTrue());
  }

  private Route aggregate(String network, int length) {
    Link eth = kernel.seed(Link.of(0, "eth" + length, LinkInfo.of("veth")));
    kernel.seed(eth.withFlags(eth.flags() | IfLink.IFF_UP));
    return new Route(
        Worlds.ip(network),
        length,
        Worlds.ip("192.0.2.254"),
        eth.index(),
        4,
        Rtnetlink.RT_TABLE_MAIN,
        0,
        0,
        Rtnetlink.RTN_UNICAST,
        Rtnetlink.RT_SCOPE_UNIVERSE,
        0,
        null,
        List.of(),
        List.of());
  }

  @Test
  void askedAloneItHoldsAProvisionalRangeOverARestart() throws Exception {
    host.pool().ask();
    host.settle();
    PoolState first = host.snapshot().pool().state();
    assertThat(first.ranges()).hasSize(1);
    assertThat(first.provisional()).isTrue();
    assertThat(POOL.contains(first.ranges().get(0).prefix())).isTrue();
    assertThat(host.pools.saved).isEqualTo(first);
    assertThat(told()).isEqualTo(first.share());
    assertThat(host.snapshot().problems()).isEmpty();

    host.start();
    host.settle();
    assertThat(host.snapshot().pool().state()).isEqualTo(first);
    assertThat(host.snapshot().pool().wanted()).isTrue();
  }

  @Test
  void configuredPoolIsReasonEnough() {
    host.local(local(true, Map.of()));
    host.settle();
    assertThat(host.snapshot().pool().state().ranges()).hasSize(1);
  }

  @Test
  void freshClaimWaitsForTheOthersOrUntilNobodyIsThere() {
    host.membership.settled(false);
    host.pool().ask();
    host.settle();
    assertThat(host.snapshot().pool().state().ranges()).isEmpty();
    host.elapse(ClaimBook.PATIENCE);
    assertThat(host.snapshot().pool().state().ranges()).hasSize(1);
  }

  @Test
  void voteOfAnotherAcknowledges() {
    host.peers(with(2, PoolShare.NONE));
    host.pool().ask();
    host.settle();
    PoolRange range = host.snapshot().pool().state().ranges().get(0);
    assertThat(range.acknowledged()).isFalse();

    PoolVote vote = new FakeKeys(Worlds.id(2)).vote(Worlds.id(1), range);
    PoolVote forged = new FakeKeys(Worlds.id(3)).vote(Worlds.id(1), range);
    host.peers(with(2, new PoolShare(List.of(), List.of(forged), 0)));
    host.settle();
    assertThat(host.snapshot().pool().state().ranges()).containsExactly(range);

    host.peers(with(2, new PoolShare(List.of(), List.of(vote), 0)));
    host.settle();
    assertThat(host.snapshot().pool().state().ranges())
        .containsExactly(FakeKeys.sealed(Worlds.id(1), range, Worlds.id(2)).acknowledged(true));
    assertThat(host.pools.saved.provisional()).isFalse();

    host.leave();
    assertThat(host.pools.saved.ranges())
        .containsExactly(new PoolRange(range.prefix(), range.lamport() + 1, false));
  }

  @Test
  void voteIsOnTheDiskBeforeItIsTold() throws Exception {
    host.pools.full = true;
    PoolShare claim = share(3, false);
    host.peers(with(2, claim));
    host.settle();
    assertThat(told()).isEqualTo(PoolShare.NONE);
    assertThat(host.problems()).containsExactly("state-not-saved");

    host.pools.full = false;
    host.settle();
    PoolVote vote = new PoolVote(claim.ranges().get(0).prefix(), Worlds.id(2), 3);
    PoolVote signed = new FakeKeys(Worlds.id(1)).vote(Worlds.id(2), claim.ranges().get(0));
    assertThat(told().votes()).containsExactly(signed);
    assertThat(host.pools.saved.share().votes()).containsExactly(vote);
    assertThat(host.problems()).isEmpty();

    // Restarted, it stands by it before it hears of the candidate, and until that is forgotten.
    host.peers();
    host.start();
    host.settle();
    assertThat(told().votes()).containsExactly(signed);
    host.peers(with(2, claim));
    host.settle();
    host.peers();
    host.settle();
    assertThat(told()).isEqualTo(PoolShare.NONE);
  }

  @Test
  void whoLeftHoldsNothing() {
    PoolShare theirs = share(3, true);
    host.peers(new RemoteHost(Worlds.id(2), MemberState.LEFT, Worlds.record(2, 1).with(theirs)));
    host.pools.saved =
        new PoolState(
            new PoolShare(
                List.of(new PoolRange(theirs.ranges().get(0).prefix(), 9, false)), List.of(), 9),
            Map.of(),
            List.of());
    host.start();
    host.settle();
    assertThat(host.snapshot().pool().state().ranges().get(0).lamport()).isEqualTo(9);
    host.peers(with(2, theirs));
    host.settle();
    assertThat(host.snapshot().pool().state().ranges())
        .singleElement()
        .satisfies(range -> assertThat(theirs.ranges()).doesNotContain(range));
  }

  @Test
  void usedSubnetOfAnothersRangeIsAConflictUntilItIsGone() {
    PoolShare theirs = share(3, true);
    Prefix used = Prefix.parse("10.140.7.0/24");
    host.peers(with(2, theirs));
    host.local(local(true, Map.of(used, "shop_default")));
    host.settle();
    assertThat(host.problems()).containsExactly("pool-conflict");
    assertThat(host.snapshot().pool().conflicts())
        .singleElement()
        .satisfies(it -> assertThat(it.holder().id()).isEqualTo(Worlds.id(2)));
    host.local(local(true, Map.of()));
    host.settle();
    assertThat(host.problems()).isEmpty();
  }

  @Test
  void prefixesThatMembersAdvertiseOutsideTheirRangesAreAvoided() {
    host.pool().ask();
    host.settle();
    Prefix favourite = host.snapshot().pool().state().ranges().get(0).prefix();
    String inside = favourite.address().getHostAddress() + "/24";

    host.pools.saved = PoolState.NONE;
    host.start();
    host.peers(Worlds.peer(2, inside));
    host.pool().ask();
    host.settle();
    assertThat(host.snapshot().pool().state().ranges().get(0).prefix()).isNotEqualTo(favourite);
  }

  @Test
  void lostStateIsReasonEnoughToClaimAnew() {
    host.pools.lost = true;
    host.start();
    host.settle();
    assertThat(host.snapshot().pool().state().ranges()).hasSize(1);
  }

  @Test
  void namesGetSubnetsThatDockerIsNotGiven() throws Exception {
    assertThatThrownBy(() -> host.pool().claim("web")).isInstanceOf(PoolException.class);
    host.pool().ask();
    host.settle();
    Prefix subnet = host.pool().claim("web").await();
    assertThat(host.pools.saved.named()).containsExactly(Map.entry("web", subnet));
    host.elapse(Duration.ofSeconds(1));
    host.settle();
    assertThat(host.snapshot().pool().state().named()).containsKey("web");
  }

  private void wideRoute() {
    Link eth = kernel.seed(Link.of(0, "eth9", LinkInfo.of("veth")));
    kernel.seed(eth.withFlags(eth.flags() | IfLink.IFF_UP));
    kernel.seed(Address.of(eth.index(), Worlds.ip("10.200.0.1"), 9));
  }

  private PoolShare told() throws Exception {
    return host.membership.told().pool();
  }

  private static PoolShare share(long lamport, boolean acknowledged) {
    PoolRange range = new PoolRange(Prefix.parse("10.140.0.0/18"), lamport, acknowledged);
    return new PoolShare(
        List.of(acknowledged ? FakeKeys.sealed(Worlds.id(2), range, Worlds.id(1)) : range),
        List.of(),
        lamport);
  }

  private static RemoteHost with(int number, PoolShare share) {
    return Worlds.peer(number, MemberState.ALIVE, Worlds.record(number, 1).with(share));
  }

  private static LocalState local(boolean wanted, Map<Prefix, String> used) {
    LocalState plain = Worlds.local();
    return new LocalState(
        plain.self(),
        plain.node(),
        plain.version(),
        plain.underlay(),
        plain.vxlanPort(),
        plain.vnis(),
        plain.networks(),
        plain.options(),
        new LocalPool(POOL, wanted, true, used));
  }
}
