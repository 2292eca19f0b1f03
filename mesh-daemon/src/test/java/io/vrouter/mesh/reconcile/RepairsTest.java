package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.route.LinkRequests;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteRequests;
import io.vrouter.netlink.wire.Family;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What another program changes of ours, and what becomes of it. */
class RepairsTest {
  private static final String ROUTE = "route 172.31.0.0/16 metric 158";

  private final FakeKernel kernel = new FakeKernel();
  private final Host host = Host.withBridge(kernel);

  @BeforeEach
  void aQuietHost() {
    host.peers(Worlds.peer(2, "172.31.0.0/16"), Worlds.peer(3, "172.22.0.0/16"));
    host.settle();
    host.elapse(Duration.ofMinutes(2));
    assertThat(host.snapshot().converged()).isTrue();
    assertThat(host.repaired).as("nothing was repaired yet").isEmpty();
  }

  private void delete(String prefix) {
    Route route =
        host.netlink.routes(Family.AF_INET).entries().stream()
            .filter(it -> Observed.prefix(it).equals(Prefix.parse(prefix)))
            .findFirst()
            .orElseThrow();
    host.netlink.request(RouteRequests.delete(route));
  }

  private boolean there() {
    return !host.lines("route 172.31.0.0/16").isEmpty();
  }

  @Test
  void aRepairIsAnEventAndAChangeThatIsWantedIsNot() {
    delete("172.31.0.0/16");
    host.pass(Cause.OURS);
    assertThat(there()).as("at once").isTrue();
    assertThat(host.repaired).containsExactly("repaired " + ROUTE);
    host.elapse(Duration.ofSeconds(1));
    assertThat(host.problems()).isEmpty();

    host.repaired.clear();
    host.peers(Worlds.peer(2, "172.31.0.0/16"), Worlds.peer(3, "172.22.0.0/16", "172.23.0.0/16"));
    host.settle();
    host.peers(Worlds.peer(3, "172.22.0.0/16", "172.23.0.0/16"));
    host.settle();
    assertThat(host.repaired).isEmpty();
  }

  @Test
  void aDeviceThatWasDeletedIsOneRepair() {
    host.netlink.request(LinkRequests.delete(host.netlink.link("vxlan1000").orElseThrow().index()));
    host.pass(Cause.OURS);
    host.elapse(Duration.ofSeconds(1));
    assertThat(host.snapshot().converged()).isTrue();
    assertThat(host.repaired).containsExactly("repaired link vxlan1000");
  }

  /** Somebody deletes a route once a second: slow enough to look like single events. */
  @Test
  void aFightIsToldAndBackedOffForItsObjectAlone() {
    int repairs = 0;
    for (int second = 0; second < 300; second++) {
      if (there()) {
        delete("172.31.0.0/16");
        repairs++;
      }
      host.pass(Cause.OURS);
      host.elapse(Duration.ofSeconds(1));
    }
    assertThat(host.problems()).containsExactly("fought");
    assertThat(host.snapshot().problems().get(0).message()).contains(ROUTE);
    assertThat(repairs).as("1 a second until it is noticed, then rarely").isBetween(10, 25);
    assertThat(host.repaired).hasSizeBetween(10, 25);

    delete("172.22.0.0/16");
    host.pass(Cause.OURS);
    assertThat(host.lines("route 172.22.0.0/16")).as("another object").hasSize(1);

    host.elapse(Repairs.LAST.plus(Repairs.LAST));
    assertThat(there()).as("it goes on").isTrue();
    host.elapse(Duration.ofMinutes(3));
    assertThat(host.problems()).as("the fight is over").isEmpty();
    assertThat(host.snapshot().converged()).isTrue();
  }

  @Test
  void theFirewallIsNeverLeftOff() {
    for (int second = 0; second < 60; second++) {
      host.firewall.policy = null;
      host.pass(Cause.FIREWALL);
      host.elapse(Duration.ofSeconds(1));
      assertThat(host.firewall.policy).as("in second %s", second).isNotNull();
    }
    assertThat(host.problems()).containsExactly("fought");
  }
}
