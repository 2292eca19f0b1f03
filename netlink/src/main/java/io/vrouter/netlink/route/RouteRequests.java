package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.Netlink.*;
import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Request;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Requests that change and look up routes (net/ipv4/fib_frontend.c, net/ipv6/route.c). */
public final class RouteRequests {
  private RouteRequests() {}

  /**
   * Adds a route. EEXIST when the table has one of the same prefix and metric, of any origin.
   * Success does not prove that it is in force: a route of a lower metric shadows it.
   */
  public static Request add(Route route) {
    return request("add", RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route);
  }

  /**
   * Adds a route, or overwrites the one of the same prefix and metric <em>whatever its
   * protocol</em>: use it only for own routes.
   */
  public static Request replace(Route route) {
    return request("replace", RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, route);
  }

  /**
   * Removes the route that has all of these: prefix, table, protocol, type, gateway, device,
   * metric. ESRCH when there is none.
   *
   * @throws IllegalArgumentException for protocol 0, which the kernel takes for any
   */
  public static Request delete(Route route) {
    if (route.protocol() == RTPROT_UNSPEC) {
      throw new IllegalArgumentException("a route is deleted by its protocol, and 0 means any");
    }
    return request("delete", RTM_DELROUTE, 0, route);
  }

  /** Looks up the route of the tables that a packet to that address would take. */
  public static Request lookup(InetAddress destination) {
    return lookup(destination, null, 0);
  }

  /**
   * Looks up the route that a packet would take which comes in at a device.
   *
   * @param source not an address of this host; null for a packet of this host's own
   * @param input index of the device, 0 for a packet of this host's own
   */
  public static Request lookup(InetAddress destination, @Nullable InetAddress source, int input) {
    AttributeWriter out = new AttributeWriter();
    ByteBuffer header = out.header(RouteCodec.HEADER);
    int family = Family.of(destination);
    header.put(0, (byte) family);
    header.put(1, (byte) Family.bits(destination));
    header.put(2, (byte) (source == null ? 0 : Family.bits(source)));
    // Without LOOKUP_TABLE IPv4 answers "main" for every table; IPv6 refuses the flag.
    int table = family == Family.AF_INET ? RTM_F_LOOKUP_TABLE : 0;
    header.putInt(8, RTM_F_FIB_MATCH | table);
    out.ip(RTA_DST, destination);
    if (source != null) {
      out.ip(RTA_SRC, source);
    }
    if (input != 0) {
      out.u32(RTA_IIF, input);
    }
    return new Request(
        "look up the route to " + destination.getHostAddress(), RTM_GETROUTE, 0, out.toPayload());
  }

  private static Request request(String verb, int type, int flags, Route route) {
    InetAddress gateway = route.gateway();
    String op =
        "%s route %s/%d%s dev %d proto %d metric %d"
            .formatted(
                verb,
                route.destination().getHostAddress(),
                route.prefixLength(),
                gateway == null ? "" : " via " + gateway.getHostAddress(),
                route.oif(),
                route.protocol(),
                route.metric());
    return new Request(op, type, flags, RouteCodec.encode(route));
  }
}
