package io.vrouter.netlink.route;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route.
 *
 * @param destination network address, host bits zero
 * @param prefixLength 0 to 32 or 128
 * @param gateway next hop; null for none, and for one of another family (RTA_VIA, kept in {@code
 *     unknown})
 * @param oif index of the device, 0 for none
 * @param protocol RTPROT_, 0 to 255: its origin
 * @param table any number; {@link Rtnetlink#RT_TABLE_MAIN} is 254
 * @param metric lower wins; 0 of IPv4's default. IPv6 turns a 0 in a request into 1,024
 * @param flags RTNH_F_, in a lookup's answer RTM_F_ too
 * @param type RTN_
 * @param scope RT_SCOPE_
 * @param tos type of service it is for, 0 for any
 * @param prefSource preferred source address; null for none
 * @param multipath next hops when there are several, then {@code gateway} and {@code oif} are unset
 * @param unknown other attributes, kept; RTA_CACHEINFO changes by itself, of RTA_METRICS see {@link
 *     #mtu}
 */
public record Route(
    InetAddress destination,
    int prefixLength,
    @Nullable InetAddress gateway,
    int oif,
    int protocol,
    int table,
    int metric,
    int flags,
    int type,
    int scope,
    int tos,
    @Nullable InetAddress prefSource,
    List<NextHop> multipath,
    List<Attribute> unknown) {
  /**
   * One of several next hops ({@code struct rtnexthop}).
   *
   * @param ifIndex the device
   * @param flags RTNH_F_
   * @param hops weight less one
   * @param gateway null for none
   * @param unknown other attributes, kept
   */
  public record NextHop(
      int ifIndex, int flags, int hops, @Nullable InetAddress gateway, List<Attribute> unknown) {
    /** Copies the list. */
    public NextHop {
      unknown = List.copyOf(unknown);
    }
  }

  /** Copies the lists. */
  public Route {
    multipath = List.copyOf(multipath);
    unknown = List.copyOf(unknown);
  }

  /** A unicast route of the main table; the gateway need not be on a connected prefix. */
  public static Route onlink(
      InetAddress destination,
      int prefixLength,
      InetAddress gateway,
      int oif,
      int protocol,
      int metric) {
    return new Route(
        destination,
        prefixLength,
        gateway,
        oif,
        protocol,
        Rtnetlink.RT_TABLE_MAIN,
        metric,
        Rtnetlink.RTNH_F_ONLINK,
        Rtnetlink.RTN_UNICAST,
        Rtnetlink.RT_SCOPE_UNIVERSE,
        0,
        null,
        List.of(),
        List.of());
  }

  /** Octets of the largest packet the route carries (RTAX_MTU); 0 for the device's MTU. */
  public int mtu() {
    return metrics().find(Rtnetlink.RTAX_MTU).map(Payload::s32).orElse(0);
  }

  /** RTAX_ settings, the MTU among them. */
  public Attributes metrics() {
    return new Attributes(unknown)
        .find(Rtnetlink.RTA_METRICS)
        .map(Payload::attributes)
        .orElse(new Attributes(List.of()));
  }

  /**
   * A copy with another MTU.
   *
   * @param octets 0 for the device's MTU
   */
  public Route withMtu(int octets) {
    AttributeWriter metrics = new AttributeWriter();
    for (Attribute metric : metrics()) {
      if (metric.type() != Rtnetlink.RTAX_MTU) {
        metrics.put(metric);
      }
    }
    if (octets != 0) {
      metrics.u32(Rtnetlink.RTAX_MTU, octets);
    }
    Payload nest = metrics.toPayload();
    List<Attribute> others = new ArrayList<>(unknown);
    others.removeIf(attribute -> attribute.type() == Rtnetlink.RTA_METRICS);
    if (nest.length() > 0) {
      others.add(new Attribute(Rtnetlink.RTA_METRICS, nest));
    }
    return new Route(
        destination,
        prefixLength,
        gateway,
        oif,
        protocol,
        table,
        metric,
        flags,
        type,
        scope,
        tos,
        prefSource,
        multipath,
        others);
  }

  /** Whether the gateway counts as on the device, without a route to it (RTNH_F_ONLINK). */
  public boolean isOnlink() {
    return (flags & Rtnetlink.RTNH_F_ONLINK) != 0;
  }
}
