package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.NetconfAttributes.*;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.Payload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** RTM_NEWNETCONF and RTM_DELNETCONF: {@code struct netconfmsg}, padding, attributes. */
public final class NetconfCodec {
  /** Octets of {@code struct netconfmsg} with its padding. */
  public static final int HEADER = 4;

  private NetconfCodec() {}

  /** Reads the settings. */
  public static Netconf decode(Payload body) {
    ByteBuffer in = LinkCodec.header(body, HEADER, "netconfmsg");
    int family = in.get(0) & 0xff;
    int ifIndex = 0;
    int forwarding = -1;
    int rpFilter = -1;
    List<Attribute> unknown = new ArrayList<>();
    for (Attribute attribute : Attributes.parse(in.position(HEADER))) {
      Payload payload = attribute.payload();
      switch (attribute.type()) {
        case NETCONFA_IFINDEX -> ifIndex = payload.s32();
        case NETCONFA_FORWARDING -> forwarding = payload.s32();
        case NETCONFA_RP_FILTER -> rpFilter = payload.s32();
        default -> unknown.add(attribute);
      }
    }
    return new Netconf(family, ifIndex, forwarding, rpFilter, unknown);
  }

  /** The body of a notification. */
  public static Payload encode(Netconf netconf) {
    AttributeWriter out = new AttributeWriter();
    out.header(HEADER).put(0, (byte) netconf.family());
    out.u32(NETCONFA_IFINDEX, netconf.ifIndex());
    if (netconf.forwarding() >= 0) {
      out.u32(NETCONFA_FORWARDING, netconf.forwarding());
    }
    if (netconf.rpFilter() >= 0) {
      out.u32(NETCONFA_RP_FILTER, netconf.rpFilter());
    }
    return out.putAll(netconf.unknown()).toPayload();
  }
}
