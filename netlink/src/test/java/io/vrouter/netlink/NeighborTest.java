package io.vrouter.netlink;

import static io.vrouter.netlink.Fixture.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.route.LinkChange;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.NeighborRequests;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.IfLink;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Neighbours as both kernels know them. */
class NeighborTest extends KernelContract {
  @Test
  void oneIsAddedReplacedRemoved() {
    Fixture on = fixture();
    on.netlink.request(NeighborRequests.add(on.neighbor("10.1.1.2")));
    assertThat(on.errno(NeighborRequests.add(on.neighbor("10.1.1.2")))).isEqualTo(Errno.EEXIST);
    MacAddress moved = MacAddress.parse("02:00:00:00:00:09");
    on.netlink.request(NeighborRequests.replace(Neighbor.permanent(on.dev, ip("10.1.1.2"), moved)));
    assertThat(on.neighbors(Family.AF_INET)).containsExactly("10.1.1.2 02:00:00:00:00:09");
    on.netlink.request(NeighborRequests.delete(on.neighbor("10.1.1.2")));
    assertThat(on.neighbors(Family.AF_INET)).isEmpty();
    assertThat(on.errno(NeighborRequests.delete(on.neighbor("10.1.1.2")))).isEqualTo(Errno.ENOENT);
  }

  @Test
  void onePutBeforeTheDeviceComesUpStays() {
    Fixture on = fixture();
    on.netlink.request(NeighborRequests.replace(on.neighbor("10.1.1.2")));
    on.up();
    assertThat(on.neighbors(Family.AF_INET)).containsExactly("10.1.1.2 " + MAC);
  }

  @Test
  void evenAPermanentOneGoesWhenTheLinkGoesDown() {
    Fixture on = fixture().up();
    on.netlink.request(NeighborRequests.replace(on.neighbor("10.1.1.2")));
    on.netlink.request(LinkChange.of(on.dev).down().request());
    assertThat(on.neighbors(Family.AF_INET)).isEmpty();
  }

  @Test
  void anotherMtuKeepsAllOfThem() {
    Fixture on = fixture().up();
    on.netlink.request(NeighborRequests.replace(on.neighbor("10.1.1.2")));
    on.netlink.request(NeighborRequests.replace(on.neighbor("10.1.1.3")));
    on.netlink.request(LinkChange.of(on.dev).mtu(1400).request());
    on.netlink.request(LinkChange.of(on.dev).alias("other").request());
    on.netlink.request(LinkChange.of(on.dev).flags(0, IfLink.IFF_MULTICAST).request());
    on.netlink.request(LinkChange.of(on.dev).vxlanLocal(OTHER).request());
    assertThat(on.neighbors(Family.AF_INET)).hasSize(2);
  }

  @Test
  void anEqualMacAddressTakesEvenPermanentOnesAlong() {
    Fixture on = fixture().up();
    on.netlink.request(NeighborRequests.replace(on.neighbor("10.1.1.2")));
    on.netlink.request(LinkChange.of(on.dev).address(MAC).request());
    assertThat(on.neighbors(Family.AF_INET)).isEmpty();
  }

  @Test
  void switchingAddressResolutionOffTakesThemAlong() {
    Fixture on = fixture().up();
    for (int flags : List.of(IfLink.IFF_NOARP, 0)) {
      on.netlink.request(NeighborRequests.replace(on.neighbor("10.1.1.2")));
      on.netlink.request(LinkChange.of(on.dev).flags(flags, IfLink.IFF_NOARP).request());
      assertThat(on.neighbors(Family.AF_INET)).as("NOARP %d", flags).isEmpty();
    }
  }

  @Test
  void ipv6Too() {
    Fixture on = fixture().up6();
    on.netlink.request(NeighborRequests.replace(on.neighbor("2001:db8:1::2")));
    assertThat(on.neighbors(Family.AF_INET6)).containsExactly("2001:db8:1:0:0:0:0:2 " + MAC);
    assertThat(on.neighbors(Family.AF_UNSPEC)).hasSize(1);
  }
}
