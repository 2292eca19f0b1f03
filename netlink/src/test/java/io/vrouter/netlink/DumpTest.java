package io.vrouter.netlink;

import static io.vrouter.netlink.Fixture.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.AddressRequests;
import io.vrouter.netlink.route.NeighborRequests;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteFilter;
import io.vrouter.netlink.route.RouteRequests;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Request;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DumpTest extends KernelContract {
  private static final RouteFilter ALL = RouteFilter.all(Family.AF_INET);

  /** More routes than fit into one datagram of a dump. */
  private static Fixture crowded(Fixture on) {
    on.up();
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      String prefix = "172.%d.%d.0".formatted(16 + i / 256, i % 256);
      requests.add(RouteRequests.add(on.route(prefix, 24, "10.1.1.2")));
    }
    assertThat(on.netlink.batch(requests)).allMatch(Outcome::ok);
    return on;
  }

  @Test
  void aDumpLeftInTheMiddleDoesNotKeepTheNextFromBeingTaken() {
    Fixture on = crowded(fixture());
    assertThatThrownBy(
            () ->
                on.netlink.forEachRoute(
                    ALL,
                    route -> {
                      throw new IllegalStateException("enough");
                    }))
        .hasMessage("enough");
    assertThat(on.routes()).hasSize(2001);
  }

  @Test
  void anEntryThatCannotBeReadDoesNotKeepTheNextDumpFromBeingTaken() {
    Fixture on = crowded(fixture());
    assertThatThrownBy(
            () ->
                on.netlink.routes(
                    ALL,
                    route -> {
                      throw new DecodeException("meant to fail");
                    }))
        .isInstanceOf(NetlinkException.class)
        .hasMessageContaining("meant to fail");
    assertThat(on.routes()).hasSize(2001);
  }

  @Test
  void routesArePassedOnAsTheyAreRead() {
    Fixture on = crowded(fixture());
    int[] count = {0};
    RouteFilter ours = ALL.ofProtocol(Fixture.PROTOCOL);
    assertThat(on.netlink.forEachRoute(ours, route -> count[0]++)).isFalse();
    assertThat(count[0]).isEqualTo(2000);
    assertThat(on.netlink.routes(ours, route -> route.destination().equals(ip("172.16.7.0"))))
        .extracting(dump -> dump.entries().size())
        .isEqualTo(1);
  }

  @Test
  void routesAreFilteredByTableProtocolAndDevice() {
    Fixture on = fixture().up();
    int other = on.createVxlan("vx1", Vxlan.of(1001, Fixture.LOCAL, 4789));
    on.netlink.request(io.vrouter.netlink.route.LinkChange.of(other).up().request());
    on.netlink.request(AddressRequests.add(Address.of(other, ip("10.1.2.1"), 24)));
    on.add(on.route("172.31.0.0", 16, "10.1.1.2"));
    on.add(on.route("172.30.0.0", 16, "10.1.1.2", 99, 5));
    on.add(Route.onlink(ip("172.29.0.0"), 16, ip("10.1.2.2"), other, 158, 158));
    assertThat(prefixes(on, ALL.ofProtocol(158))).containsExactly("172.29.0.0", "172.31.0.0");
    assertThat(prefixes(on, ALL.ofProtocol(158).over(on.dev))).containsExactly("172.31.0.0");
    assertThat(prefixes(on, ALL.over(other).inTable(254)))
        .containsExactly("10.1.2.0", "172.29.0.0");
    assertThat(prefixes(on, ALL.inTable(1234))).isEmpty();
    assertThat(prefixes(on, ALL.inTable(255).over(other))).contains("10.1.2.1");
  }

  private static List<String> prefixes(Fixture on, RouteFilter filter) {
    return on.netlink.routes(filter, all -> true).entries().stream()
        .map(route -> route.destination().getHostAddress())
        .sorted()
        .toList();
  }

  @Test
  void neighboursAndAddressesAreFilteredByDevice() {
    Fixture on = fixture().up();
    int other = on.createVxlan("vx1", Vxlan.of(1001, Fixture.LOCAL, 4789));
    on.netlink.request(NeighborRequests.replace(on.neighbor("10.1.1.2")));
    assertThat(on.netlink.neighbors(Family.AF_INET, on.dev).entries())
        .extracting(one -> one.destination().getHostAddress())
        .containsExactly("10.1.1.2");
    assertThat(on.netlink.neighbors(Family.AF_INET, other).entries()).isEmpty();
    assertThat(on.netlink.addresses(on.dev).entries())
        .extracting(one -> one.address().getHostAddress())
        .containsExactly("10.1.1.1");
    assertThat(on.netlink.addresses(other).entries()).isEmpty();
    assertThat(on.netlink.addresses(4711).entries()).isEmpty();
  }
}
