package io.vrouter.netlink.fake;

import static io.vrouter.netlink.wire.IfLink.*;
import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.route.AfSpec;
import io.vrouter.netlink.route.Inet4Conf;
import io.vrouter.netlink.route.Inet6Conf;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkCodec;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.route.VxlanCodec;
import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** net/core/rtnetlink.c and the VXLAN driver, as far as links go. */
final class FakeLinks {
  private static final Set<String> KINDS = Set.of("vxlan", "bridge", "veth", "dummy");
  private static final int UP = IFF_UP | IFF_RUNNING | IFF_LOWER_UP;

  private final FakeState state;
  private static final int SETTABLE =
      IFF_NOARP | IFF_PROMISC | IFF_ALLMULTI | IFF_MULTICAST | IFF_DYNAMIC;

  private final FakeAddresses addresses;
  private final FakeNeighbors neighbors;
  private final FakeFdb fdb;

  FakeLinks(FakeState state, FakeAddresses addresses, FakeNeighbors neighbors, FakeFdb fdb) {
    this.state = state;
    this.addresses = addresses;
    this.neighbors = neighbors;
    this.fdb = fdb;
    Link loopback = Link.of(1, "lo", LinkInfo.NONE).withMtu(65_536);
    state.links.put(1, loopback.withFlags(IFF_LOOPBACK).withAfSpec(defaults()));
  }

  void newLink(Message message) throws Refusal {
    ByteBuffer header = message.body().buffer();
    int index = header.getInt(4);
    Attributes attributes = Attributes.parse(header.position(LinkCodec.HEADER));
    Optional<Link> found = find(index, attributes);
    if (found.isPresent()) {
      if (message.has(Netlink.NLM_F_EXCL)) {
        throw new Refusal(Errno.EEXIST, "");
      }
      change(found.get(), message.body().buffer(), attributes);
    } else if (message.has(Netlink.NLM_F_CREATE)) {
      create(attributes);
    } else {
      throw new Refusal(Errno.ENODEV, "");
    }
  }

  void delLink(Message message) throws Refusal {
    Link link = state.link(message.body().buffer().getInt(4));
    if (link.isLoopback()) {
      throw new Refusal(Errno.EOPNOTSUPP, "");
    }
    down(link);
    addresses.flush(link.index());
    state.fdb.remove(link.index());
    state.links.remove(link.index());
    for (Link other : List.copyOf(state.links.values())) {
      if (other.master() == link.index()) {
        state.links.put(other.index(), other.withMaster(0));
      }
    }
    state.tell(RTNLGRP_LINK, RTM_DELLINK, LinkCodec.encode(link));
  }

  Link getLink(Message message) throws Refusal {
    ByteBuffer header = message.body().buffer();
    int index = header.getInt(4);
    return find(index, Attributes.parse(header.position(LinkCodec.HEADER)))
        .orElseThrow(() -> new Refusal(Errno.ENODEV, ""));
  }

  /** Puts a link there as if someone else had made it. */
  Link seed(Link link) {
    int index = link.index() == 0 ? state.nextIndex++ : link.index();
    state.nextIndex = Math.max(state.nextIndex, index + 1);
    AfSpec spec = link.afSpec().equals(AfSpec.NONE) ? defaults() : link.afSpec();
    Link seeded =
        new Link(
            index,
            link.type(),
            link.name(),
            link.flags(),
            link.mtu(),
            link.address(),
            link.master(),
            link.link(),
            link.operState(),
            link.alias(),
            link.info(),
            spec,
            link.unknown());
    store(seeded);
    return seeded;
  }

  private Optional<Link> find(int index, Attributes attributes) {
    if (index != 0) {
      return Optional.ofNullable(state.links.get(index));
    }
    return attributes.find(IFLA_IFNAME).map(Payload::string).flatMap(state::linkNamed);
  }

