package io.vrouter.netlink;

import static io.vrouter.netlink.Fixture.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.route.LinkChange;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteRequests;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Request;
import io.vrouter.netlink.wire.Rtnetlink;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Routes as both kernels know them. */
class RouteTest extends KernelContract {
  private static final String CONNECTED = "10.1.1.0/24 via none proto 2 metric 0";
  private static final int STATIC = Rtnetlink.RTPROT_STATIC;

  @Test
  void aRouteIsWhatWasAskedFor() {
    Fixture on = fixture().up();
    Route wanted = on.route("172.31.0.0", 16, "10.1.1.2");
    on.add(wanted);
    Route there =
        on.netlink.routes(Family.AF_INET).entries().stream()
            .filter(route -> route.protocol() == PROTOCOL)
            .findFirst()
            .orElseThrow();
    assertThat(there).isEqualTo(wanted);
    assertThat(there.isOnlink()).isTrue();
  }

  @Test
  void aRouteHasItsOwnMtuAndLosesItByReplacement() {
    Fixture on = fixture().up();
    Route wanted = on.route("172.31.0.0", 16, "10.1.1.2");
    on.add(wanted.withMtu(1350));
    Route there = on.netlink.routeTo(ip("172.31.0.1")).orElseThrow();
    assertThat(there.mtu()).isEqualTo(1350);
    assertThat(there.withMtu(0)).isEqualTo(wanted);
    on.netlink.request(RouteRequests.replace(wanted.withMtu(1300)));
    assertThat(on.netlink.routeTo(ip("172.31.0.1"))).map(Route::mtu).contains(1300);
    on.netlink.request(RouteRequests.replace(wanted));
    assertThat(on.netlink.routeTo(ip("172.31.0.1"))).contains(wanted);
  }

  @Test
  void everyHostHasTheSameRules() {
    Fixture on = fixture();
    assertThat(on.netlink.rules(Family.AF_INET).entries())
        .extracting(rule -> rule.priority() + " " + rule.table())
        .containsExactlyInAnyOrder("0 255", "32766 254", "32767 253");
    assertThat(on.netlink.rules(Family.AF_INET6).entries())
        .extracting(rule -> rule.priority() + " " + rule.table())
        .containsExactlyInAnyOrder("0 255", "32766 254");
  }

  @Test
  void aSecondOneIsRefusedWhoeverMadeTheFirst() {
    Fixture on = fixture().up();
    on.add(on.route("172.31.0.0", 16, "10.1.1.2", STATIC, METRIC));
    assertThat(on.errno(RouteRequests.add(on.route("172.31.0.0", 16, "10.1.1.3"))))
        .isEqualTo(Errno.EEXIST);
    assertThat(on.routes())
        .containsExactlyInAnyOrder(CONNECTED, "172.31.0.0/16 via 10.1.1.2 proto 4 metric 158");
  }

  @Test
  void replacingOverwritesARouteOfAnyProtocol() {
    Fixture on = fixture().up();
    on.add(on.route("172.31.0.0", 16, "10.1.1.2", STATIC, METRIC));
    on.netlink.request(RouteRequests.replace(on.route("172.31.0.0", 16, "10.1.1.3")));
    assertThat(on.routes())
        .containsExactlyInAnyOrder(CONNECTED, "172.31.0.0/16 via 10.1.1.3 proto 158 metric 158");
  }

  @Test
  void deletingHonoursEverySelector() {
    Fixture on = fixture().up();
    on.add(on.route("172.31.0.0", 16, "10.1.1.2", STATIC, METRIC));
    List<Route> others =
        List.of(
            on.route("172.31.0.0", 16, "10.1.1.2"),
            on.route("172.31.0.0", 16, "10.1.1.3", STATIC, METRIC),
            on.route("172.31.0.0", 16, "10.1.1.2", STATIC, METRIC + 1),
            on.route("172.31.0.0", 17, "10.1.1.2", STATIC, METRIC));
    for (Route other : others) {
      assertThat(on.errno(RouteRequests.delete(other))).isEqualTo(Errno.ESRCH);
    }
    on.netlink.request(
        RouteRequests.delete(on.route("172.31.0.0", 16, "10.1.1.2", STATIC, METRIC)));
    assertThat(on.routes()).containsExactly(CONNECTED);
  }

  @Test
  void hostBitsAreRefused() {
    Fixture on = fixture().up();
    Request bad = RouteRequests.add(on.route("172.31.0.1", 16, "10.1.1.2"));
    assertThat(on.errno(bad)).isEqualTo(Errno.EINVAL);
    assertThat(on.kernelMessage(bad)).isEqualTo("Invalid prefix for given prefix length");
  }

  @Test
  void aGatewayThatIsNotConnectedNeedsOnlink() {
    Fixture on = fixture().up();
    Route onlink = on.route("172.31.0.0", 16, "10.99.0.2");
    Request bad = RouteRequests.add(withFlags(onlink, 0));
    assertThat(on.errno(bad)).isEqualTo(Errno.ENETUNREACH);
    assertThat(on.kernelMessage(bad)).isEqualTo("Nexthop has invalid gateway");
    on.add(onlink);
    on.add(withFlags(on.route("172.30.0.0", 16, "10.1.1.2"), 0));
    assertThat(on.routes()).hasSize(3);
  }

