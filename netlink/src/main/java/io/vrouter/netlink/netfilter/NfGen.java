package io.vrouter.netlink.netfilter;

import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Payload;

/** {@code struct nfgenmsg} of nftables' messages (include/uapi/linux/netfilter/nfnetlink.h). */
final class NfGen {
  static final int NFNL_SUBSYS_NFTABLES = 10;

  /**
   * The base of message numbers: the subsystem in the upper octet; NFT_MSG_ goes into the lower
   * one.
   */
  static final int MESSAGE = NFNL_SUBSYS_NFTABLES << 8;

  private static final int HEADER = 4;

  private NfGen() {}

  static AttributeWriter header(int family) {
    AttributeWriter out = new AttributeWriter();
    out.header(HEADER).put(0, (byte) family);
    return out;
  }

  static int family(Payload body) {
    return checked(body).buffer().get(0) & 0xff;
  }

  static Attributes attributes(Payload body) {
    return Attributes.parse(checked(body).buffer().position(HEADER));
  }

  private static Payload checked(Payload body) {
    if (body.length() < HEADER) {
      throw new DecodeException("nfgenmsg has 4 octets, not " + body.length());
    }
    return body;
  }
}
