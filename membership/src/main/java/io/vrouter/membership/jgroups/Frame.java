package io.vrouter.membership.jgroups;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jgroups.protocols.TP;
import org.jspecify.annotations.Nullable;

/**
 * JGroups' marshalled form without the addresses, which the envelope and the socket already say:
 * nobody can claim to be somebody else, and 16 octets (IPv6: 48) of each datagram are saved.
 *
 * <p>A single message is version (2), flags (1), type (2), leading (1), message flags (2),
 * addresses, the rest; a list is version, flags, addresses, the rest. So the addresses, destination
 * first, are one run of octets at a known place.
 */
final class Frame {
  /** Flags of an address that is an {@code IpAddress}; of one that is null. */
  static final byte IP = 1 << 4;

  static final byte NULL = 1;

  private static final int FLAGS = 2;
  private static final int SINGLE_AT = 8;
  private static final int LIST_AT = 3;

  private Frame() {}

  static boolean isList(int flags) {
    return (flags & TP.LIST) != 0;
  }

  static boolean isMulticast(int flags) {
    return (flags & TP.MULTICAST) != 0;
  }

  /**
   * The frame to seal.
   *
   * @throws IllegalStateException when JGroups wrote other addresses than these
   */
  static ByteBuffer compact(ByteBuffer data, InetSocketAddress from, InetSocketAddress to) {
    int flags = data.get(data.position() + FLAGS);
    int at = isList(flags) ? LIST_AT : SINGLE_AT;
    ByteBuffer addresses = addresses(flags, from, to);
    int length = addresses.remaining();
    if (data.remaining() < at + length
        || !data.slice(data.position() + at, length).equals(addresses)) {
      throw new IllegalStateException("a message that isn't from " + from + " to " + to);
    }
    return ByteBuffer.allocate(data.remaining() - length)
        .put(data.slice(data.position(), at))
        .put(data.slice(data.position() + at + length, data.remaining() - at - length))
        .flip();
  }

  /** What JGroups wrote, for a frame that {@link FrameCheck} has found right. */
  static ByteBuffer expand(ByteBuffer frame, InetSocketAddress from, InetSocketAddress to) {
    int flags = frame.get(frame.position() + FLAGS);
    int at = isList(flags) ? LIST_AT : SINGLE_AT;
    ByteBuffer addresses = addresses(flags, from, to);
    return ByteBuffer.allocate(frame.remaining() + addresses.remaining())
        .put(frame.slice(frame.position(), at))
        .put(addresses)
        .put(frame.slice(frame.position() + at, frame.remaining() - at))
        .flip();
  }

  private static ByteBuffer addresses(int flags, InetSocketAddress from, InetSocketAddress to) {
    ByteBuffer out = ByteBuffer.allocate(48);
    if (!isMulticast(flags)) {
      out.put(address(to));
    } else if (isList(flags)) {
      out.put(NULL);
    }
    return out.put(address(from)).flip();
  }

  /** An {@code IpAddress} as {@code Util.writeAddress} writes it; a null one for null. */
  static ByteBuffer address(@Nullable InetSocketAddress address) {
    if (address == null) {
      return ByteBuffer.wrap(new byte[] {NULL});
    }
    byte[] octets = address.getAddress().getAddress();
    ByteBuffer out = ByteBuffer.allocate(24).put(IP).put((byte) octets.length).put(octets);
    if (octets.length == 16) {
      out.putInt(((Inet6Address) address.getAddress()).getScopeId());
    }
    return out.putShort((short) address.getPort()).flip();
  }
}
