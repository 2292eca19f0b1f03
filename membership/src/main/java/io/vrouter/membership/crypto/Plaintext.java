package io.vrouter.membership.crypto;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The plaintext of a datagram: kind and address family (one octet), destination address and port,
 * body. The destination keeps a datagram for one node from being replayed at another.
 */
final class Plaintext {
  static final int FRAME = 0;
  static final int CHALLENGE = 1;
  static final int ANSWER = 2;
  static final int KEYS = 3;

  private Plaintext() {}

  static ByteBuffer of(int kind, InetSocketAddress to, ByteBuffer body) {
    byte[] address = to.getAddress().getAddress();
    ByteBuffer plain = ByteBuffer.allocate(1 + address.length + 2 + body.remaining());
    plain.put(first(kind, address)).put(address).putShort((short) to.getPort());
    return plain.put(body.duplicate()).flip();
  }

  /** Octets before the body. */
  static int overhead(InetSocketAddress to) {
    return 1 + to.getAddress().getAddress().length + 2;
  }

  private static byte first(int kind, byte[] address) {
    return (byte) (kind << 4 | (address.length == 4 ? 4 : 6));
  }

  /** The kind of an opened datagram; the buffer's position stays. */
  static int kind(ByteBuffer plain) {
    return plain.hasRemaining() ? plain.get(plain.position()) >> 4 : -1;
  }

  /** The one of these addresses that it was sealed for, or null; the buffer's position stays. */
  static @Nullable InetSocketAddress destination(
      ByteBuffer plain, List<InetSocketAddress> addresses) {
    for (InetSocketAddress address : addresses) {
      if (isFor(plain, address)) {
        return address;
      }
    }
    return null;
  }

  private static boolean isFor(ByteBuffer plain, InetSocketAddress to) {
    byte[] address = to.getAddress().getAddress();
    int length = address.length + 2;
    if (plain.remaining() < 1 + length) {
      return false;
    }
    ByteBuffer expected = ByteBuffer.allocate(length).put(address).putShort((short) to.getPort());
    return (plain.get(plain.position()) & 0xf) == (first(0, address) & 0xf)
        && plain.slice(plain.position() + 1, length).equals(expected.flip());
  }
}
