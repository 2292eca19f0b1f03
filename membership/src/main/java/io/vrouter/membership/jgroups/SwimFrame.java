package io.vrouter.membership.jgroups;

import io.vrouter.membership.NodeId;
import java.nio.ByteBuffer;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.Version;
import org.jgroups.stack.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The frame of one engine message: constant octets, the payload's length, the payload. Nearly every
 * frame has this form, and JGroups' marshalling and parsing would take a sixth of an idle daemon's
 * processor time. The constant octets come from one frame that JGroups wrote, so the form on the
 * wire stays JGroups' own.
 */
final class SwimFrame {
  /** Octets of JGroups' version; compatible versions differ only here. */
  private static final int VERSION = 2;

  private final byte[] before;

  /** Takes the constant octets from the frame of a message without payload. */
  SwimFrame(ByteBuffer empty) {
    before = new byte[empty.remaining() - Integer.BYTES];
    empty.duplicate().get(before);
  }

  /** The frame of an engine message, or null for any other message. */
  @Nullable ByteBuffer of(Message message) {
    if (!(message.getHeader(SWIM.ID) instanceof SwimHeader) || !message.hasArray()) {
      return null;
    }
    int length = message.getLength();
    return ByteBuffer.allocate(before.length + Integer.BYTES + length)
        .put(before)
        .putInt(length)
        .put(message.getArray(), message.getOffset(), length)
        .flip();
  }

  /**
   * The message in a frame, or null when the frame has another form.
   *
   * @param sender the node that the frame's session belongs to
   */
  @Nullable Message in(ByteBuffer frame, IpAddress from, IpAddress to, NodeId sender) {
    int start = frame.position();
    int at = start + before.length + Integer.BYTES;
    if (at > frame.limit()
        || frame.getInt(at - Integer.BYTES) != frame.limit() - at
        || !Version.isBinaryCompatible(frame.getShort(start))) {
      return null;
    }
    for (int i = VERSION; i < before.length; i++) {
      if (frame.get(start + i) != before[i]) {
        return null;
      }
    }
    byte[] payload = new byte[frame.limit() - at];
    frame.get(at, payload);
    return new BytesMessage(to, payload).setSrc(from).putHeader(SWIM.ID, new SwimHeader(sender));
  }
}
