package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** RTM_NEWROUTE and RTM_DELROUTE: {@code struct rtmsg} and attributes. */
public final class RouteCodec {
  /** Octets of {@code struct rtmsg}. */
  public static final int HEADER = 12;

  private static final int NEXT_HOP_HEADER = 8;

  private RouteCodec() {}

  /** Reads a route. */
  public static Route decode(Payload body) {
    ByteBuffer in = LinkCodec.header(body, HEADER, "rtmsg");
    int family = in.get(0) & 0xff;
    int prefixLength = in.get(1) & 0xff;
    int tos = in.get(3) & 0xff;
    int table = in.get(4) & 0xff;
    int protocol = in.get(5) & 0xff;
    int scope = in.get(6) & 0xff;
    int type = in.get(7) & 0xff;
    int flags = in.getInt(8);
    InetAddress destination = any(family);
    InetAddress gateway = null;
    int oif = 0;
    int metric = 0;
    InetAddress prefSource = null;
    List<Route.NextHop> multipath = List.of();
    List<Attribute> unknown = new ArrayList<>();
    for (Attribute attribute : Attributes.parse(in.position(HEADER))) {
      Payload payload = attribute.payload();
      switch (attribute.type()) {
        case RTA_DST -> destination = payload.ip();
        case RTA_GATEWAY -> gateway = payload.ip();
        case RTA_OIF -> oif = payload.s32();
        case RTA_PRIORITY -> metric = payload.s32();
        case RTA_PREFSRC -> prefSource = payload.ip();
        case RTA_TABLE -> table = payload.s32();
        case RTA_MULTIPATH -> multipath = nextHops(payload.buffer());
        default -> unknown.add(attribute);
      }
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
        unknown);
  }

  /** The body for it, in a request as in an answer. */
  public static Payload encode(Route route) {
    AttributeWriter out = new AttributeWriter();
    boolean wide = route.table() < 0 || route.table() > 255;
    out.header(HEADER)
        .put((byte) Family.of(route.destination()))
        .put((byte) route.prefixLength())
        .put((byte) 0)
        .put((byte) route.tos())
        .put((byte) (wide ? RT_TABLE_UNSPEC : route.table()))
        .put((byte) route.protocol())
        .put((byte) route.scope())
        .put((byte) route.type())
        .putInt(route.flags());
    if (route.prefixLength() != 0 || !route.destination().isAnyLocalAddress()) {
      out.ip(RTA_DST, route.destination());
    }
    InetAddress gateway = route.gateway();
    if (gateway != null) {
      out.ip(RTA_GATEWAY, gateway);
    }
    if (route.metric() != 0) {
      out.u32(RTA_PRIORITY, route.metric());
    }
    if (wide) {
      out.u32(RTA_TABLE, route.table());
    }
    if (route.oif() != 0) {
      out.u32(RTA_OIF, route.oif());
    }
    InetAddress prefSource = route.prefSource();
    if (prefSource != null) {
      out.ip(RTA_PREFSRC, prefSource);
    }
    if (!route.multipath().isEmpty()) {
      out.octets(RTA_MULTIPATH, octets(route.multipath()));
    }
    return out.putAll(route.unknown()).toPayload();
  }

  private static InetAddress any(int family) {
    return switch (family) {
      case Family.AF_INET -> Payload.of(new byte[4]).ip();
      case Family.AF_INET6 -> Payload.of(new byte[16]).ip();
      default -> throw new DecodeException("a route of family " + family);
    };
  }

  private static List<Route.NextHop> nextHops(ByteBuffer in) {
    List<Route.NextHop> hops = new ArrayList<>();
    while (in.hasRemaining()) {
      if (in.remaining() < NEXT_HOP_HEADER) {
        throw new DecodeException(in.remaining() + " octets left over after the next hops");
      }
      int start = in.position();
      int length = in.getShort(start) & 0xffff;
      if (length < NEXT_HOP_HEADER || length > in.remaining()) {
        throw new DecodeException("a next hop claims " + length + " octets of " + in.remaining());
      }
      InetAddress gateway = null;
      List<Attribute> unknown = new ArrayList<>();
      ByteBuffer attributes = in.slice(start + NEXT_HOP_HEADER, length - NEXT_HOP_HEADER);
      for (Attribute attribute : Attributes.parse(attributes)) {
        if (attribute.type() == RTA_GATEWAY) {
          gateway = attribute.payload().ip();
        } else {
          unknown.add(attribute);
        }
      }
      hops.add(
          new Route.NextHop(
              in.getInt(start + 4),
              in.get(start + 2) & 0xff,
              in.get(start + 3) & 0xff,
              gateway,
              unknown));
      in.position(Math.min(start + ((length + 3) & ~3), in.limit()));
    }
    return hops;
  }

  private static byte[] octets(List<Route.NextHop> hops) {
    AttributeWriter all = new AttributeWriter();
    for (Route.NextHop hop : hops) {
      AttributeWriter out = new AttributeWriter();
      InetAddress gateway = hop.gateway();
      if (gateway != null) {
        out.ip(RTA_GATEWAY, gateway);
      }
      Payload attributes = out.putAll(hop.unknown()).toPayload();
      ByteBuffer at = all.header(NEXT_HOP_HEADER + attributes.length());
      at.putShort((short) (NEXT_HOP_HEADER + attributes.length()))
          .put((byte) hop.flags())
          .put((byte) hop.hops())
          .putInt(hop.ifIndex());
      attributes.copyTo(at);
    }
    return all.toPayload().toArray();
  }
}
