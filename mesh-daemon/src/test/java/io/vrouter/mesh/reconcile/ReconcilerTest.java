package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vrouter.membership.NodeKeys;
import io.vrouter.mesh.agent.LocalAgent;
import io.vrouter.mesh.apply.FakeFirewall;
import io.vrouter.mesh.apply.FastPathLook;
import io.vrouter.mesh.fastpath.FastPath;
import io.vrouter.mesh.model.FastPathMode;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.observe.Observer;
import io.vrouter.mesh.observe.Watch;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.mesh.pool.PoolException;
import io.vrouter.mesh.pool.PoolState;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.netlink.Monitor;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.lab.Space;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The thread, the watch and a real kernel together. */
class ReconcilerTest {
  private final Space netns = Space.bare();
  private final RtNetlink netlink = RtNetlink.open(netns.netns());
  private final RtNetlink looking = RtNetlink.open(netns.netns());
  private final FakeMembership membership = new FakeMembership(Worlds.id(1));
  private final FakeFirewall firewall = new FakeFirewall();
  private final FakeStore store = new FakeStore();
  private final FakePoolStore pools = new FakePoolStore();
  private Watch watch;
  private Reconciler reconciler;
  private String before;

  @BeforeEach
  void start() throws Exception {
    netns.ok("ip", "link", "set", "lo", "up");
    netns.ok("ip", "link", "add", "br-mesh", "type", "bridge");
    netns.ok("ip", "address", "add", "172.30.0.1/16", "dev", "br-mesh");
    netns.ok("ip", "link", "set", "br-mesh", "up");
    netns.ok(
        "ip",
        "link",
        "add",
        "vxlan7",
        "type",
        "vxlan",
        "id",
        "7",
        "dstport",
        "4790",
        "local",
        "192.0.2.1");
    netns.ok("bridge", "fdb", "append", "00:00:00:00:00:00", "dev", "vxlan7", "dst", "192.0.2.9");
    netns.ok("ip", "route", "add", "172.29.0.0/16", "dev", "br-mesh", "proto", "static");
    before = KernelText.of(looking);
    store.saved =
        new SavedState(
            1,
            List.of(new Overlay(Worlds.VNI, Worlds.ip("10.1.1.1"), 1)),
            Map.of(),
            List.of(),
            List.of());
    launch();
  }

  private void launch() {
    reconciler =
        new Reconciler(
            Worlds.local(Worlds.network("172.30.0.0/16", null)),
            membership,
            netlink,
            new LocalAgent(netlink, firewall, new FakeFirewall()),
            store,
            pools,
            new FakePolicyStore(),
            new NodeKeys(new FakeKeys(Worlds.id(1)), FakeKeys.VERIFIER),
            System::nanoTime);
    watch =
        new Watch(
            () -> Monitor.open(netns.netns()),
            () -> new Observer(looking).observe().links(),
            change -> reconciler.kernelChanged(change == Watch.ChangeKind.OURS));
    membership.start(reconciler.firstPayload());
    reconciler.start();
  }

  @AfterEach
  void stop() {
    reconciler.close(Farewell.KEEP);
    watch.close();
    netlink.close();
    looking.close();
    netns.close();
  }

  @Test
  void newsReachTheKernelAndThenItIsQuiet() {
    membership.peers(List.of(Worlds.peer(2, "172.31.0.0/16")));
    awaitConverged();
    assertThat(KernelText.lines(looking, "172.31.0.0/16")).hasSize(1);
    // Its own events must not keep it running: it comes to rest and stays there.
    await()
        .during(Duration.ofMillis(1500))
        .atMost(Duration.ofSeconds(10))
        .until(this::passes, new SameAsBefore()::test);
    long writes = reconciler.snapshot().counters().writes();
    reconciler.kernelChanged(true);
    reconciler.update(Worlds.local(Worlds.network("172.30.0.0/16", null)));
    await().until(() -> reconciler.snapshot().converged());
    assertThat(reconciler.snapshot().counters().writes()).isEqualTo(writes);
  }

