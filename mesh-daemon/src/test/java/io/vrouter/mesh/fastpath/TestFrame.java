package io.vrouter.mesh.fastpath;

import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A frame of the verdict test.
 *
 * @param device index of the device by which it comes
 * @param options octets of IP options
 * @param fragment the field with flags and offset
 * @param length IP's total length as the header has it
 * @param flags of TCP
 * @param payload octets after UDP's or TCP's header
 * @param segment octets of each segment of a packet that is still to be cut, 0 for a whole one
 */
record TestFrame(
    int device,
    MacAddress to,
    MacAddress from,
    int etherType,
    int options,
    int fragment,
    int ttl,
    int protocol,
    InetAddress source,
    InetAddress destination,
    int sourcePort,
    int destinationPort,
    int length,
    int flags,
    int payload,
    int segment) {
  private static final int ETHERNET = 14;
  private static final int CONTEXT = 192;

  /** Octets of the IP packet as they are. */
  int octetsOfIp() {
    return 20 + options + header() + payload;
  }

  private int header() {
    return protocol == 6 ? 20 : 8;
  }

  /** Octets of the largest packet that it becomes. */
  int largest() {
    return segment == 0 ? length : 20 + header() + segment;
  }

  Payload octets() {
    ByteBuffer out = ByteBuffer.allocate(ETHERNET + octetsOfIp());
    out.put(to.toArray()).put(from.toArray()).putShort((short) etherType);
    out.put((byte) (0x45 + options / 4)).put((byte) 0).putShort((short) length);
    out.putShort((short) 7).putShort((short) fragment).put((byte) ttl).put((byte) protocol);
    out.putShort((short) 0).put(source.getAddress()).put(destination.getAddress());
    out.putShort(24, (short) sum(out));
    out.position(ETHERNET + 20 + options);
    out.putShort((short) sourcePort).putShort((short) destinationPort);
    if (protocol == 6) {
      out.putInt(1).putInt(2).put((byte) 0x50).put((byte) flags);
    }
    return Payload.of(out.array());
  }

  /** The checksum of the IP header's first 20 octets (RFC 1071). */
  static int sum(ByteBuffer frame) {
    int sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += i == 10 ? 0 : Short.toUnsignedInt(frame.getShort(ETHERNET + i));
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    return ~((sum & 0xffff) + (sum >>> 16)) & 0xffff;
  }

  /** {@code struct __sk_buff}: device and size of segments. */
  Payload context() {
    ByteBuffer out = ByteBuffer.allocate(CONTEXT).order(ByteOrder.nativeOrder());
    out.putInt(40, device).putInt(176, segment);
    return Payload.of(out.array());
  }
}
