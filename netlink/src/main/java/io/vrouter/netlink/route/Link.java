package io.vrouter.netlink.route;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Payload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network device.
 *
 * @param index from 1
 * @param type ARPHRD_
 * @param name at most 15 octets
 * @param flags IFF_
 * @param mtu octets
 * @param address null when it has none of six octets
 * @param master index of the bridge or bond it belongs to, 0 for none
 * @param link index of the device below, or of a veth's other end; 0 for none. It counts in another
 *     namespace when {@code unknown} has IFLA_LINK_NETNSID
 * @param operState IF_OPER_, 6 for up
 * @param alias free text, empty for none: the daemon's mark is here
 * @param info kind of device
 * @param afSpec settings per address family
 * @param unknown other attributes, kept
 */
public record Link(
    int index,
    int type,
    String name,
    int flags,
    int mtu,
    @Nullable MacAddress address,
    int master,
    int link,
    int operState,
    String alias,
    LinkInfo info,
    AfSpec afSpec,
    List<Attribute> unknown) {
  /** Copies the list. */
  public Link {
    unknown = List.copyOf(unknown);
  }

  /** An Ethernet device that is down, MTU 1,500, nothing else set: a start for tests and fakes. */
  public static Link of(int index, String name, LinkInfo info) {
    return new Link(
        index,
        IfLink.ARPHRD_ETHER,
        name,
        IfLink.IFF_BROADCAST | IfLink.IFF_MULTICAST,
        1500,
        null,
        0,
        0,
        2,
        "",
        info,
        AfSpec.NONE,
        List.of());
  }

  /** The group it is in (IFLA_GROUP), 0 for the default group. */
  public int group() {
    return new Attributes(unknown).find(IfLink.IFLA_GROUP).map(Payload::s32).orElse(0);
  }

  /** {@code vxlan}, {@code bridge}, {@code veth}; empty for hardware and loopback. */
  public String kind() {
    return info.kind();
  }

  /** Set when it is a VXLAN device. */
  public @Nullable Vxlan vxlan() {
    return info.vxlan();
  }

  /** IPv4 settings. */
  public @Nullable Inet4Conf inet4() {
    return afSpec.inet4();
  }

  /** IPv6 settings. */
  public @Nullable Inet6Conf inet6() {
    return afSpec.inet6();
  }

  /** Whether an administrator has switched it on. */
  public boolean isUp() {
    return (flags & IfLink.IFF_UP) != 0;
  }

  /** Whether it has a carrier. */
  public boolean hasCarrier() {
    return (flags & IfLink.IFF_LOWER_UP) != 0;
  }

  /** Whether it is the loopback device. */
  public boolean isLoopback() {
    return (flags & IfLink.IFF_LOOPBACK) != 0;
  }

  /** The same with other flags. */
  public Link withFlags(int newFlags) {
    return new Link(
        index, type, name, newFlags, mtu, address, master, link, operState, alias, info, afSpec,
        unknown);
  }

  /** The same with another MTU. */
  public Link withMtu(int newMtu) {
    return new Link(
        index, type, name, flags, newMtu, address, master, link, operState, alias, info, afSpec,
        unknown);
  }

  /** The same with another address. */
  public Link withAddress(MacAddress newAddress) {
    return new Link(
        index,
        type,
        name,
        flags,
        mtu,
        newAddress,
        master,
        link,
        operState,
        alias,
        info,
        afSpec,
        unknown);
  }

  /** The same with another alias. */
  public Link withAlias(String newAlias) {
    return new Link(
        index, type, name, flags, mtu, address, master, link, operState, newAlias, info, afSpec,
        unknown);
  }

  /** The same in another group. */
  public Link withGroup(int newGroup) {
    List<Attribute> others = new ArrayList<>(unknown);
    others.removeIf(attribute -> attribute.type() == IfLink.IFLA_GROUP);
    AttributeWriter group = new AttributeWriter().u32(IfLink.IFLA_GROUP, newGroup);
    others.addAll(group.toPayload().attributes().list());
    return new Link(
        index, type, name, flags, mtu, address, master, link, operState, alias, info, afSpec,
        others);
  }

  /** The same below another master, 0 for none. */
  public Link withMaster(int newMaster) {
    return new Link(
        index, type, name, flags, mtu, address, newMaster, link, operState, alias, info, afSpec,
        unknown);
  }

  /** The same with another kind or other settings of its kind. */
  public Link withInfo(LinkInfo newInfo) {
    return new Link(
        index, type, name, flags, mtu, address, master, link, operState, alias, newInfo, afSpec,
        unknown);
  }

  /** The same with other settings per address family. */
  public Link withAfSpec(AfSpec newAfSpec) {
    return new Link(
        index, type, name, flags, mtu, address, master, link, operState, alias, info, newAfSpec,
        unknown);
  }
}
