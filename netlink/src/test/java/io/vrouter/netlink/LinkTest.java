package io.vrouter.netlink;

import static io.vrouter.netlink.Fixture.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkChange;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.LinkRequests;
import io.vrouter.netlink.route.NeighborRequests;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import org.junit.jupiter.api.Test;

/** Links as both kernels know them. */
class LinkTest extends KernelContract {
  @Test
  void aVxlanDeviceIsWhatWasAskedFor() {
    Fixture on = fixture();
    Vxlan wanted = Vxlan.of(2000, LOCAL, 4790).withLearning(false).withLimit(4096);
    on.createVxlan("vx1", wanted);

    Link link = on.netlink.link("vx1").orElseThrow();
    assertThat(link.kind()).isEqualTo("vxlan");
    assertThat(link.mtu()).isEqualTo(1450);
    assertThat(link.address()).isEqualTo(MAC);
    assertThat(link.isUp()).isFalse();
    assertThat(link.afSpec().addrGenMode()).isEqualTo(IfLink.IN6_ADDR_GEN_MODE_NONE);
    Vxlan vxlan = on.vxlan("vx1");
    assertThat(vxlan.local()).isEqualTo(LOCAL);
    assertThat(vxlan.id()).isEqualTo(2000);
    assertThat(vxlan.port()).isEqualTo(4790);
    assertThat(vxlan.learning()).isFalse();
    assertThat(vxlan.limit()).isEqualTo(4096);
    assertThat(vxlan.ageing()).isEqualTo(300);
  }

  @Test
  void aVxlanDeviceWithoutLinkGetsTheMtuThatIsABlackHole() {
    Fixture on = fixture();
    Vxlan vxlan = Vxlan.of(7, LOCAL, 4789);
    on.netlink.request(LinkRequests.create("vx1", LinkInfo.of(vxlan), 0, null));
    assertThat(on.netlink.link("vx1").orElseThrow().mtu()).isEqualTo(1500);
  }

  @Test
  void theSameVniAndPortIsRefusedWithTheKernelsWords() {
    Fixture on = fixture();
    Request again =
        LinkRequests.create("vx1", LinkInfo.of(Vxlan.of(1000, OTHER, 4789)), 1450, null);
    assertThatExceptionOfType(NetlinkException.class)
        .isThrownBy(() -> on.netlink.request(again))
        .satisfies(
            e -> {
              assertThat(e.errno()).isEqualTo(Errno.EEXIST);
              assertThat(e.kernelMessage())
                  .isEqualTo("A VXLAN device with the specified VNI already exists");
              assertThat(e.op()).isEqualTo("create link vx1 of kind vxlan");
            });
  }

  @Test
  void aTakenNameIsRefused() {
    Fixture on = fixture();
    Request again = LinkRequests.create("vx0", LinkInfo.of("bridge"), 0, null);
    assertThat(on.errno(again)).isEqualTo(Errno.EEXIST);
  }

  @Test
  void anUnknownKindIsRefused() {
    assertThat(fixture().errno(LinkRequests.create("x0", LinkInfo.of("nonsense"), 0, null)))
        .isEqualTo(Errno.EOPNOTSUPP);
  }

  @Test
  void aForeignSocketOnThePortIsToldWhenTheLinkComesUp() {
    kernel().takeUdpPort(4789);
    Fixture on = fixture();
    assertThat(on.errno(LinkChange.of(on.dev).up().request())).isEqualTo(Errno.EADDRINUSE);
    assertThat(on.link().isUp()).isFalse();
  }

  @Test
  void aLinkIsChangedInPlace() {
    Fixture on = fixture();
    on.netlink.request(
        LinkChange.of(on.dev)
            .alias("vrouter:1000")
            .mtu(1400)
            .inet4(IfLink.IPV4_DEVCONF_FORWARDING, 1)
            .inet4(IfLink.IPV4_DEVCONF_RP_FILTER, 2)
            .request());
    Link link = on.link();
    assertThat(link.alias()).isEqualTo("vrouter:1000");
    assertThat(link.mtu()).isEqualTo(1400);
    assertThat(on.inet4().forwarding()).isTrue();
    assertThat(on.inet4().rpFilter()).isEqualTo(2);
    on.netlink.request(
        LinkChange.of(on.dev).alias("").inet4(IfLink.IPV4_DEVCONF_FORWARDING, 0).request());
    assertThat(on.link().alias()).isEmpty();
    assertThat(on.inet4().forwarding()).isFalse();
    assertThat(on.inet4().rpFilter()).isEqualTo(2);
  }

  @Test
  void theSourceAddressMovesInPlaceWithinItsFamily() {
    Fixture on = fixture().up();
    on.netlink.request(LinkChange.of(on.dev).vxlanLocal(OTHER).request());
    Vxlan vxlan = on.vxlan("vx0");
    assertThat(vxlan.local()).isEqualTo(OTHER);
    assertThat(vxlan.id()).isEqualTo(1000);
    assertThat(on.link().isUp()).isTrue();

    Request other = LinkChange.of(on.dev).vxlanLocal(ip("2001:db8::1")).request();
    assertThat(on.errno(other)).isEqualTo(Errno.EOPNOTSUPP);
    assertThat(on.kernelMessage(other)).isEqualTo("New local address family does not match old");

    Request both = LinkChange.of(on.dev).mtu(1400).vxlanLocal(OTHER).request();
    assertThat(on.errno(both)).isEqualTo(Errno.EOPNOTSUPP);
    assertThat(on.kernelMessage(both)).isEqualTo("Cannot change mtu");
  }

