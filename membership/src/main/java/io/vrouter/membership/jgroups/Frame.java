package io.vrouter.membership.jgroups;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jgroups.protocols.TP;
import org.jspecify.annotations.Nullable;

/**
 * JGroups' marshalled form of one message without its addresses. Envelope and socket already carry
 * both: a sender cannot claim another address, and each datagram saves 16 octets (IPv6: 48).
 *
 * <p>The form is version (2), flags (1), type (2), leading (1), message flags (2), addresses, the
 * rest. So the addresses, destination first, are one run of octets at a fixed offset.
 */
final class Frame {
  /** Flags of an address that is an {@code IpAddress}; of one that is null. */
  static final byte IP = 1 << 4;

  static final byte NULL = 1;

  private static final int FLAGS = 2;
  private static final int ADDRESSES_AT = 8;

  private Frame() {}

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
    ByteBuffer addresses = addresses(flags, from, to);
    int length = addresses.remaining();
    if (data.remaining() < ADDRESSES_AT + length
        || !data.slice(data.position() + ADDRESSES_AT, length).equals(addresses)) {
      throw new IllegalStateException("a message that isn't from " + from + " to " + to);
    }
    int rest = data.position() + ADDRESSES_AT + length;
    return ByteBuffer.allocate(data.remaining() - length)
        .put(data.slice(data.position(), ADDRESSES_AT))
        .put(data.slice(rest, data.limit() - rest))
        .flip();
  }

  /** The marshalled message of a frame that {@link FrameCheck} accepts. */
  static ByteBuffer expand(ByteBuffer frame, InetSocketAddress from, InetSocketAddress to) {
    int flags = frame.get(frame.position() + FLAGS);
    ByteBuffer addresses = addresses(flags, from, to);
    return ByteBuffer.allocate(frame.remaining() + addresses.remaining())
        .put(frame.slice(frame.position(), ADDRESSES_AT))
        .put(addresses)
        .put(frame.slice(frame.position() + ADDRESSES_AT, frame.remaining() - ADDRESSES_AT))
        .flip();
  }

  private static ByteBuffer addresses(int flags, InetSocketAddress from, InetSocketAddress to) {
    ByteBuffer out = ByteBuffer.allocate(48);
    if (!isMulticast(flags)) {
      out.put(address(to));
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
