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

  /** One byte of address length, the address, two bytes of port. */
  InetSocketAddress endpoint() throws WireException {
    int length = u8();
    if (length != 4 && length != 16) {
      throw error("an address of " + length + " bytes");
    }
    need(length + 2);
    byte[] octets = new byte[length];
    in.get(octets);
    InetAddress address;
    try {
      address = InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw error("no address: " + e.getMessage());
    }
    int port = u16();
    if (address.getAddress().length != length) {
      throw error("an IPv4 address dressed as IPv6");
    }
    if (port == 0 || address.isAnyLocalAddress() || address.isMulticastAddress()) {
      throw error("nobody can be reached at " + address.getHostAddress() + " port " + port);
    }
    return new InetSocketAddress(address, port);
  }

  void end() throws WireException {
    if (in.hasRemaining()) {
      throw error(in.remaining() + " bytes too many");
    }
  }
}
