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

/** RTM_NEWNEIGH and RTM_DELNEIGH of AF_BRIDGE: {@code struct ndmsg}, attributes. */
public final class FdbCodec {
  /** Octets of {@code struct ndmsg}. */
  public static final int HEADER = NeighborCodec.HEADER;

  private FdbCodec() {}

  /** Reads an entry. */
  public static FdbEntry decode(Payload body) {
    ByteBuffer in = LinkCodec.header(body, HEADER, "ndmsg");
    int ifIndex = in.getInt(4);
    int state = in.getShort(8) & 0xffff;
    int flags = in.get(10) & 0xff;
    MacAddress mac = null;
    InetAddress dst = null;
    int port = 0;
    int vni = 0;
    int vlan = 0;
    int master = 0;
    List<Attribute> unknown = new ArrayList<>();
    for (Attribute attribute : Attributes.parse(in.position(HEADER))) {
      Payload payload = attribute.payload();
      switch (attribute.type()) {
        case NDA_LLADDR -> mac = MacAddress.decode(payload);
        case NDA_DST -> dst = payload.ip();
        case NDA_PORT -> port = payload.be16();
        case NDA_VNI -> vni = payload.s32();
        case NDA_VLAN -> vlan = payload.u16();
        case NDA_MASTER -> master = payload.s32();
        default -> unknown.add(attribute);
      }
    }
    if (mac == null) {
      throw new DecodeException("an FDB message without NDA_LLADDR");
    }
    return new FdbEntry(ifIndex, mac, dst, state, flags, port, vni, vlan, master, unknown);
  }

  /** The body for it, in a request as in an answer. */
  public static Payload encode(FdbEntry entry) {
    AttributeWriter out = new AttributeWriter();
    NeighborCodec.header(out, Family.AF_BRIDGE, entry.ifIndex(), entry.state(), entry.flags());
    out.octets(NDA_LLADDR, entry.mac().toArray());
    InetAddress dst = entry.dst();
    if (dst != null) {
      out.ip(NDA_DST, dst);
    }
    if (entry.port() != 0) {
      out.be16(NDA_PORT, entry.port());
    }
    if (entry.vni() != 0) {
      out.u32(NDA_VNI, entry.vni());
    }
    if (entry.vlan() != 0) {
      out.u16(NDA_VLAN, entry.vlan());
    }
    if (entry.master() != 0) {
      out.u32(NDA_MASTER, entry.master());
    }
    return out.putAll(entry.unknown()).toPayload();
  }
}
