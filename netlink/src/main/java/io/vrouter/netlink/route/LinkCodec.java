package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.IfLink.*;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Payload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** RTM_NEWLINK and RTM_DELLINK as the kernel sends them: {@code struct ifinfomsg}, attributes. */
public final class LinkCodec {
  /** Octets of {@code struct ifinfomsg}. */
  public static final int HEADER = 16;

  private LinkCodec() {}

  /** Reads a link. */
  public static Link decode(Payload body) {
    ByteBuffer in = header(body, HEADER, "ifinfomsg");
    int type = in.getShort(2) & 0xffff;
    int index = in.getInt(4);
    int flags = in.getInt(8);
    String name = "";
    int mtu = 0;
    MacAddress address = null;
    int master = 0;
    int link = 0;
    int operState = 0;
    String alias = "";
    LinkInfo info = LinkInfo.NONE;
    AfSpec afSpec = AfSpec.NONE;
    List<Attribute> unknown = new ArrayList<>();
    for (Attribute attribute : Attributes.parse(in.position(HEADER))) {
      Payload payload = attribute.payload();
      switch (attribute.type()) {
        case IFLA_IFNAME -> name = payload.string();
        case IFLA_MTU -> mtu = payload.s32();
        case IFLA_ADDRESS -> {
          if (payload.length() == 6) {
            address = MacAddress.decode(payload);
          } else {
            unknown.add(attribute);
          }
        }
        case IFLA_MASTER -> master = payload.s32();
        case IFLA_LINK -> link = payload.s32();
        case IFLA_OPERSTATE -> operState = payload.u8();
        case IFLA_IFALIAS -> alias = payload.string();
        case IFLA_LINKINFO -> info = info(payload.attributes());
        case IFLA_AF_SPEC -> afSpec = AfSpecCodec.decode(payload.attributes());
        default -> unknown.add(attribute);
      }
    }
    return new Link(
        index, type, name, flags, mtu, address, master, link, operState, alias, info, afSpec,
        unknown);
  }

  /** The body the kernel would send for it. */
  public static Payload encode(Link link) {
    AttributeWriter out = new AttributeWriter();
    out.header(HEADER)
        .putShort(2, (short) link.type())
        .putInt(4, link.index())
        .putInt(8, link.flags());
    if (!link.name().isEmpty()) {
      out.string(IFLA_IFNAME, link.name());
    }
    out.u8(IFLA_OPERSTATE, link.operState()).u32(IFLA_MTU, link.mtu());
    MacAddress address = link.address();
    if (address != null) {
      out.octets(IFLA_ADDRESS, address.toArray());
    }
    if (link.master() != 0) {
      out.u32(IFLA_MASTER, link.master());
    }
    if (link.link() != 0) {
      out.u32(IFLA_LINK, link.link());
    }
    if (!link.alias().isEmpty()) {
      out.string(IFLA_IFALIAS, link.alias());
    }
    if (!link.info().equals(LinkInfo.NONE)) {
      out.nest(IFLA_LINKINFO, nest -> info(link.info(), nest));
    }
    if (!link.afSpec().equals(AfSpec.NONE)) {
      out.nest(IFLA_AF_SPEC, nest -> AfSpecCodec.encode(link.afSpec(), nest));
    }
    return out.putAll(link.unknown()).toPayload();
  }

  private static LinkInfo info(Attributes attributes) {
    String kind = attributes.find(IFLA_INFO_KIND).map(Payload::string).orElse("");
    Vxlan vxlan = null;
    List<Attribute> data = List.of();
    List<Attribute> unknown = new ArrayList<>();
    for (Attribute attribute : attributes) {
      switch (attribute.type()) {
        case IFLA_INFO_KIND -> {}
        case IFLA_INFO_DATA -> {
          if (kind.equals("vxlan")) {
            vxlan = VxlanCodec.decode(attribute.payload().attributes());
          } else {
            data = attribute.payload().attributes().list();
          }
        }
        default -> unknown.add(attribute);
      }
    }
    return new LinkInfo(kind, vxlan, data, unknown);
  }

