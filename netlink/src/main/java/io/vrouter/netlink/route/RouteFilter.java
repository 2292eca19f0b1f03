package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Payload;

/**
 * The filter of a route dump. The kernel applies it (NETLINK_GET_STRICT_CHK), so that other routes
 * are neither sent nor read.
 *
 * @param family AF_INET or AF_INET6
 * @param table 0 for all tables
 * @param protocol RTPROT_, 0 for all
 * @param oif index of the device, 0 for all
 */
public record RouteFilter(int family, int table, int protocol, int oif) {
  /** All routes of a family. */
  public static RouteFilter all(int family) {
    return new RouteFilter(family, 0, 0, 0);
  }

  /** A filter of one table. */
  public RouteFilter inTable(int number) {
    return new RouteFilter(family, number, protocol, oif);
  }

  /** A filter of one protocol. */
  public RouteFilter ofProtocol(int number) {
    return new RouteFilter(family, table, number, oif);
  }

  /** A filter of one device. */
  public RouteFilter over(int ifIndex) {
    return new RouteFilter(family, table, protocol, ifIndex);
  }

  /** Whether the route matches the filter. */
  public boolean test(Route route) {
    return (table == 0 || route.table() == table)
        && (protocol == 0 || route.protocol() == protocol)
        && (oif == 0
            || route.oif() == oif
            || route.multipath().stream().anyMatch(hop -> hop.ifIndex() == oif));
  }

  /** The body of the dump's request. */
  public Payload body() {
    AttributeWriter out = new AttributeWriter();
    boolean wide = table < 0 || table > 255;
    out.header(RouteCodec.HEADER)
        .put(0, (byte) family)
        .put(4, (byte) (wide ? RT_TABLE_UNSPEC : table))
        .put(5, (byte) protocol);
    if (wide) {
      out.u32(RTA_TABLE, table);
    }
    if (oif != 0) {
      out.u32(RTA_OIF, oif);
    }
    return out.toPayload();
  }
}
