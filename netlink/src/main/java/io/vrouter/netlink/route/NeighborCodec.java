package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.Ndm.*;

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

/** RTM_NEWNEIGH and RTM_DELNEIGH of AF_INET and AF_INET6: {@code struct ndmsg}, attributes. */
public final class NeighborCodec {
  /** Octets of {@code struct ndmsg}. */
  public static final int HEADER = 12;

  private NeighborCodec() {}

  /** Reads a neighbour. */
  public static Neighbor decode(Payload body) {
    ByteBuffer in = LinkCodec.header(body, HEADER, "ndmsg");
    int ifIndex = in.getInt(4);
    int state = in.getShort(8) & 0xffff;
    int flags = in.get(10) & 0xff;
    InetAddress destination = null;
    MacAddress lladdr = null;
    int protocol = 0;
    List<Attribute> unknown = new ArrayList<>();
    for (Attribute attribute : Attributes.parse(in.position(HEADER))) {
      Payload payload = attribute.payload();
      switch (attribute.type()) {
        case NDA_DST -> destination = payload.ip();
        case NDA_LLADDR -> {
          if (payload.length() == 6) {
            lladdr = MacAddress.decode(payload);
          } else {
            unknown.add(attribute);
          }
        }
        case NDA_PROTOCOL -> protocol = payload.u8();
        default -> unknown.add(attribute);
      }
    }
    if (destination == null) {
      throw new DecodeException("a neighbour message without NDA_DST");
    }
    return new Neighbor(ifIndex, destination, lladdr, state, flags, protocol, unknown);
  }

  /** The body for it, in a request as in an answer. */
  public static Payload encode(Neighbor neighbor) {
    AttributeWriter out = new AttributeWriter();
    header(
        out,
        Family.of(neighbor.destination()),
        neighbor.ifIndex(),
        neighbor.state(),
        neighbor.flags());
    out.ip(NDA_DST, neighbor.destination());
    MacAddress lladdr = neighbor.lladdr();
    if (lladdr != null) {
      out.octets(NDA_LLADDR, lladdr.toArray());
    }
    if (neighbor.protocol() != 0) {
      out.u8(NDA_PROTOCOL, neighbor.protocol());
    }
    return out.putAll(neighbor.unknown()).toPayload();
  }

  static void header(AttributeWriter out, int family, int ifIndex, int state, int flags) {
    out.header(HEADER)
        .put(0, (byte) family)
        .putInt(4, ifIndex)
        .putShort(8, (short) state)
        .put(10, (byte) flags);
  }
}
