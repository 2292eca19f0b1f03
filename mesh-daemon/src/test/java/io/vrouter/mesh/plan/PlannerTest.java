package io.vrouter.mesh.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.record.TunnelShare;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.AfSpec;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Inet4Conf;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Ndm;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A table: what was seen, beside the one wanted world, and the steps that follow. */
class PlannerTest {
  private static final int DEV = 7;
  private static final MacAddress MAC1 = VtepMac.of(Worlds.id(1), Worlds.VNI);
  private static final MacAddress MAC2 = VtepMac.of(Worlds.id(2), Worlds.VNI);
  private static final MacAddress STRAY = MacAddress.parse("02:00:00:00:00:99");
  private static final InetAddress PEER = Worlds.ip("192.0.2.2");
  private static final InetAddress ELSEWHERE = Worlds.ip("192.0.2.99");
  private static final Desired WANTED =
      Desired.of(
          PlanInput.of(
              Worlds.local(),
              Worlds.claims("10.1.1.1"),
              List.of(Worlds.peer(2, "172.31.0.0/16")),
              new ForeignRoutes(List.of(), Set.of())));

  /** What is there when nothing is to be done, to be changed by a row. */
  private static final class Seen {
    Link device =
        Link.of(DEV, "vxlan1000", LinkInfo.of(vxlan()))
            .withFlags(IfLink.IFF_UP | IfLink.IFF_BROADCAST)
            .withMtu(1450)
            .withAddress(MAC1)
            .withAlias(Mark.alias(Worlds.id(1)))
            .withGroup(Mark.GROUP)
            .withAfSpec(conf(1, 2, 1));
    final List<Link> links = new ArrayList<>();
    final List<Address> addresses =
        new ArrayList<>(List.of(named(Address.of(DEV, Worlds.ip("10.1.1.1"), 24))));
    final List<FdbEntry> fdb =
        new ArrayList<>(List.of(FdbEntry.flood(DEV, PEER), FdbEntry.permanent(DEV, MAC2, PEER)));
    final List<Neighbor> neighbors =
        new ArrayList<>(
            List.of(
                Neighbor.permanent(DEV, Worlds.ip("10.1.1.2"), MAC2).withProtocol(Mark.PROTOCOL)));
    final List<Route> routes = new ArrayList<>(List.of(route("172.31.0.0", "10.1.1.2")));
    final List<FormerSetting> former = new ArrayList<>();
    Set<Observed.DumpKind> interrupted = Set.of();
    Observed.Firewall firewall = new Observed.Firewall(true, true);

    static Vxlan vxlan() {
      return Vxlan.of(1000, Worlds.ip("192.0.2.1"), 4789).withLimit(Wanted.Device.FDB_LIMIT);
    }

    static Route route(String prefix, String via) {
      return Route.onlink(Worlds.ip(prefix), 16, Worlds.ip(via), DEV, Mark.PROTOCOL, Mark.METRIC);
    }

    static Address named(Address address) {
      return new Address(
          address.ifIndex(),
          address.address(),
          address.prefixLength(),
          address.scope(),
          address.flags(),
          null,
          null,
          "vxlan1000",
          List.of());
    }

    static AfSpec conf(int forwarding, int rpFilter, int promote) {
      List<Integer> values = new ArrayList<>(Collections.nCopies(33, 0));
      values.set(IfLink.IPV4_DEVCONF_FORWARDING - 1, forwarding);
      values.set(IfLink.IPV4_DEVCONF_RP_FILTER - 1, rpFilter);
      values.set(IfLink.IPV4_DEVCONF_PROMOTE_SECONDARIES - 1, promote);
      return new AfSpec(
          new Inet4Conf(values),
          null,
          IfLink.IN6_ADDR_GEN_MODE_NONE,
          List.of(),
          List.of(),
          List.of());
    }

    Observed observed() {
      List<Link> all = new ArrayList<>(links);
      all.add(device);
      return new Observed(all, addresses, neighbors, fdb, routes, interrupted)
          .with(firewall)
          .with(former);
    }
  }

  /**
   * One row.
   *
   * @param steps the plan's text, without settings that the row is not about
   */
  record Row(String name, Consumer<Seen> change, List<String> steps) {
    static Row of(String name, Consumer<Seen> change, String... steps) {
      return new Row(name, change, List.of(steps));
    }

