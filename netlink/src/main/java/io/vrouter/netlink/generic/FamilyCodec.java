package io.vrouter.netlink.generic;

import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;

/** The message type of a generic netlink family, which the kernel assigns at registration. */
public final class FamilyCodec {
  private static final int VERSION = 1;

  private FamilyCodec() {}

  /** Asks for a family by name. ENOENT when the kernel doesn't have it. */
  public static Request request(String family) {
    AttributeWriter out = new AttributeWriter();
    out.header(Genl.GENL_HDRLEN).put(0, (byte) Genl.CTRL_CMD_GETFAMILY).put(1, (byte) VERSION);
    out.string(Genl.CTRL_ATTR_FAMILY_NAME, family);
    return new Request(
        "resolve generic netlink family " + family, Genl.GENL_ID_CTRL, 0, out.toPayload());
  }

  /**
   * The family's message type.
   *
   * @throws DecodeException when the answer has none
   */
  public static int decode(Payload body) {
    if (body.length() < Genl.GENL_HDRLEN) {
      throw new DecodeException("a generic netlink header has 4 octets, not " + body.length());
    }
    return Attributes.parse(body.buffer().position(Genl.GENL_HDRLEN))
        .find(Genl.CTRL_ATTR_FAMILY_ID)
        .orElseThrow(() -> new DecodeException("no CTRL_ATTR_FAMILY_ID"))
        .u16();
  }
}