  @Test
  void aDeviceThatIsDownTakesNoRoute() {
    Fixture on = fixture();
    assertThat(on.errno(RouteRequests.add(on.route("172.31.0.0", 16, "10.1.1.2"))))
        .isEqualTo(Errno.ENETDOWN);
    Route nowhere = Route.onlink(ip("172.31.0.0"), 16, ip("10.1.1.2"), 999, PROTOCOL, METRIC);
    assertThat(on.errno(RouteRequests.add(nowhere))).isEqualTo(Errno.ENODEV);
  }

  @Test
  void aDeviceThatGoesDownLosesItsRoutesAndGetsItsConnectedOneBack() {
    Fixture on = fixture().up();
    on.add(on.route("172.31.0.0", 16, "10.1.1.2"));
    on.netlink.request(LinkChange.of(on.dev).down().request());
    assertThat(on.routes()).isEmpty();
    on.netlink.request(LinkChange.of(on.dev).up().request());
    assertThat(on.routes()).containsExactly(CONNECTED);
  }

  @Test
  void aForeignRouteOfALowerMetricIsInForceThoughOursIsThere() {
    Fixture on = fixture().up();
    on.add(on.route("172.31.0.0", 16, "10.1.1.9", STATIC, 10));
    on.add(on.route("172.31.0.0", 16, "10.1.1.2"));
    assertThat(on.routes()).hasSize(3);
    Route decides = on.netlink.routeTo(ip("172.31.4.5")).orElseThrow();
    assertThat(text(decides)).isEqualTo("172.31.0.0/16 via 10.1.1.9 proto 4 metric 10");
  }

  @Test
  void theLookupFindsTheLongestPrefixOrNothing() {
    Fixture on = fixture().up();
    on.add(on.route("172.31.0.0", 16, "10.1.1.2"));
    on.add(on.route("172.31.4.0", 24, "10.1.1.3"));
    assertThat(on.netlink.routeTo(ip("172.31.4.5"))).map(Route::gateway).contains(ip("10.1.1.3"));
    assertThat(on.netlink.routeTo(ip("172.31.5.5"))).map(Route::gateway).contains(ip("10.1.1.2"));
    assertThat(on.netlink.routeTo(ip("198.51.100.1"))).isEmpty();
    assertThat(on.netlink.routeTo(ip("10.1.1.1"))).map(Route::type).contains(Rtnetlink.RTN_LOCAL);
  }

  @Test
  void aRouteThatRefusesIsNoWay() {
    Fixture on = fixture().up();
    for (int type : List.of(Rtnetlink.RTN_BLACKHOLE, Rtnetlink.RTN_UNREACHABLE)) {
      Route refuses =
          new Route(
              ip("172.29.0.0"),
              16,
              null,
              0,
              PROTOCOL,
              254,
              type,
              0,
              type,
              0,
              0,
              null,
              List.of(),
              List.of());
      on.add(refuses);
      assertThat(on.netlink.routeTo(ip("172.29.1.1"))).isEmpty();
      on.netlink.request(RouteRequests.delete(refuses));
    }
  }

  @Test
  void anotherTableIsAnotherPlace() {
    Fixture on = fixture().up();
    Route main = on.route("172.31.0.0", 16, "10.1.1.2");
    Route other =
        new Route(
            main.destination(),
            16,
            main.gateway(),
            on.dev,
            PROTOCOL,
            7000,
            METRIC,
            main.flags(),
            main.type(),
            main.scope(),
            0,
            null,
            List.of(),
            List.of());
    on.add(main);
    on.add(other);
    assertThat(on.netlink.routes(Family.AF_INET).entries()).contains(main, other);
    on.netlink.request(RouteRequests.delete(main));
    assertThat(on.netlink.routes(Family.AF_INET).entries()).contains(other).doesNotContain(main);
  }

  @Test
  void ipv6RoutesAreAddedReplacedRemoved() {
    Fixture on = fixture().up6();
    Route route = on.route("fd00:31::", 64, "2001:db8:1::2");
    on.add(route);
    assertThat(on.errno(RouteRequests.add(route))).isEqualTo(Errno.EEXIST);
    Route moved = on.route("fd00:31::", 64, "2001:db8:1::3");
    assertThat(on.errno(RouteRequests.add(moved))).isEqualTo(Errno.EEXIST);
    on.netlink.request(RouteRequests.replace(moved));
    String connected = "2001:db8:1:0:0:0:0:0/64 via none proto 2 metric 256";
    assertThat(on.routes(Family.AF_INET6))
        .containsExactlyInAnyOrder(
            connected, "fd00:31:0:0:0:0:0:0/64 via 2001:db8:1:0:0:0:0:3 proto 158 metric 158");
    assertThat(on.netlink.routeTo(ip("fd00:31::9")))
        .map(Route::gateway)
        .contains(ip("2001:db8:1::3"));
    assertThat(on.errno(RouteRequests.delete(route))).isEqualTo(Errno.ESRCH);
    on.netlink.request(RouteRequests.delete(moved));
    assertThat(on.errno(RouteRequests.delete(moved))).isEqualTo(Errno.ESRCH);
    assertThat(on.routes(Family.AF_INET6)).containsExactly(connected);
    assertThat(on.netlink.routeTo(ip("fd00:31::9"))).isEmpty();
  }

  private static Route withFlags(Route route, int flags) {
    return new Route(
        route.destination(),
        route.prefixLength(),
        route.gateway(),
        route.oif(),
        route.protocol(),
        route.table(),
        route.metric(),
        flags,
        route.type(),
        route.scope(),
        route.tos(),
        null,
        List.of(),
        List.of());
  }
}
