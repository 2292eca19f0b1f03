package io.vrouter.mesh.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.host.HostException;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.Underlay;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnderlayFinderTest {
  private final List<Link> links = new ArrayList<>();
  private final List<Address> addresses = new ArrayList<>();
  private final List<Route> routes = new ArrayList<>();
  private final List<Prefix> stacks = new ArrayList<>();
  private final List<InetAddress> preferred = new ArrayList<>();

  private void link(int index, String name, String kind, int master, String... prefixes) {
    links.add(
        Link.of(index, name, kind.isEmpty() ? LinkInfo.NONE : LinkInfo.of(kind))
            .withFlags(IfLink.IFF_UP)
            .withMaster(master)
            .withMtu(1400 + index));
    for (String prefix : prefixes) {
      int slash = prefix.indexOf('/');
      addresses.add(
          Address.of(
              index,
              Addresses.parse(prefix.substring(0, slash)),
              Integer.parseInt(prefix.substring(slash + 1))));
    }
  }

  private void route(String via, int oif, int metric, @Nullable String source) {
    InetAddress gateway = Addresses.parse(via);
    InetAddress any = Addresses.parse(via.indexOf(':') < 0 ? "0.0.0.0" : "::");
    routes.add(
        new Route(
            any,
            0,
            gateway,
            oif,
            Rtnetlink.RTPROT_STATIC,
            Rtnetlink.RT_TABLE_MAIN,
            metric,
            0,
            Rtnetlink.RTN_UNICAST,
            Rtnetlink.RT_SCOPE_UNIVERSE,
            0,
            source == null ? null : Addresses.parse(source),
            List.of(),
            List.of()));
  }

  private Underlay find(@Nullable String choice) throws HostException {
    return UnderlayFinder.find(choice, preferred, links, addresses, routes, stacks);
  }

  private void assertFound(@Nullable String choice, String address, int ifIndex)
      throws HostException {
    assertThat(find(choice))
        .isEqualTo(new Underlay(Addresses.parse(address), 1400 + ifIndex, ifIndex));
  }

  @Test
  void takesTheSourceOfTheDefaultRoute() throws HostException {
    link(2, "eth0", "", 0, "10.0.0.5/24", "192.168.7.5/24");
    link(3, "eth1", "", 0, "10.9.0.5/24");
    route("192.168.7.1", 2, 0, null);
    assertFound(null, "192.168.7.5", 2);
    route("10.9.0.1", 3, 100, null);
    assertFound(null, "192.168.7.5", 2);
  }

  @Test
  void theLowerMetricAndTheSuggestedSourceWin() throws HostException {
    link(2, "eth0", "", 0, "10.0.0.5/24");
    link(3, "eth1", "", 0, "10.9.0.5/24", "10.9.0.6/24");
    route("10.0.0.1", 2, 200, null);
    route("10.9.0.1", 3, 100, "10.9.0.6");
    assertFound(null, "10.9.0.6", 3);
  }

  @Test
  void prefersIpv4ButTakesIpv6() throws HostException {
    link(2, "eth0", "", 0, "2001:db8::5/64", "fe80::1/64");
    route("fe80::99", 2, 1024, null);
    assertFound(null, "2001:db8:0:0:0:0:0:5", 2);
    link(3, "eth1", "", 0, "10.9.0.5/24");
    route("10.9.0.1", 3, 2000, null);
    assertFound(null, "10.9.0.5", 3);
  }

  @Test
  void withoutADefaultRouteTheOnlyAddressCounts() throws HostException {
    link(1, "lo", "", 0, "127.0.0.1/8");
    link(2, "eth0", "veth", 0, "10.66.0.5/24", "169.254.1.1/16");
    link(3, "br-a", "bridge", 0, "172.30.0.1/16");
    link(4, "vport", "veth", 3);
    assertFound(null, "10.66.0.5", 2);
  }

  @Test
  void aStacksDeviceIsNoUnderlay() throws HostException {
    link(2, "eth0", "", 0, "10.66.0.5/24");
    link(3, "macvlan", "macvlan", 0, "172.30.0.1/16");
    assertThatThrownBy(() -> find(null)).isInstanceOf(HostException.class);
    stacks.add(Prefix.parse("172.30.0.0/16"));
    assertFound(null, "10.66.0.5", 2);
  }

  @Test
  void aBridgeWithAHardwarePortIsAnUnderlay() throws HostException {
    link(2, "eth0", "", 5);
    link(5, "br0", "bridge", 0, "10.66.0.5/24");
    assertFound(null, "10.66.0.5", 5);
  }

  @Test
  void theOperatorChooses() throws HostException {
    link(2, "eth0", "", 0, "2001:db8::5/64", "10.0.0.5/24");
    link(3, "eth1", "", 0, "10.9.0.5/24");
    link(4, "lan", "bridge", 0, "10.10.0.5/24");
    route("10.0.0.1", 2, 0, null);
    assertFound("eth1", "10.9.0.5", 3);
    assertFound("10.9.0.5", "10.9.0.5", 3);
    assertFound("eth0", "10.0.0.5", 2);
    assertFound("2001:db8::5", "2001:db8::5", 2);
    assertFound("lan", "10.10.0.5", 4);
  }

  @Test
  void refusesAndListsTheCandidates() {
    link(2, "eth0", "", 0, "10.0.0.5/24");
    link(3, "eth1", "", 0, "10.9.0.5/24");
    link(4, "empty", "", 0);
    for (String choice : new String[] {"10.9.0.99", "eth9", "empty", "not an address"}) {
      assertThatThrownBy(() -> find(choice))
          .isInstanceOfSatisfying(
              HostException.class,
              e -> {
                assertThat(e.problem().code()).isEqualTo("underlay");
                assertThat(e.problem().message()).contains("'" + choice + "'");
                assertThat(e.problem().fix()).contains("10.0.0.5 (eth0), 10.9.0.5 (eth1)");
              });
    }
    assertThatThrownBy(() -> find(null)).hasMessageContaining("10.0.0.5 (eth0), 10.9.0.5 (eth1)");
  }

  @Test
  void aHostWithoutAnAddressIsToldToGetOne() {
    link(1, "lo", "", 0, "127.0.0.1/8");
    assertThatThrownBy(() -> find(null))
        .isInstanceOf(HostException.class)
        .hasMessageContaining("no address");
  }

  @Test
  void ourOwnDeviceIsNeverTaken() {
    link(2, "vxlan1000", "vxlan", 0, "10.1.1.7/24");
    Link ours = links.remove(0);
    links.add(ours.withAlias(Mark.alias(new NodeId(1, 2))));
    assertThatThrownBy(() -> find(null)).isInstanceOf(HostException.class);
    assertThatThrownBy(() -> find("vxlan1000")).isInstanceOf(HostException.class);
  }

  @Test
  void aVpnsDefaultRouteIsNoneToGoByWhileThereIsAnother() throws HostException {
    link(2, "eth0", "", 0, "192.168.200.1/24");
    link(3, "tun0", "tun", 0, "10.8.0.6/24");
    route("192.168.200.254", 2, 100, null);
    route("10.8.0.1", 3, 50, null);
    assertFound(null, "192.168.200.1", 2);
  }

  @Test
  void aVpnBesideTheOnlyOtherAddressIsNotTaken() throws HostException {
    link(2, "eth0", "", 0, "192.168.200.1/24");
    link(3, "wg0", "wireguard", 0, "10.8.0.6/24");
    assertFound(null, "192.168.200.1", 2);
  }

  @Test
  void theFirstPreferredAddressThatIsHereGoesBeforeTheDefaultRoute() throws HostException {
    link(2, "eth0", "", 0, "10.0.0.5/24");
    link(3, "eth1", "", 0, "192.168.200.1/24");
    route("10.0.0.1", 2, 0, null);
    preferred.add(Addresses.parse("192.168.7.7"));
    preferred.add(Addresses.parse("192.168.200.1"));
    assertFound(null, "192.168.200.1", 3);
  }

  @Test
  void aSecondaryOrFloatingAddressIsNotTakenUnasked() throws HostException {
    link(2, "eth0", "", 0, "192.168.200.100/32", "192.168.200.1/24");
    addresses.add(0, secondary(2, "192.168.200.101"));
    assertFound(null, "192.168.200.1", 2);
    assertFound("192.168.200.100", "192.168.200.100", 2);
  }

  private static Address secondary(int ifIndex, String address) {
    Address plain = Address.of(ifIndex, Addresses.parse(address), 24);
    return new Address(
        plain.ifIndex(),
        plain.address(),
        plain.prefixLength(),
        plain.scope(),
        0x01,
        plain.peer(),
        plain.broadcast(),
        plain.label(),
        plain.unknown());
  }

  @Test
  void anAddressOfFullLengthIsTakenWhereItIsTheOnlyOne() throws HostException {
    link(2, "eth0", "", 0, "10.128.0.7/32");
    route("10.128.0.1", 2, 0, null);
    assertFound(null, "10.128.0.7", 2);
  }

  @Test
  void anMtuThatCarriesNoTunnelIsAProblemOfTheUnderlay() {
    link(2, "eth0", "", 0, "10.0.0.5/24");
    links.set(0, links.get(0).withMtu(100));
    assertThatThrownBy(() -> find(null))
        .isInstanceOfSatisfying(
            HostException.class, e -> assertThat(e.problem().code()).isEqualTo("underlay"));
  }
}