  @Test
  void whatSomebodyRemovesComesBack() {
    membership.peers(List.of(Worlds.peer(2, "172.31.0.0/16")));
    awaitConverged();
    String whole = KernelText.of(looking);
    netns.ok("ip", "route", "del", "172.31.0.0/16");
    await().until(() -> KernelText.of(looking).equals(whole));
    netns.ok("bridge", "fdb", "del", "00:00:00:00:00:00", "dev", "vxlan1000", "dst", "192.0.2.2");
    await().until(() -> KernelText.of(looking).equals(whole));
    netns.ok("ip", "neigh", "flush", "nud", "permanent", "dev", "vxlan1000");
    await().until(() -> KernelText.of(looking).equals(whole));
    netns.ok("ip", "link", "set", "vxlan1000", "down");
    await().until(() -> KernelText.of(looking).equals(whole));
    netns.ok("ip", "link", "del", "vxlan1000");
    await().until(() -> KernelText.of(looking).equals(whole));
  }

  @Test
  void aLeaveThatDidNotFinishSaysSo() {
    membership.peers(List.of(Worlds.peer(2, "172.31.0.0/16")));
    awaitConverged();
    assertThat(reconciler.sinceLastTurn()).as("it waits").isLessThan(Duration.ofSeconds(30));
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch hangs = new CountDownLatch(1);
    firewall.hang =
        () -> {
          hangs.countDown();
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        };
    reconciler.firewallChanged();
    await().until(() -> hangs.getCount() == 0);
    assertThat(reconciler.close(Farewell.LEAVE, Duration.ofMillis(1)))
        .extracting(Problem::code)
        .containsExactly("leave-unfinished");
    end.countDown();
    await().until(() -> KernelText.of(looking).equals(before));
  }

  @Test
  void forwardingThatIsSwitchedOffComesBackByTheEvent() {
    membership.peers(List.of(Worlds.peer(2, "172.31.0.0/16")));
    awaitConverged();
    List<String> whole = forwarding();
    netns.ok("sysctl", "-qw", "net.ipv4.ip_forward=1");
    List<Long> millis = new ArrayList<>();
    for (String setting :
        List.of(
            "ip_forward=0",
            "conf.vxlan1000.forwarding=0",
            "conf.br-mesh.forwarding=0",
            "conf.vxlan1000.rp_filter=1")) {
      try (Monitor monitor = Monitor.open(netns.netns())) {
        netns.ok("sysctl", "-qw", "net.ipv4." + setting);
        assertThat(monitor.await(Duration.ofSeconds(5))).isNotEmpty();
        long event = System.nanoTime();
        while (!forwarding().equals(whole)) {
          assertThat(monitor.await(Duration.ofSeconds(10))).as(setting).isNotEmpty();
        }
        millis.add((System.nanoTime() - event) / 1_000_000);
      }
      netns.ok("sysctl", "-qw", "net.ipv4.ip_forward=1");
    }
    System.out.println("milliseconds from event to repair: " + millis);
  }

  private List<String> forwarding() {
    return KernelText.of(looking)
        .lines()
        .filter(line -> line.startsWith("link vxlan1000 ") || line.startsWith("link br-mesh "))
        .toList();
  }

  @Test
  void aKilledOneIsAdoptedWithoutAWriteAndLeavesNothing() {
    membership.peers(List.of(Worlds.peer(2, "172.31.0.0/16"), Worlds.peer(3, "172.29.0.0/16")));
    awaitConverged();
    assertThat(reconciler.snapshot().problems())
        .extracting(Problem::code)
        .contains("prefix-in-use");
    String whole = KernelText.of(looking);
    assertThat(reconciler.close(Farewell.KEEP)).isEmpty();
    watch.close();
    assertThat(KernelText.of(looking)).isEqualTo(whole);

    launch();
    awaitConverged();
    assertThat(reconciler.snapshot().counters().writes()).isZero();
    assertThat(KernelText.of(looking)).isEqualTo(whole);

    assertThat(reconciler.close(Farewell.LEAVE)).isEmpty();
    assertThat(KernelText.of(looking)).isEqualTo(before);
    assertThat(firewall.policy).isNull();
  }

