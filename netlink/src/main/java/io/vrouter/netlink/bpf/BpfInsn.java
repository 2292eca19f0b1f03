package io.vrouter.netlink.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One instruction, {@code struct bpf_insn} (RFC 9669 section 3).
 *
 * @param code operation and class, 0 to 255
 * @param dst destination register, 0 to 10
 * @param src source register, 0 to 10, or a kind of pseudo value
 * @param off signed, 16 bits: of memory in octets, of a jump in instructions
 * @param imm signed, 32 bits
 */
public record BpfInsn(int code, int dst, int src, int off, int imm) {
  /** Octets of one. */
  public static final int OCTETS = 8;

  public BpfInsn {
    if (code < 0 || code > 255) {
      throw new IllegalArgumentException("a code of 8 bits, not " + code);
    }
    if (dst < 0 || dst > 10 || src < 0 || src > 10) {
      throw new IllegalArgumentException("a register of 0 to 10, not %d, %d".formatted(dst, src));
    }
    if (off != (short) off) {
      throw new IllegalArgumentException("an offset of 16 bits, not " + off);
    }
  }

  /** Appends the octets; the registers' halves depend on the byte order, as C's bit fields do. */
  void write(ByteBuffer out) {
    boolean little = out.order() == ByteOrder.LITTLE_ENDIAN;
    out.put((byte) code).put((byte) (little ? src << 4 | dst : dst << 4 | src));
    out.putShort((short) off).putInt(imm);
  }
}
