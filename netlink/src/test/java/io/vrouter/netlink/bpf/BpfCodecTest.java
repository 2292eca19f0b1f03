package io.vrouter.netlink.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.netlink.bpf.BpfAssembler.Alu;
import io.vrouter.netlink.bpf.BpfAssembler.When;
import io.vrouter.netlink.bpf.BpfAssembler.Width;
import io.vrouter.netlink.wire.Payload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Octets of instructions beside those of clang 14 ({@code clang -target bpf -c}, {@code
 * llvm-objdump -d}); a comment is the line as clang was given it.
 */
class BpfCodecTest {
  private static String hex(UnaryOperator<BpfAssembler> code) {
    BpfProgram program = code.apply(new BpfAssembler("test")).program();
    return HexFormat.of().formatHex(program.octets(Map.of("m", 9), ByteOrder.LITTLE_ENDIAN));
  }

  @Test
  void memoryIsAsClangWritesIt() {
    // r2 = *(u32 *)(r6 + 4), *(u16 *)(r7 + 12), *(u8 *)(r7 + 14), *(u64 *)(r7 + 16)
    assertThat(hex(it -> it.load(Width.W, 2, 6, 4))).isEqualTo("6162040000000000");
    assertThat(hex(it -> it.load(Width.H, 2, 7, 12))).isEqualTo("69720c0000000000");
    assertThat(hex(it -> it.load(Width.B, 2, 7, 14))).isEqualTo("71720e0000000000");
    assertThat(hex(it -> it.load(Width.DW, 2, 7, 16))).isEqualTo("7972100000000000");
    // *(u32 *)(r10 - 24) = r3, *(u16 *)(r10 - 12) = r2, *(u8 *)(r7 + 22), *(u64 *)(r10 - 8)
    assertThat(hex(it -> it.store(Width.W, 10, -24, 3))).isEqualTo("633ae8ff00000000");
    assertThat(hex(it -> it.store(Width.H, 10, -12, 2))).isEqualTo("6b2af4ff00000000");
    assertThat(hex(it -> it.store(Width.B, 7, 22, 2))).isEqualTo("7327160000000000");
    assertThat(hex(it -> it.store(Width.DW, 10, -8, 2))).isEqualTo("7b2af8ff00000000");
  }

  /** BPF_ST, BPF_LD | BPF_IMM and BPF_JSET, of which clang 14 has no text: RFC 9669. */
  @Test
  void restIsAsTheStandardHasIt() {
    assertThat(hex(it -> it.storeImm(Width.W, 10, -24, 128))).isEqualTo("620ae8ff80000000");
    assertThat(hex(it -> it.map(1, "m"))).isEqualTo("18110000090000000000000000000000");
    assertThat(hex(it -> it.jump(When.SET, 2, 2, "end").label("end")))
        .isEqualTo("4502000002000000");
  }

  @Test
  void arithmeticIsAsClangWritesIt() {
    // r2 += 54, r2 += r3, r4 -= 14, r2 |= 1987182592, r2 &= 255, r9 >>= 4, r9 <<= 2
    assertThat(hex(it -> it.alu(Alu.ADD, 2, 54))).isEqualTo("0702000036000000");
    assertThat(hex(it -> it.aluReg(Alu.ADD, 2, 3))).isEqualTo("0f32000000000000");
    assertThat(hex(it -> it.alu(Alu.SUB, 4, 14))).isEqualTo("170400000e000000");
    assertThat(hex(it -> it.alu(Alu.OR, 2, 1987182592))).isEqualTo("4702000000007276");
    assertThat(hex(it -> it.alu(Alu.AND, 2, 255))).isEqualTo("57020000ff000000");
    assertThat(hex(it -> it.alu(Alu.RSH, 9, 4))).isEqualTo("7709000004000000");
    assertThat(hex(it -> it.alu(Alu.LSH, 9, 2))).isEqualTo("6709000002000000");
    // r0 = -1, r9 = r3, r3 = be16 r3
    assertThat(hex(it -> it.mov(0, -1))).isEqualTo("b7000000ffffffff");
    assertThat(hex(it -> it.movReg(9, 3))).isEqualTo("bf39000000000000");
    assertThat(hex(it -> it.be16(3))).isEqualTo("dc03000010000000");
  }