  static void info(LinkInfo info, AttributeWriter out) {
    if (!info.kind().isEmpty()) {
      // No terminating zero, as in iproute2: the kernel takes the attribute's length as the text's.
      out.octets(IFLA_INFO_KIND, info.kind().getBytes(StandardCharsets.US_ASCII));
    }
    Vxlan vxlan = info.vxlan();
    if (vxlan != null) {
      out.nest(IFLA_INFO_DATA, nest -> VxlanCodec.encode(vxlan, nest));
    } else if (!info.data().isEmpty()) {
      out.nest(IFLA_INFO_DATA, nest -> nest.putAll(info.data()));
    }
    out.putAll(info.unknown());
  }

  static ByteBuffer header(Payload body, int length, String struct) {
    if (body.length() < length) {
      throw new DecodeException(
          "%s has %d octets, the message %d".formatted(struct, length, body.length()));
    }
    return body.buffer();
  }

  /** Codec of a nest; the attribute's type is the address family. */
  private static final class AfSpecCodec {
    static AfSpec decode(Attributes families) {
      Inet4Conf inet4 = null;
      Inet6Conf inet6 = null;
      int addrGenMode = -1;
      List<Attribute> unknown4 = new ArrayList<>();
      List<Attribute> unknown6 = new ArrayList<>();
      List<Attribute> unknown = new ArrayList<>();
      for (Attribute family : families) {
        switch (family.type()) {
          case Family.AF_INET -> {
            for (Attribute attribute : family.payload().attributes()) {
              if (attribute.type() == IFLA_INET_CONF) {
                inet4 = new Inet4Conf(ints(attribute.payload()));
              } else {
                unknown4.add(attribute);
              }
            }
          }
          case Family.AF_INET6 -> {
            for (Attribute attribute : family.payload().attributes()) {
              switch (attribute.type()) {
                case IFLA_INET6_CONF -> inet6 = new Inet6Conf(ints(attribute.payload()));
                case IFLA_INET6_ADDR_GEN_MODE -> addrGenMode = attribute.payload().u8();
                default -> unknown6.add(attribute);
              }
            }
          }
          default -> unknown.add(family);
        }
      }
      return new AfSpec(inet4, inet6, addrGenMode, unknown4, unknown6, unknown);
    }

    static void encode(AfSpec spec, AttributeWriter out) {
      Inet4Conf inet4 = spec.inet4();
      if (inet4 != null || !spec.unknown4().isEmpty()) {
        out.nest(
            Family.AF_INET,
            nest -> {
              if (inet4 != null) {
                nest.octets(IFLA_INET_CONF, octets(inet4.values()));
              }
              nest.putAll(spec.unknown4());
            });
      }
      Inet6Conf inet6 = spec.inet6();
      if (inet6 != null || spec.addrGenMode() >= 0 || !spec.unknown6().isEmpty()) {
        out.nest(
            Family.AF_INET6,
            nest -> {
              if (inet6 != null) {
                nest.octets(IFLA_INET6_CONF, octets(inet6.values()));
              }
              if (spec.addrGenMode() >= 0) {
                nest.u8(IFLA_INET6_ADDR_GEN_MODE, spec.addrGenMode());
              }
              nest.putAll(spec.unknown6());
            });
      }
      out.putAll(spec.unknown());
    }

    private static List<Integer> ints(Payload payload) {
      if (payload.length() % 4 != 0) {
        throw new DecodeException("a list of ints of " + payload.length() + " octets");
      }
      List<Integer> ints = new ArrayList<>();
      for (ByteBuffer in = payload.buffer(); in.hasRemaining(); ) {
        ints.add(in.getInt());
      }
      return ints;
    }

    private static byte[] octets(List<Integer> ints) {
      ByteBuffer out = ByteBuffer.allocate(4 * ints.size()).order(ByteOrder.nativeOrder());
      ints.forEach(out::putInt);
      return out.array();
    }
  }
}
