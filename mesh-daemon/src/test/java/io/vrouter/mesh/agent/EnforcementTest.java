package io.vrouter.mesh.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.observe.Observer;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.KernelState;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnforcementTest {
  private final RtNetlink netlink = AgentWorld.kernel().open();
  private final AgentPolicy policy = AgentWorld.policy();
  private final KernelState honest = AgentWorld.desired("172.31.0.0/16").kernel();

  @AfterEach
  void close() {
    netlink.close();
  }

  private HostView here() {
    return HostView.of(
        new Observer(netlink).observe(),
        netlink.addresses().entries(),
        DockerSnapshot.off(),
        policy.subnets(),
        Set.of(Worlds.ip("10.9.9.53")));
  }

  private Ruling rule(KernelState state) throws RefusedException {
    return Enforcement.of(policy, here(), state);
  }

  private KernelState with(
      List<Wanted.Device> devices,
      List<Wanted.Flood> floods,
      List<Wanted.Route> routes,
      List<Wanted.Forwarding> forwarding,
      FirewallPolicy firewall) {
    return new KernelState(
        devices,
        honest.addresses(),
        floods,
        honest.fdb(),
        honest.neighbors(),
        routes,
        forwarding,
        Map.of("eth0", Set.of(Worlds.ip("192.0.2.9"))),
        Map.of("eth0", Set.of(MacAddress.parse("02:00:00:00:00:01"))),
        firewall);
  }

  private KernelState route(Wanted.Route route) {
    return with(
        honest.devices(), honest.floods(), List.of(route), honest.forwarding(), honest.firewall());
  }

  private KernelState firewall(FirewallPolicy firewall) {
    return with(honest.devices(), honest.floods(), honest.routes(), honest.forwarding(), firewall);
  }

  private static Wanted.Route route(String prefix, String via, int metric, int vni) {
    return new Wanted.Route(
        Prefix.parse(prefix),
        Worlds.ip(via),
        "vxlan1000",
        metric,
        new Vni(vni),
        Worlds.id(2),
        null);
  }

  @Test
  void theHonestStatePasses() throws RefusedException {
    Ruling ruling = rule(honest);
    assertThat(ruling.refusals()).isEmpty();
    assertThat(ruling.state()).isEqualTo(honest);
    assertThat(honest.routes()).isNotEmpty();
    assertThat(honest.firewall().zones()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0/0", // the default route
        "0.0.0.0/1", // half of it
        "8.8.8.0/24", // public
        "10.0.0.0/8", // shorter than /12
        "127.0.0.0/16",
        "224.0.0.0/16",
        "169.254.0.0/16",
        "192.0.2.0/24", // the underlay, public besides
        "172.29.0.0/16", // a protected address
        "10.9.9.0/24", // a resolver
        "10.1.1.0/25", // the overlay subnet
        "172.30.0.0/16", // this host's own bridge
        "172.30.1.0/24", // and a part of it
        "2001:db8::/48",
        "fd00::/48" // another family than the overlay's
      })
  void routesOutsideOfThePolicyAreRefused(String prefix) throws RefusedException {
    Ruling ruling = rule(route(route(prefix, "10.1.1.2", 158, 1000)));
    assertThat(ruling.state().routes()).isEmpty();
    assertThat(ruling.refusals())
        .extracting(Ruling.Refusal::object)
        .anyMatch(it -> it.contains(Prefix.parse(prefix).toString()));
  }

  @Test
  void routesWithAForeignGatewayMetricOrVniAreRefused() throws RefusedException {
    assertThat(rule(route(route("172.31.0.0/16", "192.0.2.2", 158, 1000))).state().routes())
        .isEmpty();
    assertThat(rule(route(route("172.31.0.0/16", "10.1.1.2", 1, 1000))).state().routes()).isEmpty();
    assertThat(rule(route(route("172.31.0.0/16", "10.1.1.2", 158, 2000))).state().routes())
        .isEmpty();
    assertThat(rule(route(route("172.31.0.0/16", "10.1.1.2", 158, 1000))).state().routes())
        .hasSize(1);
  }

  @Test
  void devicesOutsideOfThePolicyAreRefusedWithAllOnThem() throws RefusedException {
    for (Wanted.Device device :
        List.of(
            device(2000, "192.0.2.1", 4789, Worlds.id(1).toString()),
            device(1000, "192.0.2.77", 4789, Worlds.id(1).toString()),
            device(1000, "192.0.2.1", 53, Worlds.id(1).toString()),
            device(1000, "192.0.2.1", 4789, "eth0"))) {
      Ruling ruling =
          rule(
              with(
                  List.of(device),
                  honest.floods(),
                  honest.routes(),
                  honest.forwarding(),
                  honest.firewall()));
      KernelState left = ruling.state();
      assertThat(left.devices()).isEmpty();
      assertThat(left.routes()).isEmpty();
      assertThat(left.floods()).isEmpty();
      assertThat(left.fdb()).isEmpty();
      assertThat(left.neighbors()).isEmpty();
      assertThat(left.addresses()).isEmpty();
      assertThat(left.vteps()).isEmpty();
      assertThat(left.goneMacs()).isEmpty();
    }
  }

  private static Wanted.Device device(int vni, String local, int port, String alias) {
    return new Wanted.Device(
        new Vni(vni),
        Worlds.ip(local),
        port,
        1450,
        MacAddress.parse("02:00:00:00:00:01"),
        "vrouter " + alias,
        4096);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "192.0.2.1", "224.0.0.1", "255.255.255.255", "0.0.0.0", "10.1.1.9"})
  void noTunnelLeadsThere(String underlay) throws RefusedException {
    KernelState state =
        with(
            honest.devices(),
            List.of(new Wanted.Flood("vxlan1000", Worlds.ip(underlay))),
            List.of(),
            honest.forwarding(),
            honest.firewall());
    assertThat(rule(state).state().floods()).isEmpty();
  }

  @Test
  void onlyDevicesOfTheMeshsNetworksForward() throws RefusedException {
    KernelState state =
        with(
            honest.devices(),
            honest.floods(),
            honest.routes(),
            List.of(new Wanted.Forwarding("eth0", false), new Wanted.Forwarding("br-mesh", false)),
            honest.firewall());
    assertThat(rule(state).state().forwarding())
        .containsExactly(new Wanted.Forwarding("br-mesh", false));
  }

  @Test
  void theFirewallOpensNoForeignNetworkAndNoStrangersPrefix() throws RefusedException {
    FirewallPolicy.Zone zone = honest.firewall().zones().iterator().next();
    FirewallPolicy asked =
        new FirewallPolicy(
            53,
            22,
            Set.of(
                new FirewallPolicy.Zone(
                    zone.vni(),
                    zone.overlaySubnet(),
                    Set.of(Worlds.ip("192.0.2.1")),
                    Set.of(
                        local("192.168.0.0/16", "eth0", null),
                        local("172.30.0.0/16", "eth0", null)),
                    Set.of(
                        new FirewallPolicy.Remote(
                            MacAddress.parse("02:00:00:00:00:02"),
                            Worlds.ip("192.0.2.2"),
                            Set.of(Worlds.ip("10.1.1.2")),
                            Set.of(Prefix.parse("0.0.0.0/0")),
                            Set.of()))),
                new FirewallPolicy.Zone(
                    new Vni(2000), zone.overlaySubnet(), Set.of(), Set.of(), Set.of())),
            Set.of(Prefix.parse("0.0.0.0/0"), Prefix.parse("8.8.8.0/24")));
    FirewallPolicy left = rule(firewall(asked)).state().firewall();
    assertThat(left)
        .isEqualTo(
            new FirewallPolicy(
                4789,
                FirewallPolicy.DEFAULT_PROBE_PORT,
                Set.of(
                    new FirewallPolicy.Zone(
                        zone.vni(), zone.overlaySubnet(), Set.of(), Set.of(), Set.of())),
                Set.of()));
  }

  private static FirewallPolicy.GuardedNetwork local(
      String prefix, String device, @Nullable InetAddress gateway) {
    return new FirewallPolicy.GuardedNetwork(Prefix.parse(prefix), device, gateway);
  }

  @Test
  void moreThanThePolicysNumberIsRefusedAsAWhole() {
    List<Wanted.Route> routes = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      routes.add(route("172.20." + i + ".0/24", "10.1.1.2", 158, 1000));
    }
    assertThatThrownBy(
            () ->
                rule(
                    with(
                        honest.devices(),
                        honest.floods(),
                        routes,
                        honest.forwarding(),
                        honest.firewall())))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("9 routes");
  }

  @Test
  void anObjectIsThereOnce() throws RefusedException {
    Wanted.Route route = route("172.31.0.0/16", "10.1.1.2", 158, 1000);
    KernelState state =
        with(
            honest.devices(),
            honest.floods(),
            List.of(route, route.withMtu(576)),
            honest.forwarding(),
            honest.firewall());
    assertThat(rule(state).state().routes()).containsExactly(route);
  }
}
