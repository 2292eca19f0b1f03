package io.vrouter.netlink;

import static io.vrouter.netlink.Fixture.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.AddressRequests;
import io.vrouter.netlink.route.LinkChange;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Request;
import org.junit.jupiter.api.Test;

/** Addresses as both kernels know them, with the routes that come and go along. */
class AddressTest extends KernelContract {
  @Test
  void anAddressBringsItsPrefixesRoute() {
    Fixture on = fixture().up();
    assertThat(on.addresses()).containsExactly("10.1.1.1/24");
    assertThat(on.routes()).containsExactly("10.1.1.0/24 via none proto 2 metric 0");
  }

  @Test
  void aSecondTimeIsRefusedOrAReplacement() {
    Fixture on = fixture().up();
    Address address = Address.of(on.dev, ip("10.1.1.1"), 24);
    assertThat(on.errno(AddressRequests.add(address))).isEqualTo(Errno.EEXIST);
    assertThat(on.errno(AddressRequests.replace(address))).isZero();
    assertThat(on.addresses()).containsExactly("10.1.1.1/24");
  }

  @Test
  void anAbsentOneCantBeRemoved() {
    Fixture on = fixture().up();
    Request absent = AddressRequests.delete(Address.of(on.dev, ip("10.1.1.9"), 24));
    assertThat(on.errno(absent)).isEqualTo(Errno.EADDRNOTAVAIL);
    assertThat(on.errno(AddressRequests.add(Address.of(999, ip("10.1.1.9"), 24))))
        .isEqualTo(Errno.ENODEV);
  }

  @Test
  void theLastOneTakesTheDevicesRoutesAlong() {
    Fixture on = fixture().up();
    on.add(on.route("172.31.0.0", 16, "10.1.1.2"));
    on.netlink.request(AddressRequests.delete(Address.of(on.dev, ip("10.1.1.1"), 24)));
    assertThat(on.routes()).isEmpty();
  }

  @Test
  void aSecondAddressOfTheSubnetGoesWithTheFirst() {
    Fixture on = fixture().up();
    on.netlink.request(
        LinkChange.of(on.dev).inet4(IfLink.IPV4_DEVCONF_PROMOTE_SECONDARIES, 0).request());
    on.netlink.request(AddressRequests.add(Address.of(on.dev, ip("10.1.1.7"), 24)));
    assertThat(on.addresses()).containsExactlyInAnyOrder("10.1.1.1/24", "10.1.1.7/24");
    on.netlink.request(AddressRequests.delete(Address.of(on.dev, ip("10.1.1.1"), 24)));
    assertThat(on.addresses()).isEmpty();
  }

  @Test
  void aSecondAddressOfTheSubnetStaysWherePromoted() {
    Fixture on = fixture().up();
    on.netlink.request(
        LinkChange.of(on.dev).inet4(IfLink.IPV4_DEVCONF_PROMOTE_SECONDARIES, 1).request());
    on.netlink.request(AddressRequests.add(Address.of(on.dev, ip("10.1.1.7"), 24)));
    on.add(on.route("172.31.0.0", 16, "10.1.1.2"));
    on.netlink.request(AddressRequests.delete(Address.of(on.dev, ip("10.1.1.1"), 24)));
    assertThat(on.addresses()).containsExactly("10.1.1.7/24");
    assertThat(on.routes())
        .containsExactlyInAnyOrder(
            "10.1.1.0/24 via none proto 2 metric 0",
            "172.31.0.0/16 via 10.1.1.2 proto 158 metric 158");
  }

  @Test
  void anIpv6AddressGoesWhenTheLinkGoesDown() {
    Fixture on = fixture().up().up6();
    assertThat(on.addresses()).containsExactlyInAnyOrder("10.1.1.1/24", "2001:db8:1:0:0:0:0:1/64");
    on.netlink.request(LinkChange.of(on.dev).down().request());
    assertThat(on.addresses()).containsExactly("10.1.1.1/24");
  }
}
