package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeKeys;
import io.vrouter.mesh.agent.LocalAgent;
import io.vrouter.mesh.apply.FakeFirewall;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.observe.Observer;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.wire.IfLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The loop on one host, driven by hand in virtual time over a real or fake kernel. */
final class Host {
  final RtNetlink netlink;
  final FakeMembership membership = new FakeMembership(Worlds.id(1));
  final FakeFirewall firewall = new FakeFirewall();
  final FakeStore store = new FakeStore();
  final FakePoolStore pools = new FakePoolStore();

  /** Runs what the loop wants written; at once unless a test holds it up. */
  Consumer<Runnable> disk = Runnable::run;

  /** Events of repairs. */
  final List<String> repaired = new ArrayList<>();

  final FakePolicyStore policies = new FakePolicyStore();
  NodeKeys keys = new NodeKeys(new FakeKeys(Worlds.id(1)), FakeKeys.VERIFIER);

  private final AtomicBoolean saved = new AtomicBoolean();
  private final AtomicBoolean stored = new AtomicBoolean();
  private LocalState local;
  private Loop core;
  private long now = Long.MAX_VALUE - 1_000_000_000L;

  Host(RtNetlink netlink, LocalState local) {
    this.netlink = netlink;
    this.local = local;
    store.saved =
        new SavedState(
            1,
            List.of(new Overlay(Worlds.VNI, Worlds.ip("10.1.1.1"), 1)),
            Map.of(),
            List.of(),
            List.of());
    start();
  }

  /** A host with one network, 172.30.0.0/16 on br-mesh. */
  static Host withBridge(FakeKernel kernel) {
    Link bridge = kernel.seed(Link.of(0, "br-mesh", LinkInfo.of("bridge")));
    kernel.seed(bridge.withFlags(bridge.flags() | IfLink.IFF_UP));
    kernel.seed(Address.of(bridge.index(), Worlds.ip("172.30.0.1"), 16));
    return new Host(kernel.open(), Worlds.local(Worlds.network("172.30.0.0/16", null)));
  }

  /** The process starts, again or at first. */
  void start() {
    core =
        new Loop(
            local,
            membership,
            new Observer(netlink),
            new LocalAgent(netlink, firewall, firewall),
            new StateWriter(store, (delay, task) -> disk.accept(task), () -> saved.set(true)),
            (delay, task) -> disk.accept(task),
            () -> stored.set(true),
            pools,
            policies,
            keys,
            repaired::add,
            slot -> {},
            () -> now);
  }

  /** Starts with another host's claims and nothing else of it. */
  void claim(SavedState theirs) {
    store.saved =
        new SavedState(
            theirs.lamport(), theirs.overlays(), theirs.subnets(), List.of(), theirs.known());
    start();
  }

  void local(LocalState newLocal) {
    local = newLocal;
    core.books().given(newLocal);
  }

  void peers(RemoteHost... peers) {
    peers(List.of(peers));
  }

  void peers(Collection<RemoteHost> peers) {
    membership.peers(peers);
  }

  /** One pass for a reason. */
  long pass(Cause... causes) {
    Set<Cause> set = EnumSet.noneOf(Cause.class);
    set.addAll(List.of(causes));
    if (saved.getAndSet(false)) {
      set.add(Cause.SAVED);
    }
    if (stored.getAndSet(false)) {
      set.add(Cause.LOCAL);
    }
    return core.pass(set);
  }

  /** Runs as the thread would, without letting time pass. */
  void settle() {
    long deadline = pass(Cause.MEMBERSHIP, Cause.LOCAL);
    for (int i = 0; i < 20 && deadline - now <= 0; i++) {
      deadline = pass();
    }
    assertThat(deadline - now).as("the loop comes to rest").isPositive();
  }

  /** Lets time pass and runs whatever is due. */
  void elapse(Duration duration) {
    long end = now + duration.toNanos();
    long deadline = pass();
    while (deadline - end <= 0) {
      now = deadline - now > 0 ? deadline : now;
      deadline = pass();
    }
    now = end;
  }

  /** Lets time pass as where the thread gets no processor. */
  void advance(Duration duration) {
    now += duration.toNanos();
  }

  PoolBook pool() {
    return core.books().pool();
  }

  PolicyBook policy() {
    return core.books().policy();
  }

  HeldClaims held() {
    return core.books().held();
  }

  Bytes firstPayload() {
    return core.firstPayload();
  }

  MeshSnapshot snapshot() {
    return core.snapshot();
  }

  List<String> problems() {
    return snapshot().problems().stream().map(Problem::code).toList();
  }

  List<Problem> leave() {
    return core.leave();
  }

  String text() {
    return KernelText.of(netlink);
  }

  List<String> lines(String word) {
    return KernelText.lines(netlink, word);
  }
}
