package io.vrouter.netlink.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One netlink message: {@code struct nlmsghdr} and what follows it.
 *
 * @param type NLMSG_ or RTM_, 0 to 65,535
 * @param flags NLM_F_, 0 to 65,535
 * @param seq set by the requester and repeated in the answer
 * @param pid port of the requesting socket; the kernel's own is 0
 * @param body without padding
 */
public record Message(int type, int flags, int seq, int pid, Payload body) {
  /** Octets of {@code struct nlmsghdr}. */
  public static final int HEADER = 16;

  /**
   * Reads all messages of one datagram.
   *
   * @throws DecodeException when a length leads outside the datagram
   */
  public static List<Message> parse(ByteBuffer datagram) {
    ByteBuffer in = datagram.slice().order(ByteOrder.nativeOrder());
    List<Message> messages = new ArrayList<>();
    while (in.hasRemaining()) {
      if (in.remaining() < HEADER) {
        throw new DecodeException(in.remaining() + " octets left over after the messages");
      }
      int start = in.position();
      int length = in.getInt();
      if (length < HEADER || length > in.limit() - start) {
        throw new DecodeException(
            "a message claims %d octets of %d"
                .formatted(length & 0xffff_ffffL, in.limit() - start));
      }
      int type = in.getShort() & 0xffff;
      int flags = in.getShort() & 0xffff;
      int seq = in.getInt();
      int pid = in.getInt();
      Payload body = Payload.from(in.slice(start + HEADER, length - HEADER));
      messages.add(new Message(type, flags, seq, pid, body));
      in.position(Math.min(start + Netlink.align(length), in.limit()));
    }
    return messages;
  }

  /** Octets that {@link #write} puts, padding included. */
  public int size() {
    return HEADER + Netlink.align(body.length());
  }

  /** Appends the message to a buffer in host order with at least {@link #size()} octets of room. */
  public void write(ByteBuffer out) {
    out.putInt(HEADER + body.length());
    out.putShort((short) type).putShort((short) flags).putInt(seq).putInt(pid);
    body.copyTo(out);
    for (int i = body.length(); i < Netlink.align(body.length()); i++) {
      out.put((byte) 0);
    }
  }

  /** Whether all these flags are set. */
  public boolean has(int flag) {
    return (flags & flag) == flag;
  }
}
