package io.vrouter.mesh.fastpath;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.apply.Applier;
import io.vrouter.mesh.apply.NetlinkTarget;
import io.vrouter.mesh.model.FastPathMode;
import io.vrouter.mesh.plan.FastEntry;
import io.vrouter.mesh.plan.FastHook;
import io.vrouter.mesh.plan.FastPathState;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Planner;
import io.vrouter.mesh.plan.Step;
import io.vrouter.netlink.BpfKernel;
import io.vrouter.netlink.bpf.BpfAssembler;
import io.vrouter.netlink.bpf.Tc;
import io.vrouter.netlink.bpf.TcFilter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Programs, maps and filters on a real kernel. */
class FastPathTest {
  private final FastWorld world = new FastWorld();

  @AfterEach
  void stop() {
    world.close();
  }

  @Test
  void isAtEachTunnelAndPortAndHasAnEntryForEachNetworkAndContainer() {
    FastPathState state = world.state();

    assertThat(state.hooks())
        .extracting(FastHook::device)
        .containsExactlyInAnyOrder("vxlan1000", "vxlan2000", "veth1", "veth2");
    assertThat(state.entries().stream().filter(FastEntry.Container.class::isInstance)).hasSize(4);
    assertThat(state.entries().stream().filter(FastEntry.ContainerPort.class::isInstance))
        .hasSize(4);
    assertThat(state.entries().stream().filter(FastEntry.PeerSource.class::isInstance)).hasSize(4);
    assertThat(state.entries().stream().filter(FastEntry.PeerDestination.class::isInstance))
        .hasSize(4);
    assertThat(state.entries())
        .allSatisfy(
            entry -> {
              FastMaps.MapEntry octets = FastMaps.encode(entry);
              assertThat(FastMaps.decode(octets.map(), octets.key(), octets.value()))
                  .isEqualTo(entry);
            });
  }

  @Test
  void isAdoptedAfterARestartAsItIs() {
    Set<FastEntry> before = world.state().entries();
    int program = program();
    world.restart();

    assertThat(world.plan().text()).isEmpty();
    assertThat(world.state().entries()).isEqualTo(before);
    assertThat(program()).isEqualTo(program);
  }

  private int program() {
    int port = world.link("veth1").index();
    return world.netlink.filters(port, Tc.INGRESS).entries().get(0).program();
  }

  @Test
  void whatIsRemovedComesBack() {
    Set<FastEntry> whole = world.state().entries();
    world.host.does("tc filter del dev vxlan1000 ingress");
    world.host.does("tc qdisc del dev veth1 clsact");
    FastEntry lost = whole.iterator().next();
    try (FastObjects objects =
        FastObjects.open(
            FastFilters.read(world.netlink, world.observer.observe().links()).ours())) {
      whole.forEach(objects::delete);
      assertThat(objects.entries()).isEmpty();
    }

    List<Step> steps = world.settle();
    assertThat(steps).contains(new Step.SetFastEntry(lost)).hasSize(whole.size() + 2);
    assertThat(world.state().entries()).isEqualTo(whole);
    assertThat(world.state().hooks()).hasSize(4);
  }

  @Test
  void aPeerThatGoesTakesItsEntriesAlong() {
    world.peers = world.peers.subList(0, 1);
    assertThat(world.plan().steps().get(0)).isInstanceOf(Step.DeleteFastEntry.class);
    world.settle();
    assertThat(world.state().entries())
        .noneMatch(entry -> entry.toString().contains("172.22.0.0"))
        .anyMatch(entry -> entry.toString().contains("172.31.0.0"));
  }

  @Test
  void anAddressThatAnotherContainerGetsLeadsThere() {
    world.red.container().ip("link set eth0 address 02:00:00:00:00:77");
    world.host.does("ip neigh flush dev " + world.red.bridge());
    assertThat(world.host.pings(world.red.address())).isTrue();
    world.settle();
    assertThat(world.state().entries())
        .anyMatch(
            entry ->
                entry instanceof FastEntry.Container it
                    && it.address().getHostAddress().equals(world.red.address())
                    && it.mac().toString().equals("02:00:00:00:00:77"));
  }

  @Test
  void aBridgeThatForgotThePortLosesNoEntry() {
    Set<FastEntry> whole = world.state().entries();
    world.host.does("ip link set " + world.red.bridge() + " type bridge fdb_flush");
    assertThat(world.plan().text()).isEmpty();
    assertThat(world.state().entries()).isEqualTo(whole);
  }

  @Test
  void aPortWhereAnotherProgramActsIsLeftAlone() {
    world.host.does("tc qdisc replace dev veth1 root tbf rate 1gbit burst 1mb latency 50ms");
    world.settle();
    assertThat(world.state().hooks())
        .extracting(FastHook::device)
        .containsExactlyInAnyOrder("vxlan1000", "vxlan2000", "veth2");
    assertThat(world.host.ok("tc", "qdisc", "show", "dev", "veth1")).contains("tbf");
    assertThat(world.host.ok("tc", "qdisc", "show", "dev", "veth1")).doesNotContain("clsact");
  }

  @Test
  void whereItIsOffNothingStaysAndOthersFiltersDo() {
    int passing = BpfKernel.load(new BpfAssembler("passing").mov(0, 0).exit().program(), Map.of());
    int port = world.link("veth1").index();
    world.netlink.request(
        Tc.setFilter(new TcFilter(port, Tc.EGRESS, 5, 1, "bpf", "another", 0), passing));
    BpfKernel.close(passing);
    world.fastPath.close();
    world.fastPath = new FastPath(world.netlink, FastPathMode.OFF, () -> {});
    Observed observed = world.observed();
    new Applier(new NetlinkTarget(world.netlink), world.fastPath)
        .run(Planner.plan(world.desired(observed), observed));
    assertThat(world.state()).isEqualTo(FastPathState.NONE);
    assertThat(world.host.ok("tc", "filter", "show", "dev", "veth1", "egress")).contains("another");
    assertThat(world.host.ok("tc", "qdisc", "show", "dev", "veth2")).doesNotContain("clsact");
    assertThat(world.host.ok("tc", "qdisc", "show", "dev", "vxlan1000")).doesNotContain("clsact");
  }
}