  private void create(Attributes attributes) throws Refusal {
    String name = attributes.find(IFLA_IFNAME).map(Payload::string).orElse("");
    Attributes info = nest(attributes, IFLA_LINKINFO);
    String kind = info.find(IFLA_INFO_KIND).map(Payload::string).orElse("");
    if (!KINDS.contains(kind)) {
      throw new Refusal(Errno.EOPNOTSUPP, "Unknown device type");
    }
    LinkInfo linkInfo = LinkInfo.of(kind);
    int mtu = 1500;
    if (kind.equals("vxlan")) {
      Vxlan vxlan = VxlanCodec.decode(nest(info, IFLA_INFO_DATA));
      check(vxlan);
      linkInfo = LinkInfo.of(vxlan);
      Link below = state.links.get(vxlan.link());
      if (below != null) {
        InetAddress local = vxlan.local();
        mtu = below.mtu() - (local != null && Family.of(local) == Family.AF_INET6 ? 70 : 50);
      }
    }
    int index = state.nextIndex++;
    MacAddress mac =
        attributes
            .find(IFLA_ADDRESS)
            .map(payload -> MacAddress.of(payload.toArray()))
            .orElse(new MacAddress(0x02_0000_000000L | index));
    store(
        Link.of(index, name, linkInfo)
            .withMtu(attributes.find(IFLA_MTU).map(Payload::s32).orElse(mtu))
            .withAddress(mac)
            .withGroup(attributes.find(IFLA_GROUP).map(Payload::s32).orElse(0))
            .withAfSpec(defaults()));
  }

  private void check(Vxlan vxlan) throws Refusal {
    for (Link other : state.links.values()) {
      Vxlan theirs = other.vxlan();
      if (theirs != null && theirs.id() == vxlan.id() && theirs.port() == vxlan.port()) {
        throw new Refusal(Errno.EEXIST, "A VXLAN device with the specified VNI already exists");
      }
    }
  }

  private void change(Link link, ByteBuffer header, Attributes attributes) throws Refusal {
    Link changed = link;
    Attributes data = nest(nest(attributes, IFLA_LINKINFO), IFLA_INFO_DATA);
    Vxlan vxlan = link.vxlan();
    if (vxlan != null) {
      if (!data.list().isEmpty() && attributes.find(IFLA_MTU).isPresent()) {
        throw new Refusal(Errno.EOPNOTSUPP, "Cannot change mtu");
      }
      changed = changed.withInfo(LinkInfo.of(change(vxlan, data)));
    }
    for (Attribute attribute : attributes) {
      Payload payload = attribute.payload();
      switch (attribute.type()) {
        case IFLA_MTU -> changed = changed.withMtu(payload.s32());
        case IFLA_ADDRESS -> changed = changed.withAddress(MacAddress.of(payload.toArray()));
        case IFLA_IFALIAS -> changed = changed.withAlias(payload.string());
        case IFLA_GROUP -> changed = changed.withGroup(payload.s32());
        case IFLA_MASTER -> changed = changed.withMaster(payload.s32());
        case IFLA_AF_SPEC ->
            changed = changed.withAfSpec(change(changed.afSpec(), payload.attributes()));
        default -> {}
      }
    }
    int mask = header.getInt(12);
    int flags = (link.flags() & ~(mask & SETTABLE)) | (header.getInt(8) & mask & SETTABLE);
    changed = changed.withFlags(flags);
    if (attributes.find(IFLA_ADDRESS).isPresent() || ((flags ^ link.flags()) & IFF_NOARP) != 0) {
      // NETDEV_CHANGEADDR comes for an equal address, too, and permanent neighbours go as well.
      neighbors.forgetDevice(link.index());
    }
    boolean asked = (mask & IFF_UP) != 0;
    if (asked && up(header) && !link.isUp()) {
      if (vxlan != null && state.takenUdpPorts.contains(vxlan.port())) {
        throw new Refusal(Errno.EADDRINUSE, "");
      }
      boolean carrier = !link.kind().equals("bridge");
      changed = changed.withFlags(changed.flags() | (carrier ? UP : IFF_UP));
      store(changed);
      addresses.up(changed);
    } else if (asked && !up(header) && link.isUp()) {
      down(changed);
    } else {
      store(changed);
    }
  }

