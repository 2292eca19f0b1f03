package io.vrouter.netlink.netfilter;

import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Request;
import java.nio.ByteOrder;

/** The messages around a transaction (include/uapi/linux/netfilter/nfnetlink.h). */
public final class BatchCodec {
  private static final int NFNL_MSG_BATCH_BEGIN = 0x10;
  private static final int NFNL_MSG_BATCH_END = 0x11;
  private static final int NFNL_BATCH_GENID = 1;
  private static final int RES_ID = 2;

  private BatchCodec() {}

  /**
   * Begins a transaction that fails with ERESTART unless the ruleset is at this generation.
   *
   * @param generation as {@link GenerationCodec} reads it
   */
  public static Request begin(int generation) {
    return new Request(
        "begin a transaction",
        NFNL_MSG_BATCH_BEGIN,
        0,
        header().be32(NFNL_BATCH_GENID, generation).toPayload());
  }

  /** Ends and commits it. */
  public static Request end() {
    return new Request("commit a transaction", NFNL_MSG_BATCH_END, 0, header().toPayload());
  }

  private static AttributeWriter header() {
    AttributeWriter out = new AttributeWriter();
    out.header(4).order(ByteOrder.BIG_ENDIAN).putShort(RES_ID, (short) NfGen.NFNL_SUBSYS_NFTABLES);
    return out;
  }
}