    static Row device(String name, UnaryOperator<Link> change, String... steps) {
      return of(name, seen -> seen.device = change.apply(seen.device), steps);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final String FLOOD = "append fdb 00:00:00:00:00:00 dev vxlan1000 dst 192.0.2.2";
  private static final String FDB = "replace fdb " + MAC2 + " dev vxlan1000 dst 192.0.2.2";
  private static final String NEIGHBOR =
      "replace neighbor 10.1.1.2 lladdr " + MAC2 + " dev vxlan1000";
  private static final String ROUTE =
      "route 172.31.0.0/16 via 10.1.1.2 dev vxlan1000 onlink proto 158 metric 158";
  private static final String FORWARDING =
      "set link dev vxlan1000 forwarding 1 rp_filter 2 promote_secondaries 1";
  private static final String ADDRESS = "add address 10.1.1.1/24 dev vxlan1000";

  static Stream<Row> rows() {
    return Stream.of(
        Row.of("nothing to do", seen -> {}),
        Row.of(
            "the firewall is missing",
            seen -> seen.firewall = new Observed.Firewall(false, true),
            "set nft table inet vrouter: 1 VNIs, 1 known prefixes"),
        Row.of(
            "another program's chains drop",
            seen -> seen.firewall = new Observed.Firewall(true, false),
            "open forwarding in other chains: 0 networks"),
        Row.device("another MTU", link -> link.withMtu(1400), "set mtu of link vxlan1000"),
        Row.device(
            "another MAC address: the neighbours go with it",
            link -> link.withAddress(STRAY),
            "set address of link vxlan1000",
            NEIGHBOR),
        Row.device(
            "no address resolution: the neighbours go when it is back",
            link -> link.withFlags(link.flags() | IfLink.IFF_NOARP),
            "set flags of link vxlan1000",
            NEIGHBOR),
        Row.device(
            "two settings: one step, one request each",
            link -> link.withMtu(1400).withMaster(9),
            "set mtu, master of link vxlan1000"),
        Row.device(
            "an alias of others: the group tells that it is ours",
            link -> link.withAlias("other"),
            "set alias of link vxlan1000"),
        Row.device("the device is down", link -> link.withFlags(0), "set link vxlan1000 up"),
        Row.device("forwarding is off", link -> link.withAfSpec(Seen.conf(0, 2, 1)), FORWARDING),
        Row.device("strict filter", link -> link.withAfSpec(Seen.conf(1, 1, 1)), FORWARDING),
        Row.device(
            "a limit that the kernel does not change",
            link -> link.withInfo(LinkInfo.of(Seen.vxlan().withLimit(7))),
            "del link vxlan1000",
            "add link vxlan1000",
            FORWARDING,
            ADDRESS,
            FLOOD,
            FDB,
            NEIGHBOR,
            "set link vxlan1000 up",
            "replace " + ROUTE),
        Row.of("no address", seen -> seen.addresses.clear(), ADDRESS),
        Row.of(
            "an address too many",
            seen -> seen.addresses.add(Seen.named(Address.of(DEV, Worlds.ip("10.1.1.9"), 24))),
            "del address 10.1.1.9/24 dev vxlan1000"),
        Row.of(
            "an address of another kind: all that needs one may go with it",
            seen -> seen.addresses.set(0, seen.addresses.get(0).withPeer(Worlds.ip("10.1.1.200"))),
            "del address 10.1.1.1/24 dev vxlan1000",
            ADDRESS,
            NEIGHBOR,
            "replace " + ROUTE),
        Row.of("no entries", seen -> seen.fdb.clear(), FLOOD, FDB),
        Row.of(
            "an entry that points elsewhere",
            seen -> seen.fdb.set(1, FdbEntry.permanent(DEV, MAC2, ELSEWHERE)),
            FDB),
        Row.of(
            "a learned entry at a peer stays",
            seen ->
                seen.fdb.add(FdbEntry.permanent(DEV, STRAY, PEER).withState(Ndm.NUD_REACHABLE))),
        Row.of(
            "an entry of nobody",
            seen -> seen.fdb.add(FdbEntry.permanent(DEV, STRAY, ELSEWHERE)),
            "del fdb " + STRAY + " dev vxlan1000 dst 192.0.2.99"),
        Row.of(
            "thousands of learned entries go before a wanted one would not fit",
            PlannerTest::flood,
            "4095 times del fdb",
            FDB),
        Row.of("no neighbour", seen -> seen.neighbors.clear(), NEIGHBOR),
        Row.of("no route", seen -> seen.routes.clear(), "add " + ROUTE),
        Row.of(
            "a route with an MTU",
            seen -> seen.routes.set(0, seen.routes.get(0).withMtu(1300)),
            "replace " + ROUTE),
        Row.of(
            "a route of nobody",
            seen -> seen.routes.add(Seen.route("172.99.0.0", "10.1.1.9")),
            "del route 172.99.0.0/16 via 10.1.1.9 dev vxlan1000 proto 158 metric 158"),
        Row.of(
            "an interrupted dump deletes nothing",
            seen -> {
              seen.routes.add(Seen.route("172.99.0.0", "10.1.1.9"));
              seen.interrupted = Set.of(Observed.DumpKind.ROUTE);
            }),
        Row.of(
            "a former setting of a device that is not wanted any more",
            seen -> {
              seen.links.add(
                  Link.of(3, "br-old", LinkInfo.of("bridge")).withAfSpec(Seen.conf(1, 0, 0)));
              seen.former.add(new FormerSetting("br-old", 0));
            },
            "restore link dev br-old forwarding 0"));
  }

  @Test
  void aChangeOfEndsIsMadeWithAnEntryThatDropsNeither() {
    InetAddress inside = WireGuardAddress.of(Worlds.id(2), 0, true);
    Desired encrypted =
        Desired.of(
            new PlanInput(
                Worlds.local(),
                Worlds.claims("10.1.1.1"),
                List.of(Worlds.peer(2, "172.31.0.0/16")),
                Map.of(),
                new ForeignRoutes(List.of(), Set.of()),
                Set.of(),
                Set.of(),
                Map.of(),
                new Tunnels(
                    List.of(),
                    TunnelShare.NONE,
                    Map.of(Worlds.id(2), new Tunnels.End(inside, Set.of(PEER), true)),
                    Map.of(),
                    false,
                    true)));
    Seen seen = new Seen();
    seen.firewall = new Observed.Firewall(false, true);
    String entry = " fdb %s dev vxlan1000 dst ".formatted(MAC2);
    assertThat(texts(Planner.plan(encrypted, seen.observed())))
        .containsExactly(
            "replace" + entry + "192.0.2.2 dynamic",
            "set nft table inet vrouter: 1 VNIs, 1 known prefixes",
            "append fdb 00:00:00:00:00:00 dev vxlan1000 dst " + inside.getHostAddress(),
            "replace" + entry + inside.getHostAddress(),
            "del" + " fdb 00:00:00:00:00:00 dev vxlan1000 dst 192.0.2.2");
    assertThat(encrypted.kernel().firewall().zones().iterator().next().peers())
        .extracting(FirewallPolicy.Remote::end)
        .containsOnly(inside);
  }

  private static void flood(Seen seen) {
    seen.fdb.removeIf(entry -> entry.mac().equals(MAC2));
    for (int i = 1; i < Wanted.Device.FDB_LIMIT; i++) {
      MacAddress mac = new MacAddress(0x0200_0000_0000L + i);
      seen.fdb.add(FdbEntry.permanent(DEV, mac, PEER).withState(Ndm.NUD_REACHABLE));
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void row(Row row) {
    Seen seen = new Seen();
    row.change().accept(seen);
    Plan plan = Planner.plan(WANTED, seen.observed());
    List<String> steps = texts(plan);
    assertThat(steps).hasSameSizeAs(row.steps());
    for (int i = 0; i < steps.size(); i++) {
      assertThat(steps.get(i)).startsWith(row.steps().get(i));
    }
    assertThat(plan.problems()).isEmpty();
    assertThat(plan.steps()).allSatisfy(step -> assertThat(step.object()).isNotEmpty());
  }

  /** Equal beginnings in a row become one line. */
  private static List<String> texts(Plan plan) {
    List<String> texts = new ArrayList<>();
    int dels = 0;
    for (Step step : plan.steps()) {
      if (step instanceof Step.DeleteFdb && plan.steps().size() > 100) {
        dels++;
        continue;
      }
      if (dels > 0) {
        texts.add(dels + " times del fdb");
        dels = 0;
      }
      texts.add(step.toString());
    }
    return texts;
  }

  @Test
  void aRouteGetsTheMtuOfItsPath() {
    KernelState narrow =
        new KernelState(
            WANTED.kernel().devices(),
            WANTED.kernel().addresses(),
            WANTED.kernel().floods(),
            WANTED.kernel().fdb(),
            WANTED.kernel().neighbors(),
            WANTED.kernel().routes().stream().map(route -> route.withMtu(1350)).toList(),
            WANTED.kernel().forwarding(),
            WANTED.kernel().vteps(),
            WANTED.kernel().goneMacs(),
            WANTED.kernel().firewall());
    Seen seen = new Seen();
    assertThat(Planner.plan(narrow, seen.observed()).text())
        .isEqualTo("replace " + ROUTE + " mtu 1350\n");
    seen.routes.set(0, seen.routes.get(0).withMtu(1350));
    assertThat(Planner.plan(narrow, seen.observed()).isEmpty()).isTrue();
  }
}
