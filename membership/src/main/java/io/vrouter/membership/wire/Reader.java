package io.vrouter.membership.wire;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Reads big-endian fields; each read checks the remaining length before it allocates. */
final class Reader {
  private final Bytes in;
  private final Codec.Heads heads;
  private int position;

  Reader(Bytes in, Codec.Heads heads) {
    this.in = in;
    this.heads = heads;
  }

  WireException error(String message) {
    return new WireException(message, position);
  }

  private int remaining() {
    return in.length() - position;
  }

  private void need(int octets) throws WireException {
    if (remaining() < octets) {
      throw error(octets + " bytes needed, " + remaining() + " left");
    }
  }

  /** Skips octets; returns their offset. */
  private int take(int octets) throws WireException {
    need(octets);
    int start = position;
    position = start + octets;
    return start;
  }

  int u8() throws WireException {
    return in.byteAt(take(1)) & 0xff;
  }

  int u16() throws WireException {
    return in.shortAt(take(2)) & 0xffff;
  }

  int s32() throws WireException {
    return in.intAt(take(4));
  }

  long s64() throws WireException {
    return in.longAt(take(8));
  }

  NodeId id() throws WireException {
    int start = take(NodeId.BYTES);
    return new NodeId(in.longAt(start), in.longAt(start + 8));
  }

  Bytes bytes(int octets) throws WireException {
    return in.part(take(octets), octets);
  }

  int position() {
    return position;
  }

  void skip(int octets) throws WireException {
    take(octets);
  }

  /** The octets read since a position. */
  Bytes since(int start) {
    return in.part(start, position - start);
  }

  /** The head that the caller holds of a member, or null. */
  @Nullable SignedHead held(NodeId id) {
    return heads.of(id);
  }

  /** Whether these octets are at the position, which then moves behind them. */
  boolean reads(Bytes octets, int start) {
    boolean there = octets.isPartOf(in, start);
    if (there) {
      position = start + octets.length();
    }
    return there;
  }

  /** One byte of address length, the address, two bytes of port. */
  InetSocketAddress endpoint() throws WireException {
    int start = position;
    checkEndpoint();
    return endpoint(in, start);
  }

  /** Skips an endpoint after checking that a node can be reached there. */
  void checkEndpoint() throws WireException {
    int length = u8();
    if (length != 4 && length != 16) {
      throw error("an address of " + length + " bytes");
    }
    need(length + 2);
    int start = take(length);
    boolean zero = true;
    boolean mapped = length == 16;
    for (int i = 0; i < length; i++) {
      byte octet = in.byteAt(start + i);
      zero &= octet == 0;
      mapped &= i >= 12 || octet == (i < 10 ? 0 : -1);
    }
    if (mapped) {
      throw error("an IPv4-mapped IPv6 address");
    }
    int first = in.byteAt(start) & 0xff;
    boolean multicast = length == 4 ? first >> 4 == 0xe : first == 0xff;
    int port = u16();
    if (port == 0 || zero || multicast) {
      throw error("an endpoint that is unspecified, multicast or has port 0: port " + port);
    }
  }

  /** Reads an endpoint that was checked. */
  static InetSocketAddress endpoint(Bytes in, int start) {
    int length = in.byteAt(start);
    byte[] octets = in.part(start + 1, length).toArray();
    int port = in.shortAt(start + 1 + length) & 0xffff;
    return new InetSocketAddress(Addresses.of(octets), port);
  }

  void end() throws WireException {
    if (remaining() > 0) {
      throw error(remaining() + " bytes after the message");
    }
  }
}