  @Test
  void jumpsAreAsClangWritesThem() {
    // call 1, exit, goto +3
    assertThat(hex(it -> it.call(1))).isEqualTo("8500000001000000");
    assertThat(hex(BpfAssembler::exit)).isEqualTo("9500000000000000");
    assertThat(hex(it -> it.jump("end").exit().exit().exit().label("end")))
        .startsWith("0500030000000000");
    // if r2 <= r8 goto +2, if r2 > r8 goto +1, if r4 < r3 goto +1
    assertThat(hex(it -> it.jumpReg(When.LE, 2, 8, "end").exit().exit().label("end")))
        .startsWith("bd82020000000000");
    assertThat(hex(it -> it.jumpReg(When.GT, 2, 8, "end").exit().label("end")))
        .startsWith("2d82010000000000");
    assertThat(hex(it -> it.jumpReg(When.LT, 4, 3, "end").exit().label("end")))
        .startsWith("ad34010000000000");
    // if r2 != 0 goto +5, if r2 == 69 goto +0, if r2 >= 7 goto +1, if r2 < 65535 goto -2
    assertThat(hex(it -> it.jump(When.NE, 2, 0, "end").map(1, "m").map(1, "m").exit().label("end")))
        .startsWith("5502050000000000");
    assertThat(hex(it -> it.jump(When.EQ, 2, 69, "end").label("end")))
        .isEqualTo("1502000045000000");
    assertThat(hex(it -> it.jump(When.GE, 2, 7, "end").exit().label("end")))
        .startsWith("3502010007000000");
    assertThat(hex(it -> it.label("begin").exit().jump(When.LT, 2, 65535, "begin")))
        .endsWith("a502feffffff0000");
  }

  @Test
  void registersAreTheOtherWayRoundOnBigEndianHosts() {
    BpfProgram program = new BpfAssembler("test").movReg(9, 3).program();
    assertThat(program.octets(Map.of(), ByteOrder.BIG_ENDIAN)).startsWith(0xbf, 0x93);
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> new BpfAssembler("test").jump("nowhere").program())
        .hasMessage("no label nowhere");
    assertThatThrownBy(() -> new BpfAssembler("test").label("a").label("a"))
        .hasMessage("two labels a");
    assertThatThrownBy(() -> hex(it -> it.map(1, "other"))).hasMessage("no map other");
    assertThatThrownBy(() -> new BpfAssembler("a name that is long").program())
        .hasMessageContaining("1 to 15");
    assertThatThrownBy(() -> new BpfInsn(0x61, 11, 0, 0, 0)).hasMessageContaining("0 to 10");
    assertThatThrownBy(() -> new BpfInsn(0x61, 1, 0, 40_000, 0)).hasMessageContaining("16 bits");
  }

  @Test
  void aFilterSurvivesItsMessage() {
    TcFilter filter = new TcFilter(7, Tc.INGRESS, 49_158, 1, "bpf", "name", 0);
    assertThat(Tc.filter(Tc.setFilter(filter, 5).body())).isEqualTo(filter);
    ByteBuffer deletion = Tc.deleteFilter(filter).body().buffer();
    assertThat(deletion.getInt(4)).isEqualTo(7);
    assertThat(deletion.getInt(8)).isEqualTo(1);
    assertThat(deletion.getInt(12)).isEqualTo(0xfffffff2);
    assertThat(deletion.getInt(16) >>> 16).isEqualTo(49_158);
    assertThat(Tc.qdisc(Tc.addClsact(7).body()))
        .isEqualTo(new TcQdisc(7, 0xffff0000, Tc.CLSACT, "clsact"));
    assertThatThrownBy(() -> Tc.filter(Payload.of(new byte[19]))).hasMessageContaining("tcmsg");
  }
}
