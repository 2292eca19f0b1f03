package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.IfAddr.*;

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

/** RTM_NEWADDR and RTM_DELADDR: {@code struct ifaddrmsg} and attributes. */
public final class AddressCodec {
  /** Octets of {@code struct ifaddrmsg}. */
  public static final int HEADER = 8;

  private AddressCodec() {}

  /** Reads an address. */
  public static Address decode(Payload body) {
    ByteBuffer in = LinkCodec.header(body, HEADER, "ifaddrmsg");
    int prefixLength = in.get(1) & 0xff;
    int flags = in.get(2) & 0xff;
    int scope = in.get(3) & 0xff;
    int ifIndex = in.getInt(4);
    InetAddress address = null;
    InetAddress local = null;
    InetAddress broadcast = null;
    String label = "";
    List<Attribute> unknown = new ArrayList<>();
    for (Attribute attribute : Attributes.parse(in.position(HEADER))) {
      Payload payload = attribute.payload();
      switch (attribute.type()) {
        case IFA_ADDRESS -> address = payload.ip();
        case IFA_LOCAL -> local = payload.ip();
        case IFA_BROADCAST -> broadcast = payload.ip();
        case IFA_LABEL -> label = payload.string();
        case IFA_FLAGS -> flags = payload.s32();
        default -> unknown.add(attribute);
      }
    }
    // IFA_ADDRESS is the far end's where there is one, and then IFA_LOCAL is ours (if_addr.h).
    InetAddress own = local != null ? local : address;
    if (own == null) {
      throw new DecodeException("an address message without IFA_LOCAL and IFA_ADDRESS");
    }
    InetAddress peer = address == null || address.equals(own) ? null : address;
    return new Address(ifIndex, own, prefixLength, scope, flags, peer, broadcast, label, unknown);
  }

  /** The body for it, in a request as in an answer. */
  public static Payload encode(Address address) {
    AttributeWriter out = new AttributeWriter();
    InetAddress own = address.address();
    out.header(HEADER)
        .put((byte) Family.of(own))
        .put((byte) address.prefixLength())
        .put((byte) address.flags())
        .put((byte) address.scope())
        .putInt(address.ifIndex());
    InetAddress peer = address.peer();
    out.ip(IFA_LOCAL, own).ip(IFA_ADDRESS, peer == null ? own : peer);
    InetAddress broadcast = address.broadcast();
    if (broadcast != null) {
      out.ip(IFA_BROADCAST, broadcast);
    }
    if (!address.label().isEmpty()) {
      out.string(IFA_LABEL, address.label());
    }
    if ((address.flags() & ~0xff) != 0) {
      out.u32(IFA_FLAGS, address.flags());
    }
    return out.putAll(address.unknown()).toPayload();
  }
}
