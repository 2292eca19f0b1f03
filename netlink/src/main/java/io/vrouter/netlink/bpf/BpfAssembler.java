package io.vrouter.netlink.bpf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a program instruction by instruction. Labels are names; a jump may go to one that follows.
 * Arithmetic is on 64 bits. One thread at a time.
 *
 * <p>Registers by convention of the kernel: 0 is the result, 1 to 5 are arguments and lost in a
 * call, 6 to 9 stay, 10 is the end of the stack.
 */
public final class BpfAssembler {
  /** A register pair's second half in place of a number: BPF_X. */
  private static final int X = 0x08;

  private static final int ALU64 = 0x07;
  private static final int JMP = 0x05;
  private static final int LDX = 0x61;
  private static final int ST = 0x62;
  private static final int STX = 0x63;
  private static final int LD_IMM64 = 0x18;
  private static final int PSEUDO_MAP_FD = 1;
  private static final int TO_BE = 0xdc;

  /** Octets of an access to memory. */
  public enum Width {
    W(0x00),
    H(0x08),
    B(0x10),
    DW(0x18);

    private final int bits;

    Width(int bits) {
      this.bits = bits;
    }
  }

  /** Arithmetic. */
  public enum Alu {
    ADD(0x00),
    SUB(0x10),
    OR(0x40),
    AND(0x50),
    LSH(0x60),
    RSH(0x70),
    MOV(0xb0);

    private final int bits;

    Alu(int bits) {
      this.bits = bits;
    }
  }

  /** Conditions of jumps; comparisons are unsigned. */
  public enum When {
    EQ(0x10),
    GT(0x20),
    GE(0x30),
    SET(0x40),
    NE(0x50),
    LT(0xa0),
    LE(0xb0);

    private final int bits;

    When(int bits) {
      this.bits = bits;
    }
  }

  private final String name;
  private final List<BpfInsn> insns = new ArrayList<>();
  private final Map<Integer, String> maps = new HashMap<>();
  private final Map<String, Integer> labels = new HashMap<>();
  private final Map<Integer, String> jumps = new HashMap<>();

  /** An empty program. */
  public BpfAssembler(String name) {
    this.name = name;
  }

  private BpfAssembler add(int code, int dst, int src, int off, int imm) {
    insns.add(new BpfInsn(code, dst, src, off, imm));
    return this;
  }

  /** {@code dst = *(src + off)}. */
  public BpfAssembler load(Width size, int dst, int src, int off) {
    return add(LDX | size.bits, dst, src, off, 0);
  }

  /** {@code *(dst + off) = src}. */
  public BpfAssembler store(Width size, int dst, int off, int src) {
    return add(STX | size.bits, dst, src, off, 0);
  }

  /** {@code *(dst + off) = imm}. */
  public BpfAssembler storeImm(Width size, int dst, int off, int imm) {
    return add(ST | size.bits, dst, 0, off, imm);
  }

  /** {@code dst = dst op imm}. */
  public BpfAssembler alu(Alu op, int dst, int imm) {
    return add(ALU64 | op.bits, dst, 0, 0, imm);
  }

  /** {@code dst = dst op src}. */
  public BpfAssembler aluReg(Alu op, int dst, int src) {
    return add(ALU64 | op.bits | X, dst, src, 0, 0);
  }

  /** {@code dst = imm}. */
  public BpfAssembler mov(int dst, int imm) {
    return alu(Alu.MOV, dst, imm);
  }

  /** {@code dst = src}. */
  public BpfAssembler movReg(int dst, int src) {
    return aluReg(Alu.MOV, dst, src);
  }

  /** Turns the low 16 bits from host to network order, or back; the others become 0. */
  public BpfAssembler be16(int dst) {
    return add(TO_BE, dst, 0, 0, 16);
  }

  /** The address of a map, in two instructions. */
  public BpfAssembler map(int dst, String map) {
    maps.put(insns.size(), map);
    return add(LD_IMM64, dst, PSEUDO_MAP_FD, 0, 0).add(0, 0, 0, 0, 0);
  }

  /** Calls a helper by its number ({@code enum bpf_func_id}). */
  public BpfAssembler call(int helper) {
    return add(JMP | 0x80, 0, 0, 0, helper);
  }

  /** Ends the program with register 0. */
  public BpfAssembler exit() {
    return add(JMP | 0x90, 0, 0, 0, 0);
  }

  /** Goes to a label. */
  public BpfAssembler jump(String label) {
    jumps.put(insns.size(), label);
    return add(JMP, 0, 0, 0, 0);
  }

  /** Goes to a label where the condition of register and number holds. */
  public BpfAssembler jump(When when, int dst, int imm, String label) {
    jumps.put(insns.size(), label);
    return add(JMP | when.bits, dst, 0, 0, imm);
  }

  /** Goes to a label where the condition of two registers holds. */
  public BpfAssembler jumpReg(When when, int dst, int src, String label) {
    jumps.put(insns.size(), label);
    return add(JMP | when.bits | X, dst, src, 0, 0);
  }

  /** The next instruction's name. */
  public BpfAssembler label(String label) {
    if (labels.put(label, insns.size()) != null) {
      throw new IllegalArgumentException("two labels " + label);
    }
    return this;
  }

  /** The program. */
  public BpfProgram program() {
    List<BpfInsn> done = new ArrayList<>(insns);
    jumps.forEach(
        (at, label) -> {
          Integer to = labels.get(label);
          if (to == null) {
            throw new IllegalArgumentException("no label " + label);
          }
          BpfInsn jump = insns.get(at);
          done.set(at, new BpfInsn(jump.code(), jump.dst(), jump.src(), to - at - 1, jump.imm()));
        });
    return new BpfProgram(name, done, maps);
  }
}
