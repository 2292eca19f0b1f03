package io.vrouter.netlink.wire;

import java.nio.ByteBuffer;

/**
 * The kernel's verdict on one request: NLMSG_ERROR with NETLINK_EXT_ACK (net/netlink/af_netlink.c,
 * netlink_ack), or the end of a dump.
 *
 * @param errno 0 for success, else positive
 * @param kernelMessage the kernel's text, empty for none
 * @param offset of the offending attribute, in octets from the start of the request's message; -1
 *     when it named none
 */
public record Ack(int errno, String kernelMessage, int offset) {
  /**
   * Reads a message of type NLMSG_ERROR or NLMSG_DONE.
   *
   * @throws DecodeException when it is cut short
   */
  public static Ack decode(Message message) {
    ByteBuffer in = message.body().buffer();
    boolean done = message.type() == Netlink.NLMSG_DONE;
    if (done && !in.hasRemaining()) {
      return new Ack(0, "", -1);
    }
    if (in.remaining() < (done ? 4 : 4 + Message.HEADER)) {
      throw new DecodeException("an acknowledgement of " + in.remaining() + " octets");
    }
    // MIN_VALUE has no positive counterpart and is no errno.
    int errno = Math.max(0, -Math.max(in.getInt(), -Integer.MAX_VALUE));
    if (!message.has(Netlink.NLM_F_ACK_TLVS)) {
      return new Ack(errno, "", -1);
    }
    int echoed = done ? 0 : Message.HEADER;
    if (!done && !message.has(Netlink.NLM_F_CAPPED)) {
      long length = in.getInt(in.position()) & 0xffff_ffffL;
      if (length < Message.HEADER || length > in.remaining()) {
        throw new DecodeException("an acknowledgement echoes " + length + " octets");
      }
      echoed = Math.min(Netlink.align((int) length), in.remaining());
    }
    in.position(in.position() + echoed);
    Attributes attributes = Attributes.parse(in);
    return new Ack(
        errno,
        attributes.find(Netlink.NLMSGERR_ATTR_MSG).map(Payload::string).orElse(""),
        attributes.find(Netlink.NLMSGERR_ATTR_OFFS).map(Payload::s32).orElse(-1));
  }
}
