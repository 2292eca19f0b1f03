package io.vrouter.mesh.firewall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Bits of a packet's mark with the verdict of our chains, for foreign chains. Our rules only add
 * bits, all in the mark's upper half: the lower half, which most programs use, and the other upper
 * bits stay unchanged.
 */
public final class PacketMark {
  /** Set in prerouting on packets between mesh addresses: chains in {@code raw} accept them. */
  static final String ARRIVED = "0x76710000";

  /**
   * Set in forward on packets that our chains accept, and on packets that leave by a tunnel device:
   * the kernel's encapsulation keeps the mark, no unprivileged socket can set one.
   */
  public static final String PASSED = "0x76720000";

  /** In the mark of a connection: its packets went to or from a mesh address in the mesh. */
  static final String CONNECTION = "0x76720000";

  private PacketMark() {}

  /** A statement that adds bits to the mark. */
  static String add(String bits) {
    return "meta mark set meta mark | " + bits;
  }

  /** A match of packets that have all the bits. */
  static String has(String bits) {
    return "meta mark & %1$s == %1$s".formatted(bits);
  }

  /** The bits in the kernel's form of a rule. */
  static byte[] octets(String bits) {
    return ByteBuffer.allocate(4)
        .order(ByteOrder.nativeOrder())
        .putInt(Integer.decode(bits))
        .array();
  }
}
