package io.vrouter.netlink.netfilter;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * IPCTNL_MSG_CT_ messages: {@code struct nfgenmsg} and attributes
 * (include/uapi/linux/netfilter/nfnetlink_conntrack.h).
 */
public final class ConntrackCodec {
  private static final int NFNL_SUBSYS_CTNETLINK = 1;
  private static final int HEADER = 4;

  /** The type of the messages that describe an entry. */
  public static final int IPCTNL_MSG_CT_NEW = NFNL_SUBSYS_CTNETLINK << 8;

  public static final int IPCTNL_MSG_CT_GET = IPCTNL_MSG_CT_NEW | 1;
  public static final int IPCTNL_MSG_CT_DELETE = IPCTNL_MSG_CT_NEW | 2;

  private static final int CTA_TUPLE_ORIG = 1;
  private static final int CTA_TUPLE_REPLY = 2;
  private static final int CTA_STATUS = 3;
  private static final int CTA_ID = 12;
  private static final int CTA_ZONE = 18;
  private static final int CTA_STATUS_MASK = 26;

  private static final int CTA_TUPLE_IP = 1;
  private static final int CTA_IP_V4_SRC = 1;
  private static final int CTA_IP_V4_DST = 2;
  private static final int CTA_IP_V6_SRC = 3;
  private static final int CTA_IP_V6_DST = 4;

  /** Status bit: the source is translated (nf_conntrack_common.h). */
  public static final int IPS_SRC_NAT = 1 << 4;

  private ConntrackCodec() {}

  /**
   * Dumps the entries of a family that have all these status bits.
   *
   * @param family AF_INET or AF_INET6
   * @param status IPS_ bits, 0 for all entries. Kernels before 5.15 ignore them
   */
  public static Request list(int family, int status) {
    AttributeWriter out = header(family);
    if (status != 0) {
      out.be32(CTA_STATUS, status).be32(CTA_STATUS_MASK, status);
    }
    return new Request(
        "list tracked connections", IPCTNL_MSG_CT_GET, Netlink.NLM_F_DUMP, out.toPayload());
  }

  /** Deletes an entry; ENOENT when it no longer exists or another entry has its tuple. */
  public static Request delete(ConntrackEntry entry) {
    return new Request(
        "delete " + entry,
        IPCTNL_MSG_CT_DELETE,
        0,
        header(entry.family()).putAll(entry.key()).toPayload());
  }

  private static AttributeWriter header(int family) {
    AttributeWriter out = new AttributeWriter();
    out.header(HEADER).put(0, (byte) family);
    return out;
  }

  /** Reads an entry. */
  public static ConntrackEntry decode(Payload body) {
    ByteBuffer in = body.buffer();
    if (in.remaining() < HEADER) {
      throw new DecodeException("nfgenmsg has 4 octets, not " + in.remaining());
    }
    int family = in.get(0) & 0xff;
    Attributes attributes = Attributes.parse(in.position(HEADER));
    List<Attribute> key = new ArrayList<>();
    for (Attribute attribute : attributes) {
      switch (attribute.type()) {
        case CTA_TUPLE_ORIG, CTA_ZONE, CTA_ID -> key.add(attribute);
        default -> {}
      }
    }
    Attributes first = addresses(attributes, CTA_TUPLE_ORIG);
    Attributes reply = addresses(attributes, CTA_TUPLE_REPLY);
    return new ConntrackEntry(
        family,
        source(first),
        destination(first),
        source(reply),
        destination(reply),
        attributes.find(CTA_STATUS).map(Payload::be32).orElse(0),
        key);
  }

  private static Attributes addresses(Attributes attributes, int tuple) {
    return attributes
        .find(tuple)
        .flatMap(found -> found.attributes().find(CTA_TUPLE_IP))
        .map(Payload::attributes)
        .orElseThrow(() -> new DecodeException("a connection without addresses in tuple " + tuple));
  }

  private static InetAddress source(Attributes addresses) {
    return either(addresses, CTA_IP_V4_SRC, CTA_IP_V6_SRC);
  }

  private static InetAddress destination(Attributes addresses) {
    return either(addresses, CTA_IP_V4_DST, CTA_IP_V6_DST);
  }

  private static InetAddress either(Attributes addresses, int v4, int v6) {
    Optional<Payload> found = addresses.find(v4).or(() -> addresses.find(v6));
    return found.orElseThrow(() -> new DecodeException("a tuple without addresses")).ip();
  }
}
