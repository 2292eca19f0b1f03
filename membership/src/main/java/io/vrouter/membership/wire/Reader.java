package io.vrouter.membership.wire;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Reads big-endian fields; every read is checked against what is left before it allocates. */
final class Reader {
  private final ByteBuffer in;

  Reader(ByteBuffer in) {
    this.in = in;
  }

  WireException error(String message) {
    return new WireException(message, in.position());
  }

  private void need(int octets) throws WireException {
    if (in.remaining() < octets) {
      throw error(octets + " bytes wanted, " + in.remaining() + " left");
    }
  }

  int u8() throws WireException {
    need(1);
    return in.get() & 0xff;
  }

  int u16() throws WireException {
    need(2);
    return in.getShort() & 0xffff;
  }

  int s32() throws WireException {
    need(4);
    return in.getInt();
  }

  long s64() throws WireException {
    need(8);
    return in.getLong();
  }

  NodeId id() throws WireException {
    need(NodeId.BYTES);
    return new NodeId(in.getLong(), in.getLong());
  }

  Bytes bytes(int octets) throws WireException {
    need(octets);
    ByteBuffer slice = in.slice(in.position(), octets);
    in.position(in.position() + octets);
    return Bytes.from(slice);
  }

  int position() {
    return in.position();
  }

  void skip(int octets) throws WireException {
    need(octets);
    in.position(in.position() + octets);
  }

  /** What was read since a position. */
  Bytes since(int start) {
    return Bytes.from(in.slice(start, in.position() - start));
  }

  /** One byte of address length, the address, two bytes of port. */
  InetSocketAddress endpoint() throws WireException {
    int start = in.position();
    checkEndpoint();
    return endpoint(in.duplicate().position(start));
  }

  /** Reads over an endpoint that somebody may be reached at. */
  void checkEndpoint() throws WireException {
    int length = u8();
    if (length != 4 && length != 16) {
      throw error("an address of " + length + " bytes");
    }
    need(length + 2);
    int start = in.position();
    in.position(start + length);
    boolean zero = true;
    boolean mapped = length == 16;
    for (int i = 0; i < length; i++) {
      byte octet = in.get(start + i);
      zero &= octet == 0;
      mapped &= i >= 12 || octet == (i < 10 ? 0 : -1);
    }
    if (mapped) {
      throw error("an IPv4 address dressed as IPv6");
    }
    int first = in.get(start) & 0xff;
    boolean multicast = length == 4 ? first >> 4 == 0xe : first == 0xff;
    int port = u16();
    if (port == 0 || zero || multicast) {
      throw error("nobody can be reached there, at port " + port);
    }
  }

  /** Reads an endpoint that was checked. */
  static InetSocketAddress endpoint(ByteBuffer in) {
    byte[] octets = new byte[in.get()];
    in.get(octets);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(octets), in.getShort() & 0xffff);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 octets are an address", e);
    }
  }

  void end() throws WireException {
    if (in.hasRemaining()) {
      throw error(in.remaining() + " bytes too many");
    }
  }
}
