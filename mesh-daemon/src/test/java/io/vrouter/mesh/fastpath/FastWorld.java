package io.vrouter.mesh.fastpath;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MemberState;
import io.vrouter.mesh.apply.Applier;
import io.vrouter.mesh.apply.NetlinkTarget;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.model.FastPathMode;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.observe.Observer;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.FastPathState;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.LocalVni;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.OwnClaims;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.PlanInput;
import io.vrouter.mesh.plan.Planner;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Step;
import io.vrouter.mesh.plan.Underlay;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.mesh.record.Subnet;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.lab.Stack;
import io.vrouter.netlink.route.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A host with a stack in each of two VNIs and two peers with networks in both, its kernel as a plan
 * wants it. No firewall: the fast path's own checks are what is left.
 */
final class FastWorld implements AutoCloseable {
  static final Vni RED = Worlds.VNI;
  static final Vni BLUE = new Vni(2000);

  final Space host = Space.create();
  final Stack red = Stack.create(host, 1, "172.30.0.0/16");
  final Stack blue = Stack.create(host, 2, "172.29.0.0/16");
  final RtNetlink netlink = RtNetlink.open(host.netns());
  final Observer observer = new Observer(netlink);
  FastPath fastPath = new FastPath(netlink, FastPathMode.ON, () -> {});
  List<RemoteHost> peers =
      List.of(
          peer(2, Map.of("172.31.0.0/16", RED, "172.28.0.0/16", BLUE)),
          peer(3, Map.of("172.22.0.0/16", RED, "172.23.7.0/24", RED)));

  FastWorld() {
    for (Stack stack : List.of(red, blue)) {
      stack.container().ip("addr add %s3/16 dev eth0".formatted(stack.address()));
      assertThat(host.pings(stack.address())).isTrue();
      assertThat(host.pings(stack.address() + "3")).isTrue();
    }
    settle();
  }

  static RemoteHost peer(int number, Map<String, Vni> subnets) {
    HostRecord record =
        new HostRecord(
            "host" + number,
            "test",
            Worlds.ip("192.0.2." + number),
            4789,
            List.of(
                new Overlay(RED, Worlds.ip("10.1.1." + number), 1),
                new Overlay(BLUE, Worlds.ip("10.1.2." + number), 1)),
            subnets.entrySet().stream()
                .map(it -> new Subnet(Prefix.parse(it.getKey()), it.getValue(), "n", "s", null, 1))
                .toList());
    return Worlds.peer(number, MemberState.ALIVE, record);
  }

  private static LocalNetwork network(Stack stack, Vni vni) {
    return new LocalNetwork(
        Prefix.parse(stack.subnet()), vni, stack.bridge(), Worlds.ip(stack.gateway()), "n", "s");
  }

  Desired desired(Observed observed) {
    LocalState local =
        new LocalState(
            Worlds.id(1),
            "host1",
            "test",
            new Underlay(Worlds.ip("192.0.2.1"), 1500, 2),
            4789,
            List.of(
                new LocalVni(RED, Worlds.OVERLAY, null),
                new LocalVni(BLUE, Prefix.parse("10.1.2.0/24"), null)),
            List.of(network(red, RED), network(blue, BLUE)),
            LocalState.Options.defaults());
    OwnClaims own =
        new OwnClaims(
            List.of(
                new Overlay(RED, Worlds.ip("10.1.1.1"), 1),
                new Overlay(BLUE, Worlds.ip("10.1.2.1"), 1)),
            List.of(),
            Map.of(Prefix.parse(red.subnet()), 1L, Prefix.parse(blue.subnet()), 1L),
            Set.of());
    return Desired.of(PlanInput.of(local, own, peers, observed.surroundings()));
  }

  Observed observed() {
    Observed observed = observer.observe().with(new Observed.Firewall(true, true));
    return observed.withFastPath(
        fastPath.look(desired(observed).kernel().firewall(), observed.links(), true));
  }

  Plan plan() {
    Observed observed = observed();
    return Planner.plan(desired(observed), observed);
  }

  FastPathState state() {
    return observed().fastPath();
  }

  /** Carries plans out until there is nothing to do; returns the steps of the fast path. */
  List<Step> settle() {
    List<Step> done = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Plan plan = plan();
      if (plan.isEmpty()) {
        return done.stream().filter(Step.OfFastPath.class::isInstance).toList();
      }
      List<StepOutcome> outcomes = new Applier(new NetlinkTarget(netlink), fastPath).run(plan);
      assertThat(outcomes).allSatisfy(it -> assertThat(it.problem()).isNull());
      done.addAll(plan.steps());
    }
    throw new AssertionError("it doesn't come to rest: " + plan().text());
  }

  Link link(String name) {
    return netlink.link(name).orElseThrow();
  }

  /** The daemon is killed and starts again. */
  void restart() {
    fastPath.close();
    fastPath = new FastPath(netlink, FastPathMode.ON, () -> {});
  }

  @Override
  public void close() {
    fastPath.close();
    netlink.close();
    red.close();
    blue.close();
    host.close();
  }
}
