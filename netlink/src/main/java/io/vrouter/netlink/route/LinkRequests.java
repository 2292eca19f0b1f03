package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.IfLink.*;

import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Request;
import io.vrouter.netlink.wire.Rtnetlink;
import org.jspecify.annotations.Nullable;

/** Requests that make and remove links. {@link LinkChange} changes an existing one. */
public final class LinkRequests {
  private LinkRequests() {}

  /**
   * Makes a virtual link, down. EEXIST when the name, or the VNI and port of a VXLAN device, are
   * taken.
   *
   * <p>The kernel ignores alias and per-family settings at creation (net/core/rtnetlink.c,
   * rtnl_create_link): send a {@link LinkChange} in the same batch.
   *
   * @param name 1 to 15 octets
   * @param info kind and settings
   * @param mtu octets, 0 for the kernel's choice. A VXLAN device without {@link Vxlan#link()} gets
   *     1,500 then, and large packets vanish
   * @param mac set now, else udev may rewrite it; null for a random one
   */
  public static Request create(String name, LinkInfo info, int mtu, @Nullable MacAddress mac) {
    return create(name, info, mtu, mac, 0);
  }

  /**
   * As above, in a group.
   *
   * @param group any number, 0 for the default group; unlike an alias, the kernel sets it at
   *     creation
   */
  public static Request create(
      String name, LinkInfo info, int mtu, @Nullable MacAddress mac, int group) {
    AttributeWriter out = LinkChange.body(0, 0, 0);
    if (mtu != 0) {
      out.u32(IFLA_MTU, mtu);
    }
    if (mac != null) {
      out.octets(IFLA_ADDRESS, mac.toArray());
    }
    if (group != 0) {
      out.u32(IFLA_GROUP, group);
    }
    out.string(IFLA_IFNAME, LinkChange.checkName(name));
    out.nest(IFLA_LINKINFO, nest -> LinkCodec.info(info, nest));
    return new Request(
        "create link " + name + " of kind " + info.kind(),
        Rtnetlink.RTM_NEWLINK,
        Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL,
        out.toPayload());
  }

  /** Removes a link with all its addresses, routes and entries. ENODEV when it doesn't exist. */
  public static Request delete(int ifIndex) {
    return new Request(
        "delete link " + ifIndex,
        Rtnetlink.RTM_DELLINK,
        0,
        LinkChange.body(LinkChange.checkIndex(ifIndex), 0, 0).toPayload());
  }
}