  private static boolean up(ByteBuffer header) {
    return (header.getInt(8) & IFF_UP) != 0;
  }

  private static Vxlan change(Vxlan vxlan, Attributes data) throws Refusal {
    Integer id = data.find(IFLA_VXLAN_ID).map(Payload::s32).orElse(vxlan.id());
    if (id != vxlan.id()) {
      throw new Refusal(Errno.EOPNOTSUPP, "Cannot change VNI");
    }
    for (Attribute attribute : data) {
      String fixed =
          switch (attribute.type()) {
            case IFLA_VXLAN_LIMIT -> "limit";
            case IFLA_VXLAN_PORT -> "port";
            case IFLA_VXLAN_PORT_RANGE -> "port range";
            case IFLA_VXLAN_UDP_CSUM -> "UDP_CSUM flag";
            default -> "";
          };
      if (!fixed.isEmpty()) {
        throw new Refusal(Errno.EOPNOTSUPP, "Cannot change " + fixed);
      }
    }
    Payload local = data.find(IFLA_VXLAN_LOCAL).or(() -> data.find(IFLA_VXLAN_LOCAL6)).orElse(null);
    InetAddress before = vxlan.local();
    if (local != null && before != null && Family.of(before) != Family.of(local.ip())) {
      throw new Refusal(Errno.EOPNOTSUPP, "New local address family does not match old");
    }
    InetAddress group =
        data.find(IFLA_VXLAN_GROUP)
            .or(() -> data.find(IFLA_VXLAN_GROUP6))
            .map(Payload::ip)
            .orElse(vxlan.group());
    return new Vxlan(
        vxlan.id(),
        local == null ? before : local.ip(),
        vxlan.link(),
        vxlan.port(),
        vxlan.portLow(),
        vxlan.portHigh(),
        data.find(IFLA_VXLAN_LEARNING).map(it -> it.u8() != 0).orElse(vxlan.learning()),
        data.find(IFLA_VXLAN_AGEING).map(Payload::s32).orElse(vxlan.ageing()),
        vxlan.limit(),
        vxlan.udpCsum(),
        group == null || group.isAnyLocalAddress() ? null : group,
        vxlan.collectMetadata(),
        vxlan.unknown());
  }

  private static AfSpec change(AfSpec spec, Attributes families) {
    Inet4Conf inet4 = spec.inet4();
    Attributes conf = nest(nest(families, Family.AF_INET), IFLA_INET_CONF);
    if (inet4 != null) {
      List<Integer> values = new ArrayList<>(inet4.values());
      conf.forEach(one -> values.set(one.type() - 1, one.payload().s32()));
      inet4 = new Inet4Conf(values);
    }
    int mode =
        nest(families, Family.AF_INET6)
            .find(IFLA_INET6_ADDR_GEN_MODE)
            .map(Payload::u8)
            .orElse(spec.addrGenMode());
    return new AfSpec(inet4, spec.inet6(), mode, spec.unknown4(), spec.unknown6(), spec.unknown());
  }

  private void down(Link link) {
    Link down = link.withFlags(link.flags() & ~UP);
    store(down);
    addresses.down(down);
    fdb.down(down.index());
  }

  private void store(Link link) {
    state.links.put(link.index(), link);
    state.tell(RTNLGRP_LINK, RTM_NEWLINK, LinkCodec.encode(link));
  }

  private static Attributes nest(Attributes outer, int type) {
    return outer.find(type).map(Payload::attributes).orElse(new Attributes(List.of()));
  }

  private static AfSpec defaults() {
    return new AfSpec(
        new Inet4Conf(Collections.nCopies(33, 0)),
        new Inet6Conf(Collections.nCopies(60, 0)),
        0,
        List.of(),
        List.of(),
        List.of());
  }
}
