package io.vrouter.netlink.netfilter;

import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import java.nio.ByteBuffer;

/**
 * NFT_MSG_GETGEN and its answer (include/uapi/linux/netfilter/nf_tables.h): the number of
 * transactions of nftables in a namespace.
 */
public final class GenerationCodec {
  private static final int NFNL_SUBSYS_NFTABLES = 10 << 8;
  private static final int HEADER = 4;
  private static final int NFTA_GEN_ID = 1;

  /** The type of the answer. */
  public static final int NFT_MSG_NEWGEN = NFNL_SUBSYS_NFTABLES | 15;

  public static final int NFT_MSG_GETGEN = NFNL_SUBSYS_NFTABLES | 16;

  private GenerationCodec() {}

  /** Asks for the present generation. */
  public static Request get() {
    AttributeWriter out = new AttributeWriter();
    out.header(HEADER);
    return new Request("ask for nftables' generation", NFT_MSG_GETGEN, 0, out.toPayload());
  }

  /** The generation; each transaction adds 1, and it wraps at 2^32. */
  public static int decode(Payload body) {
    ByteBuffer in = body.buffer();
    if (in.remaining() < HEADER) {
      throw new DecodeException("nfgenmsg has 4 octets, not " + in.remaining());
    }
    return Attributes.parse(in.position(HEADER))
        .find(NFTA_GEN_ID)
        .map(Payload::be32)
        .orElseThrow(() -> new DecodeException("a generation without its number"));
  }
}
