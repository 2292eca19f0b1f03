package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.IfLink.*;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** IFLA_INFO_DATA of a VXLAN link. */
public final class VxlanCodec {
  private VxlanCodec() {}

  /** The attributes as the kernel dumps them; absent ones have the kernel's default. */
  public static Vxlan decode(Attributes attributes) {
    int id = 0;
    InetAddress local = null;
    int link = 0;
    int port = 0;
    int low = 0;
    int high = 0;
    boolean learning = true;
    int ageing = Vxlan.AGEING;
    int limit = 0;
    boolean udpCsum = true;
    InetAddress group = null;
    boolean metadata = false;
    List<Attribute> unknown = new ArrayList<>();
    for (Attribute attribute : attributes) {
      Payload payload = attribute.payload();
      switch (attribute.type()) {
        case IFLA_VXLAN_ID -> id = payload.s32();
        case IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6 -> local = payload.ip();
        case IFLA_VXLAN_LINK -> link = payload.s32();
        case IFLA_VXLAN_PORT -> port = payload.be16();
        case IFLA_VXLAN_PORT_RANGE -> {
          if (payload.length() != 4) {
            throw new DecodeException("a port range of " + payload.length() + " octets");
          }
          ByteBuffer range = payload.buffer().order(ByteOrder.BIG_ENDIAN);
          low = range.getShort() & 0xffff;
          high = range.getShort() & 0xffff;
        }
        case IFLA_VXLAN_LEARNING -> learning = payload.u8() != 0;
        case IFLA_VXLAN_AGEING -> ageing = payload.s32();
        case IFLA_VXLAN_LIMIT -> limit = payload.s32();
        case IFLA_VXLAN_UDP_CSUM -> udpCsum = payload.u8() != 0;
        case IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6 -> group = payload.ip();
        case IFLA_VXLAN_COLLECT_METADATA -> metadata = payload.u8() != 0;
        default -> unknown.add(attribute);
      }
    }
    return new Vxlan(
        id, local, link, port, low, high, learning, ageing, limit, udpCsum, group, metadata,
        unknown);
  }

  /** Writes all components, in iproute2's order, so that nothing depends on a kernel's defaults. */
  public static void encode(Vxlan vxlan, AttributeWriter out) {
    out.u32(IFLA_VXLAN_AGEING, vxlan.ageing());
    out.u32(IFLA_VXLAN_LIMIT, vxlan.limit());
    out.u8(IFLA_VXLAN_UDP_CSUM, vxlan.udpCsum() ? 1 : 0);
    out.u32(IFLA_VXLAN_ID, vxlan.id());
    ip(out, vxlan.group(), IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6);
    ip(out, vxlan.local(), IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6);
    if (vxlan.link() != 0) {
      out.u32(IFLA_VXLAN_LINK, vxlan.link());
    }
    out.u8(IFLA_VXLAN_LEARNING, vxlan.learning() ? 1 : 0);
    if (vxlan.portLow() != 0 || vxlan.portHigh() != 0) {
      ByteBuffer range = ByteBuffer.allocate(4);
      range.putShort((short) vxlan.portLow()).putShort((short) vxlan.portHigh());
      out.octets(IFLA_VXLAN_PORT_RANGE, range.array());
    }
    out.be16(IFLA_VXLAN_PORT, vxlan.port());
    if (vxlan.collectMetadata()) {
      out.u8(IFLA_VXLAN_COLLECT_METADATA, 1);
    }
    out.putAll(vxlan.unknown());
  }

  private static void ip(AttributeWriter out, @Nullable InetAddress address, int v4, int v6) {
    if (address != null) {
      out.ip(Family.of(address) == Family.AF_INET ? v4 : v6, address);
    }
  }
}
