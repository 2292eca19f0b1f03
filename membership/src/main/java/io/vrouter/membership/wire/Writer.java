package io.vrouter.membership.wire;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Writes big-endian fields. */
final class Writer {
  private final ByteBuffer out;

  Writer(ByteBuffer out) {
    this.out = out;
  }

  Writer u8(int value) {
    out.put((byte) value);
    return this;
  }

  Writer u16(int value) {
    out.putShort((short) value);
    return this;
  }

  Writer s32(int value) {
    out.putInt(value);
    return this;
  }

  Writer s64(long value) {
    out.putLong(value);
    return this;
  }

  Writer id(NodeId id) {
    out.putLong(id.high()).putLong(id.low());
    return this;
  }

  Writer bytes(Bytes bytes) {
    bytes.putInto(out);
    return this;
  }

  Writer endpoint(InetSocketAddress endpoint) {
    byte[] octets = endpoint.getAddress().getAddress();
    out.put((byte) octets.length).put(octets).putShort((short) endpoint.getPort());
    return this;
  }

  static int endpointLength(InetSocketAddress endpoint) {
    return 3 + endpoint.getAddress().getAddress().length;
  }
}
