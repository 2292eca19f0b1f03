package io.vrouter.mesh.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.Mark;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.wire.Rtnetlink;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteSieveTest {
  private static final int TUNNEL = 9;
  private static final int UPLINK = 2;
  private static final int STATIC = 4;

  private final RouteSieve sieve =
      new RouteSieve(
          Set.of(TUNNEL), List.of(Prefix.parse("172.30.0.0/16"), Prefix.parse("8.8.8.0/24")));

  private static Route route(String prefix, int oif, int protocol, int metric) {
    Prefix parsed = Prefix.parse(prefix);
    return Route.onlink(
        parsed.address(),
        parsed.length(),
        Addresses.parse("192.168.200.254"),
        oif,
        protocol,
        metric);
  }

  private boolean selects(String prefix) {
    return sieve.selects(route(prefix, UPLINK, STATIC, 0));
  }

  private long selected(List<Route> routes) {
    return routes.stream().filter(sieve::selects).count();
  }

  @Test
  void routersTablesLeaveAFewThousandRoutes() {
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      String prefix = (i % 2 == 0 ? "11.%d.%d.%d/32" : "10.%d.%d.%d/32");
      routes.add(route(prefix.formatted(i >> 16, i >> 8 & 255, i & 255), UPLINK, STATIC, 0));
    }
    long first = selected(routes);
    assertThat(first).isLessThan(RouteSieve.CELLS * RouteSieve.PER_CELL);
    assertThat(selected(routes)).as("a repeated dump").isEqualTo(first);
  }

  @Test
  void whatDecidesAPrefixIsSelectedHoweverManyThereAre() {
    for (int i = 0; i < 10_000; i++) {
      sieve.selects(route("172.30.%d.%d/32".formatted(i >> 8, i & 255), 0, STATIC, 0));
    }
    assertThat(selects("172.30.255.0/24")).as("a part of it").isTrue();
    assertThat(selects("172.30.0.0/16")).as("the same").isTrue();
    assertThat(sieve.selects(route("172.30.0.0/16", UPLINK, STATIC, Mark.METRIC)))
        .as("the same with our metric")
        .isTrue();
    assertThat(selects("8.8.8.8/32")).as("a part of a public one").isTrue();
  }

  @Test
  void ownConnectedAndDefaultRoutesAreAllSelected() {
    for (int i = 0; i < 5_000; i++) {
      String prefix = "11.1.%d.%d/32".formatted(i >> 8, i & 255);
      assertThat(sieve.selects(route(prefix, TUNNEL, STATIC, 0))).isTrue();
      assertThat(sieve.selects(route(prefix, UPLINK, Mark.PROTOCOL, 0))).isTrue();
      assertThat(sieve.selects(route(prefix, UPLINK, Rtnetlink.RTPROT_KERNEL, 0))).isTrue();
    }
    assertThat(selects("0.0.0.0/0")).isTrue();
  }

  @Test
  void oneRouteOfEachGatewayIsSelected() {
    assertThat(selects("11.0.0.0/24")).as("the first by its gateway").isTrue();
    assertThat(selects("11.0.1.0/24")).as("another by the same").isFalse();
    assertThat(selects("11.0.0.0/24")).as("the first again").isTrue();
  }

  @Test
  void eachRangeOfThePoolShowsThatItIsInUse() {
    for (int range = 0; range < 256; range++) {
      String prefix = "10.%d.%d.0/24".formatted(128 + range / 4, range % 4 * 64);
      assertThat(selects(prefix)).as(prefix).isTrue();
    }
  }
}
