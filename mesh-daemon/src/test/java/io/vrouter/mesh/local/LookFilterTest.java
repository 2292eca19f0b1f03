package io.vrouter.mesh.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Rtnetlink;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LookFilterTest {
  private static final int RUNNING = IfLink.IFF_UP | IfLink.IFF_LOWER_UP;
  private final LookFilter filter = new LookFilter();

  @Test
  void ofRoutesOnlyTheDefaultOnesLeadToALook() {
    assertThat(filter.of(route("198.51.100.0", 24)).look()).isFalse();
    assertThat(filter.of(route("0.0.0.0", 0)).look()).isTrue();
  }

  @Test
  void aLinkLeadsToALookWhenItDiffersAndIsRaisedWhenItComesUp() {
    Link down = Link.of(7, "eth0", LinkInfo.NONE);
    Link up = down.withFlags(RUNNING);

    assertThat(filter.of(link(down))).isEqualTo(new LookFilter.Meaning(true, 0));
    assertThat(filter.of(link(up))).isEqualTo(new LookFilter.Meaning(true, 7));
    assertThat(filter.of(link(up))).as("its counters changed").isEqualTo(LookFilter.Meaning.NONE);
  }

  @Test
  void anAddressRaisesItsOwnLinkAndNoOther() {
    Address address = Address.of(9, Addresses.parse("192.0.2.7"), 24);
    assertThat(filter.of(new MonitorEvent.AddressEvent(address, false)).raised()).isEqualTo(9);
    assertThat(filter.of(new MonitorEvent.AddressEvent(address, true)).raised()).isZero();
  }

  @Test
  void lostEventsLeadToALook() {
    assertThat(filter.of(new MonitorEvent.Overrun()).look()).isTrue();
  }

  @Test
  void aThousandChangesInASecondAreFiveRuns() {
    Pace pace = new Pace(Duration.ofMillis(200));
    int runs = 0;
    long free = 0;
    for (long now = 0; now < 1_000_000_000L; now += 1_000_000) {
      if (now >= free) {
        long delay = pace.book(now);
        free = now + delay + 1;
        runs++;
      }
    }
    assertThat(runs).isBetween(5, 6);
  }

  private static MonitorEvent link(Link link) {
    return new MonitorEvent.LinkEvent(link, false);
  }

  private static MonitorEvent route(String destination, int length) {
    return new MonitorEvent.RouteEvent(
        new Route(
            Addresses.parse(destination),
            length,
            Addresses.parse("192.0.2.1"),
            2,
            Rtnetlink.RTPROT_STATIC,
            Rtnetlink.RT_TABLE_MAIN,
            0,
            0,
            Rtnetlink.RTN_UNICAST,
            Rtnetlink.RT_SCOPE_UNIVERSE,
            0,
            null,
            List.of(),
            List.of()),
        false);
  }
}