  @Test
  void whatAVxlanDeviceTakesInPlaceAndWhatNot() {
    Fixture on = fixture().up();
    Attribute ageing = new Attribute(IfLink.IFLA_VXLAN_AGEING, u32(60));
    on.netlink.request(LinkChange.of(on.dev).vxlan(ageing).request());
    Attribute learning = new Attribute(IfLink.IFLA_VXLAN_LEARNING, Payload.of((byte) 0));
    on.netlink.request(LinkChange.of(on.dev).vxlan(learning).request());
    Attribute remote = new Attribute(IfLink.IFLA_VXLAN_GROUP, Payload.of(OTHER.getAddress()));
    on.netlink.request(LinkChange.of(on.dev).vxlan(remote).request());
    on.netlink.request(LinkChange.of(on.dev).flags(IfLink.IFF_NOARP, IfLink.IFF_NOARP).request());
    assertThat(on.vxlan("vx0").ageing()).isEqualTo(60);
    assertThat(on.vxlan("vx0").learning()).isFalse();
    assertThat(on.vxlan("vx0").group()).isEqualTo(OTHER);
    assertThat(on.link().flags() & IfLink.IFF_NOARP).isNotZero();
    assertThat(on.link().isUp()).isTrue();
    Attribute none = new Attribute(IfLink.IFLA_VXLAN_GROUP, Payload.of(new byte[4]));
    on.netlink.request(LinkChange.of(on.dev).vxlan(none).request());
    assertThat(on.vxlan("vx0").group()).isNull();
    Attribute limit = new Attribute(IfLink.IFLA_VXLAN_LIMIT, u32(7));
    assertThat(on.errno(LinkChange.of(on.dev).vxlan(limit).request())).isEqualTo(Errno.EOPNOTSUPP);
  }

  private static Payload u32(int value) {
    return new AttributeWriter().u32(0, value).toPayload().attributes().list().get(0).payload();
  }

  @Test
  void aGroupIsTakenAtCreationAndAChangeLeavesItAlone() {
    Fixture on = fixture();
    LinkInfo info = LinkInfo.of(Vxlan.of(1001, LOCAL, 4789));
    on.netlink.request(LinkRequests.create("vx1", info, 1450, null, 7));
    assertThat(on.netlink.link("vx1")).map(Link::group).contains(7);
    on.netlink.request(LinkChange.of("vx1").mtu(1400).request());
    assertThat(on.netlink.link("vx1")).map(Link::group).contains(7);
    assertThat(on.link().group()).isZero();
  }

  @Test
  void aBridgeTakesPorts() {
    Fixture on = fixture();
    on.netlink.request(LinkRequests.create("br0", LinkInfo.of("bridge"), 0, null));
    Link bridge = on.netlink.link("br0").orElseThrow();
    assertThat(bridge.kind()).isEqualTo("bridge");
    on.netlink.request(LinkChange.of(on.dev).master(bridge.index()).request());
    assertThat(on.link().master()).isEqualTo(bridge.index());
    on.netlink.request(LinkRequests.delete(bridge.index()));
    assertThat(on.link().master()).isZero();
  }

  @Test
  void aDeletedLinkTakesAllItsOwnAlong() {
    Fixture on = fixture().up();
    on.add(on.route("172.31.0.0", 16, "10.1.1.2"));
    on.netlink.request(NeighborRequests.replace(on.neighbor("10.1.1.2")));
    on.netlink.request(LinkRequests.delete(on.dev));
    assertThat(on.netlink.link("vx0")).isEmpty();
    assertThat(on.netlink.link(on.dev)).isEmpty();
    assertThat(on.routes()).isEmpty();
    assertThat(on.addresses()).isEmpty();
    assertThat(on.neighbors(Family.AF_INET)).isEmpty();
    assertThat(on.errno(LinkRequests.delete(on.dev))).isEqualTo(Errno.ENODEV);
    assertThat(on.errno(LinkChange.of("vx0").up().request())).isEqualTo(Errno.ENODEV);
  }

  @Test
  void theDumpNamesEveryLink() {
    Fixture on = fixture();
    Dump<Link> links = on.netlink.links();
    assertThat(links.interrupted()).isFalse();
    assertThat(links.entries()).extracting(Link::name).contains("lo", "vx0");
  }

  @Test
  void aLinkThatIsMadeIsReturnedAndAStrangersIsRefused() {
    Fixture on = fixture();
    LinkInfo info = LinkInfo.of(Vxlan.of(1001, LOCAL, 4789));
    Link made = on.netlink.create("vx1", info, 1450, null);
    assertThat(made.name()).isEqualTo("vx1");
    assertThat(on.netlink.link(made.index())).map(Link::name).contains("vx1");
    assertThatExceptionOfType(NetlinkException.class)
        .isThrownBy(() -> on.netlink.create("vx1", info, 1450, null))
        .extracting(NetlinkException::errno)
        .isEqualTo(Errno.EEXIST);
  }
}
