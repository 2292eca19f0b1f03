package io.vrouter.membership.jgroups;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.InetSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jgroups.Message;
import org.jgroups.Version;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.PING;
import org.jgroups.protocols.TP;

/**
 * The grammar of the only frames this program sends, checked before JGroups parses one. JGroups
 * allocates by length fields and instantiates classes by ids in the frame, and even a holder of the
 * token may be hostile or broken.
 *
 * <p>Allowed: one {@code BytesMessage} that carries the transport's header and either {@link
 * SwimHeader} (unicast) or {@code PING}'s with the sender's own address in it. No allocation
 * depends on a length field.
 */
final class FrameCheck {
  private static final int MESSAGE_FLAGS =
      Message.Flag.OOB.value() | Message.Flag.DONT_BUNDLE.value();
  private static final int DEST_SET = 1;
  private static final int SRC_SET = 1 << 1;
  private static final int TP_MAGIC = 60;
  private static final int PING_MAGIC = 53;

  private final short transportId = ClassConfigurator.getProtocolId(TP.class);
  private final short pingId = ClassConfigurator.getProtocolId(PING.class);
  private final short swimId;
  private final ByteBuffer cluster;

  FrameCheck(String cluster, short swimId) {
    this.cluster = ByteBuffer.wrap(cluster.getBytes(US_ASCII));
    this.swimId = swimId;
  }

  /**
   * Whether the frame is one that this program sends.
   *
   * @param group whether it came by the multicast group
   */
  boolean accepts(ByteBuffer frame, InetSocketAddress from, boolean group) {
    try {
      ByteBuffer in = frame.duplicate();
      return Version.isBinaryCompatible(in.getShort()) && frame(in, from, group);
    } catch (BufferUnderflowException e) {
      return false;
    }
  }

  private boolean frame(ByteBuffer in, InetSocketAddress from, boolean group) {
    int flags = in.get();
    boolean multicast = Frame.isMulticast(flags);
    return (flags & ~TP.MULTICAST) == 0
        && (multicast || !group)
        && message(in, from, multicast)
        && !in.hasRemaining();
  }

  private boolean message(ByteBuffer in, InetSocketAddress from, boolean multicast) {
    if (in.getShort() != Message.BYTES_MSG
        || in.get() != (multicast ? SRC_SET : SRC_SET | DEST_SET)
        || (in.getShort() & ~MESSAGE_FLAGS) != 0
        || in.getShort() != 2) {
      return false;
    }
    boolean transport = false;
    boolean ping = false;
    for (int i = 0; i < 2; i++) {
      short id = in.getShort();
      short magic = in.getShort();
      if (id == transportId && magic == TP_MAGIC && !transport) {
        transport = same(in, in.getShort(), cluster) && in.get() == 0;
        if (!transport) {
          return false;
        }
      } else if (id == pingId && magic == PING_MAGIC && !ping) {
        ping = pingHeader(in);
        if (!ping) {
          return false;
        }
      } else if (id != swimId || magic != SwimHeader.MAGIC || multicast) {
        return false;
      }
    }
    int length = in.getInt();
    if (!transport || length < 0 || length > in.remaining()) {
      return false;
    }
    ByteBuffer payload = in.slice(in.position(), length);
    in.position(in.position() + length);
    return !ping || pingData(payload, from);
  }

  private boolean pingHeader(ByteBuffer in) {
    int type = in.get();
    int named = in.get();
    boolean name = named == 0 || (named == 1 && same(in, in.getShort(), cluster));
    return (type == 1 || type == 2) && name && (in.get() & ~1) == 0;
  }

  /** One entry, about its sender. */
  private boolean pingData(ByteBuffer in, InetSocketAddress from) {
    ByteBuffer address = Frame.address(from);
    if (in.getInt() != 1 || !same(in, address.remaining(), address)) {
      return false;
    }
    in.get();
    int named = in.get();
    if (named == 1) {
      int length = in.getShort();
      if (length < 0 || length > 64 || length > in.remaining()) {
        return false;
      }
      for (int i = 0; i < length; i++) {
        // ASCII only: no octet sequence that a UTF decoder could reject.
        if (in.get() <= 0) {
          return false;
        }
      }
    }
    if ((named & ~1) != 0 || !same(in, address.remaining(), address)) {
      return false;
    }
    int members = in.getShort();
    return (members == -1 || (members == 1 && same(in, address.remaining(), address)))
        && !in.hasRemaining();
  }

  private static boolean same(ByteBuffer in, int length, ByteBuffer expected) {
    if (length != expected.remaining() || length > in.remaining()) {
      return false;
    }
    boolean equal = in.slice(in.position(), length).equals(expected);
    in.position(in.position() + length);
    return equal;
  }
}