  @Test
  void commandsGetRangesAndSubnetsWhenTheyAreOnTheDisk() throws Exception {
    membership.peers(List.of());
    awaitConverged();
    assertThat(reconciler.snapshot().pool().state()).isEqualTo(PoolState.NONE);
    assertThatThrownBy(() -> reconciler.claimSubnet("web"))
        .isInstanceOf(PoolException.class)
        .hasMessageContaining("no pool range yet");

    reconciler.wantRange();
    await().until(() -> reconciler.snapshot().pool().state().ranges().size() == 1);
    Prefix subnet = reconciler.claimSubnet("web");
    assertThat(pools.saved.named()).containsExactly(Map.entry("web", subnet));
    assertThat(reconciler.claimSubnet("web")).isEqualTo(subnet);
    await().until(() -> reconciler.snapshot().pool().state().named().containsKey("web"));

    pools.full = true;
    assertThatThrownBy(() -> reconciler.releaseSubnet("web"))
        .isInstanceOf(PoolException.class)
        .hasMessageContaining("no space left");
    pools.full = false;
    assertThat(reconciler.releaseSubnet("web")).isEqualTo(subnet);
    assertThat(pools.saved.named()).isEmpty();
    reconciler.close(Farewell.KEEP);
    assertThatThrownBy(() -> reconciler.claimSubnet("web")).isInstanceOf(PoolException.class);
  }

  @Test
  void aDiskThatHangsHoldsNoRouteUp() throws Exception {
    membership.peers(List.of());
    awaitConverged();
    CountDownLatch mended = new CountDownLatch(1);
    CountDownLatch hangs = new CountDownLatch(1);
    pools.hang =
        () -> {
          hangs.countDown();
          try {
            mended.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        };
    reconciler.wantRange();
    await().until(() -> hangs.getCount() == 0);

    membership.peers(List.of(Worlds.peer(2, "172.31.0.0/16")));
    await().until(() -> KernelText.lines(looking, "172.31.0.0/16").size() == 1);
    netns.ok("ip", "route", "del", "172.31.0.0/16");
    await().until(() -> KernelText.lines(looking, "172.31.0.0/16").size() == 1);
    assertThat(reconciler.snapshot().pool().state()).as("not saved").isEqualTo(PoolState.NONE);
    assertThat(membership.told().pool().ranges()).as("so not published").isEmpty();

    mended.countDown();
    await().until(() -> membership.told().pool().ranges().size() == 1);
    assertThat(pools.saved.ranges()).hasSize(1);
  }

  @Test
  void cleanupRemovesWhatAKilledOneLeft() throws Exception {
    membership.peers(List.of(Worlds.peer(2, "172.31.0.0/16")));
    awaitConverged();
    reconciler.close(Farewell.KEEP);
    assertThat(Cleanup.plan(looking, FastPathLook.NONE, store).text())
        .contains("del route 172.31.0.0/16", "del link vxlan1000", "restore link dev br-mesh");
    assertThat(
            Cleanup.run(
                looking, firewall, new FastPath(looking, FastPathMode.OFF, () -> {}), store))
        .allSatisfy(outcome -> assertThat(outcome.problem()).isNull());
    assertThat(KernelText.of(looking)).isEqualTo(before);
    assertThat(store.saved.former()).isEmpty();
    assertThat(store.saved.overlays()).hasSize(1);
  }

  private void awaitConverged() {
    await()
        .until(
            () ->
                reconciler.snapshot().converged()
                    && reconciler.snapshot().members().size()
                        == membership.view().members().size());
  }

  private long passes() {
    return reconciler.snapshot().counters().passes();
  }

  /** True while a number stays what it was when it was last looked at. */
  private static final class SameAsBefore {
    private long last = -1;

    boolean test(long now) {
      boolean same = now == last;
      last = now;
      return same;
    }
  }
}
