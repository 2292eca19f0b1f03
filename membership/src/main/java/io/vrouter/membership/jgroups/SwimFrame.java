package io.vrouter.membership.jgroups;

import java.nio.ByteBuffer;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.Version;
import org.jgroups.stack.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The frame of one message of ours: the same octets each time, the payload's length, the payload.
 * Nearly all that is sent and received is such a frame, and to have JGroups marshal and parse it
 * takes a sixth of what an idle daemon does. The octets are those that JGroups itself wrote once,
 * so the form on the wire stays its own.
 */
final class SwimFrame {
  /** Octets of JGroups' version, which may be another one that writes the same. */
  private static final int VERSION = 2;

  private final byte[] before;

  /** Learns the octets from the frame of a message without payload. */
  SwimFrame(ByteBuffer empty) {
    before = new byte[empty.remaining() - Integer.BYTES];
    empty.duplicate().get(before);
  }

  /** The frame of a message, or null when JGroups has to write it. */
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

  /** The message in a frame, or null when it is not exactly one of ours. */
  @Nullable Message in(ByteBuffer frame, IpAddress from, IpAddress to) {
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
    return new BytesMessage(to, payload).setSrc(from).putHeader(SWIM.ID, new SwimHeader());
  }
}
