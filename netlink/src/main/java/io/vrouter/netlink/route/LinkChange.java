package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.IfLink.*;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Request;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Collects changes of an existing link into one request. ENODEV when the link doesn't exist.
 *
 * <p>Within one request the kernel switches a link up before it applies the per-family settings
 * (net/core/rtnetlink.c, do_setlink): send {@link #up} in a later request when they matter.
 */
public final class LinkChange {
  private final int ifIndex;
  private final String name;
  private final List<Consumer<AttributeWriter>> attributes = new ArrayList<>();
  private final List<String> words = new ArrayList<>();
  private final TreeMap<Integer, Integer> inet4 = new TreeMap<>();
  private int addrGenMode = -1;
  private int flags;
  private int mask;

  private LinkChange(int ifIndex, String name) {
    this.ifIndex = ifIndex;
    this.name = name;
  }

  /** A change of the link with this index. */
  public static LinkChange of(int ifIndex) {
    return new LinkChange(checkIndex(ifIndex), "");
  }

  /** A change of the link with this name: for a link that is made in the same batch. */
  public static LinkChange of(String name) {
    return new LinkChange(0, checkName(name));
  }

  /** Switches the link on. EADDRINUSE at a VXLAN device when another socket has its UDP port. */
  public LinkChange up() {
    return flag("up", IFF_UP);
  }

  /** Switches the link off: the kernel drops its routes and its dynamic entries. */
  public LinkChange down() {
    return flag("down", 0);
  }

  /**
   * Sets flags beside {@link #up} and {@link #down}.
   *
   * @param value IFF_, those of the mask that shall be set
   * @param which IFF_, those that change
   */
  public LinkChange flags(int value, int which) {
    words.add("flags 0x%x of 0x%x".formatted(value, which));
    flags = (flags & ~which) | (value & which);
    mask |= which;
    return this;
  }

  /** Sets one of the IFLA_ attributes that have no method here. */
  public LinkChange attribute(Attribute attribute) {
    return attribute(
        "attribute %d %s".formatted(attribute.type(), attribute.payload()),
        out -> out.put(attribute));
  }

  /** Sets one of the IFLA_VXLAN_ attributes that the kernel changes in place. */
  public LinkChange vxlan(Attribute attribute) {
    return vxlan(
        "vxlan attribute %d %s".formatted(attribute.type(), attribute.payload()),
        data -> data.put(attribute));
  }

  /** Sets the alias, at most 255 octets; empty removes it. */
  public LinkChange alias(String alias) {
    byte[] utf8 = alias.getBytes(StandardCharsets.UTF_8);
    if (utf8.length >= IFALIASZ) {
      throw new IllegalArgumentException(
          "an alias has at most 255 octets, not " + utf8.length + ": " + alias);
    }
    // No terminating zero, as in iproute2: the kernel takes the attribute's length as the text's.
    return attribute("alias '" + alias + "'", out -> out.octets(IFLA_IFALIAS, utf8));
  }

  /** Sets the MTU in octets. */
  public LinkChange mtu(int mtu) {
    return attribute("mtu " + mtu, out -> out.u32(IFLA_MTU, mtu));
  }

  /**
   * Sets the MAC address. The kernel then drops all neighbours of the device, permanent ones too,
   * even for an equal address (net/core/dev.c, NETDEV_CHANGEADDR; net/ipv4/arp.c).
   */
  public LinkChange address(MacAddress mac) {
    return attribute("address " + mac, out -> out.octets(IFLA_ADDRESS, mac.toArray()));
  }

  /** Sets the link's bridge; 0 removes the link from it. */
  public LinkChange master(int master) {
    return attribute("master " + master, out -> out.u32(IFLA_MASTER, master));
  }

  /** Sets the group; 0 is the default one. */
  public LinkChange group(int group) {
    return attribute("group " + group, out -> out.u32(IFLA_GROUP, group));
  }

  /** Sets IN6_ADDR_GEN_MODE_. EAFNOSUPPORT where the device has no IPv6. */
  public LinkChange addrGenMode(int mode) {
    words.add("addrgenmode " + mode);
    addrGenMode = mode;
    return this;
  }

  /**
   * Sets one value of /proc/sys/net/ipv4/conf/DEVICE, which works where /proc/sys is read-only.
   *
   * @param index IPV4_DEVCONF_, from 1
   */
  public LinkChange inet4(int index, int value) {
    words.add("inet4 " + index + "=" + value);
    inet4.put(index, value);
    return this;
  }

  /**
   * Sets the source address of a VXLAN device, in place, within one address family. EOPNOTSUPP when
   * the same request has an {@link #mtu} (vxlan_core.c, vxlan_nl2conf).
   */
  public LinkChange vxlanLocal(InetAddress local) {
    int type = Family.of(local) == Family.AF_INET ? IFLA_VXLAN_LOCAL : IFLA_VXLAN_LOCAL6;
    return vxlan("local " + local.getHostAddress(), data -> data.ip(type, local));
  }

  private LinkChange vxlan(String word, Consumer<AttributeWriter> setting) {
    return attribute(
        word,
        out ->
            out.nest(
                IFLA_LINKINFO,
                info -> {
                  info.octets(IFLA_INFO_KIND, "vxlan".getBytes(StandardCharsets.US_ASCII));
                  info.nest(IFLA_INFO_DATA, setting);
                }));
  }

  /** The request with all changes. */
  public Request request() {
    AttributeWriter out = body(ifIndex, flags, mask);
    if (!name.isEmpty()) {
      out.string(IFLA_IFNAME, name);
    }
    attributes.forEach(attribute -> attribute.accept(out));
    if (addrGenMode >= 0 || !inet4.isEmpty()) {
      out.nest(IFLA_AF_SPEC, this::afSpec);
    }
    String which = name.isEmpty() ? Integer.toString(ifIndex) : name;
    // RTM_NEWLINK without CREATE, as in iproute2: RTM_SETLINK ignores IFLA_LINKINFO.
    return new Request(
        "set link " + which + " " + String.join(" ", words),
        Rtnetlink.RTM_NEWLINK,
        0,
        out.toPayload());
  }

  private void afSpec(AttributeWriter out) {
    if (!inet4.isEmpty()) {
      out.nest(
          Family.AF_INET,
          family ->
              family.nest(IFLA_INET_CONF, conf -> inet4.forEach((k, value) -> conf.u32(k, value))));
    }
    if (addrGenMode >= 0) {
      out.nest(Family.AF_INET6, family -> family.u8(IFLA_INET6_ADDR_GEN_MODE, addrGenMode));
    }
  }

  private LinkChange flag(String word, int value) {
    words.add(word);
    flags = (flags & ~IFF_UP) | value;
    mask |= IFF_UP;
    return this;
  }

  private LinkChange attribute(String word, Consumer<AttributeWriter> attribute) {
    words.add(word);
    attributes.add(attribute);
    return this;
  }

  static AttributeWriter body(int ifIndex, int flags, int mask) {
    AttributeWriter out = new AttributeWriter();
    out.header(LinkCodec.HEADER).putInt(4, ifIndex).putInt(8, flags).putInt(12, mask);
    return out;
  }

  static int checkIndex(int ifIndex) {
    if (ifIndex <= 0) {
      throw new IllegalArgumentException("a link's index is at least 1, not " + ifIndex);
    }
    return ifIndex;
  }

  static String checkName(String name) {
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length >= IFNAMSIZ || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "'" + name + "' is not a link's name: 1 to 15 octets without zero");
    }
    return name;
  }
}
