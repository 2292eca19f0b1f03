package io.vrouter.mesh.fastpath;

import io.vrouter.netlink.bpf.BpfAssembler;
import io.vrouter.netlink.bpf.BpfAssembler.Alu;
import io.vrouter.netlink.bpf.BpfAssembler.When;
import io.vrouter.netlink.bpf.BpfAssembler.Width;
import io.vrouter.netlink.bpf.BpfProgram;
import java.nio.ByteOrder;

/**
 * The two programs. Both take TCP and UDP over IPv4 without options and fragments, with a TTL above
 * 1 and a size that fits, of flows that are known; TCP segments with SYN, and the first packet of
 * each flow, go by the tables: there its size is clamped, and rules of others see it.
 *
 * <p>Everything else is left to the next filter and the tables (TC_ACT_UNSPEC): no program drops.
 */
final class FastPrograms {
  /** {@code TC_ACT_UNSPEC}: no verdict. */
  static final int PASS = -1;

  /** {@code TC_ACT_REDIRECT}. */
  static final int REDIRECT = 7;

  // struct __sk_buff
  private static final int LEN = 0;
  private static final int PKT_TYPE = 4;
  private static final int MARK = 8;
  private static final int IFINDEX = 40;
  private static final int DATA = 76;
  private static final int DATA_END = 80;
  private static final int GSO_SIZE = 176;

  // enum bpf_func_id
  private static final int MAP_LOOKUP = 1;
  private static final int MAP_UPDATE = 2;
  private static final int REDIRECT_TO = 23;
  private static final int PULL_DATA = 39;
  private static final int REDIRECT_PEER = 155;

  // Offsets in a frame: Ethernet 14, IPv4 20 octets.
  private static final int ETHERTYPE = 12;
  private static final int VERSION = 14;
  private static final int TOTAL_LENGTH = 16;
  private static final int FRAGMENT = 20;
  private static final int TTL = 22;
  private static final int PROTOCOL = 23;
  private static final int CHECKSUM = 24;
  private static final int SOURCE = 26;
  private static final int DESTINATION = 30;
  private static final int SOURCE_PORT = 34;
  private static final int DESTINATION_PORT = 36;
  private static final int DATA_OFFSET = 46;
  private static final int FLAGS = 47;
  private static final int UDP_FRAME = 42;
  private static final int TCP_FRAME = 54;

  private static final int SYN = 2;
  private static final int TCP = 6;
  private static final int UDP = 17;

  // Places on the stack.
  private static final int KEY = -24;
  private static final int END = -32;
  private static final int FLOW = -56;
  private static final int ASIDE = -72;
  private static final int ONE = -80;

  private final BpfAssembler code;
  private final ByteOrder order;

  private FastPrograms(String name, ByteOrder order) {
    this.code = new BpfAssembler(name);
    this.order = order;
  }

  /** At a tunnel's ingress: to the container's end of its veth. */
  static BpfProgram fromTunnel(ByteOrder order) {
    FastPrograms it = new FastPrograms("vr_from_tunnel", order);
    it.begin();
    it.code.load(Width.W, 2, 6, PKT_TYPE).jump(When.NE, 2, 0, "pass");
    it.parse();
    it.fromTunnel();
    it.end();
    return it.code.program();
  }

  /** At a container's port: to the tunnel. */
  static BpfProgram towardsTunnel(int mark, ByteOrder order) {
    FastPrograms it = new FastPrograms("vr_to_tunnel", order);
    it.begin();
    it.parse();
    it.towardsTunnel(mark);
    it.end();
    return it.code.program();
  }

  private void begin() {
    code.movReg(6, 1);
  }

  private void end() {
    code.label("pass").mov(0, PASS).exit();
  }

  private int network(int value) {
    return order == ByteOrder.LITTLE_ENDIAN
        ? Short.toUnsignedInt(Short.reverseBytes((short) value))
        : value;
  }

  /**
   * Leaves the context in register 6, the frame in 7, and in 9 the octets of the largest packet
   * that the frame becomes.
   */
  private void parse() {
    frame("whole", TCP_FRAME);
    code.load(Width.W, 2, 6, LEN)
        .jump(When.LE, 2, TCP_FRAME, "pull")
        .mov(2, TCP_FRAME)
        .label("pull")
        .movReg(1, 6)
        .call(PULL_DATA);
    frame("whole", UDP_FRAME);
    code.jump("pass");
    code.label("whole")
        .load(Width.H, 2, 7, ETHERTYPE)
        .jump(When.NE, 2, network(0x0800), "pass")
        .load(Width.B, 2, 7, VERSION)
        .jump(When.NE, 2, 0x45, "pass")
        .load(Width.H, 2, 7, FRAGMENT)
        .jump(When.SET, 2, network(0xbfff), "pass")
        .load(Width.B, 2, 7, TTL)
        .jump(When.LE, 2, 1, "pass")
        .load(Width.H, 3, 7, TOTAL_LENGTH)
        .be16(3)
        .jump(When.LT, 3, UDP_FRAME - VERSION, "pass")
        .load(Width.W, 4, 6, LEN)
        .alu(Alu.SUB, 4, VERSION)
        .jumpReg(When.LT, 4, 3, "pass")
        .mov(9, UDP_FRAME - VERSION)
        .load(Width.B, 4, 7, PROTOCOL)
        .jump(When.EQ, 4, UDP, "sized")
        .jump(When.NE, 4, TCP, "pass")
        .movReg(2, 7)
        .alu(Alu.ADD, 2, TCP_FRAME)
        .jumpReg(When.GT, 2, 8, "pass")
        .load(Width.B, 2, 7, FLAGS)
        .jump(When.SET, 2, SYN, "pass")
        .load(Width.B, 9, 7, DATA_OFFSET)
        .alu(Alu.RSH, 9, 4)
        .alu(Alu.LSH, 9, 2)
        .alu(Alu.ADD, 9, SOURCE_PORT - VERSION);
    code.label("sized")
        .load(Width.W, 2, 6, GSO_SIZE)
        .aluReg(Alu.ADD, 9, 2)
        .jump(When.NE, 2, 0, "parsed")
        .movReg(9, 3);
    code.label("parsed");
  }

  /** Loads the frame's bounds, and goes to the label when it has that many octets in a piece. */
  private void frame(String label, int octets) {
    code.load(Width.W, 7, 6, DATA)
        .load(Width.W, 8, 6, DATA_END)
        .movReg(2, 7)
        .alu(Alu.ADD, 2, octets)
        .jumpReg(When.LE, 2, 8, label);
  }

  private void copy(Width size, int to, int from) {
    code.load(size, 2, 7, from).store(size, 10, to, 2);
  }

  private void lookup(String map, int key) {
    code.map(1, map).movReg(2, 10).alu(Alu.ADD, 2, key).call(MAP_LOOKUP);
  }

  private void remember(String map, int key) {
    code.storeImm(Width.W, 10, ONE, 1)
        .map(1, map)
        .movReg(2, 10)
        .alu(Alu.ADD, 2, key)
        .movReg(3, 10)
        .alu(Alu.ADD, 3, ONE)
        .mov(4, 0)
        .call(MAP_UPDATE);
  }

  /** The key of a flow, with the tunnel in register 3; offsets of the two ends in the frame. */
  private void flow(int remote, int local, int remotePort, int localPort) {
    code.store(Width.W, 10, FLOW, 3);
    copy(Width.W, FLOW + 4, remote);
    copy(Width.W, FLOW + 8, local);
    copy(Width.H, FLOW + 12, remotePort);
    copy(Width.H, FLOW + 14, localPort);
    code.load(Width.B, 2, 7, PROTOCOL).store(Width.W, 10, FLOW + 16, 2);
  }

  /** The key of a flow's remote end, with the tunnel in register 3. */
  private void aside(int remote, int remotePort) {
    code.store(Width.W, 10, ASIDE, 3);
    copy(Width.W, ASIDE + 4, remote);
    copy(Width.H, ASIDE + 8, remotePort);
    code.load(Width.B, 2, 7, PROTOCOL).store(Width.H, 10, ASIDE + 10, 2);
  }

  private void fromTunnel() {
    code.storeImm(Width.W, 10, KEY, 128)
        .load(Width.W, 3, 6, IFINDEX)
        .store(Width.W, 10, KEY + 4, 3);
    copy(Width.W, KEY + 8, 6);
    copy(Width.H, KEY + 12, 10);
    code.storeImm(Width.H, 10, KEY + 14, 0);
    copy(Width.W, KEY + 16, SOURCE);
    lookup(FastMaps.SENDERS, KEY);
    code.jump(When.EQ, 0, 0, "pass");

    code.load(Width.W, 3, 6, IFINDEX).store(Width.W, 10, END, 3);
    copy(Width.W, END + 4, DESTINATION);
    lookup(FastMaps.LOCALS, END);
    code.jump(When.NE, 0, 0, "container");
    code.load(Width.W, 3, 6, IFINDEX);
    aside(SOURCE, SOURCE_PORT);
    remember(FastMaps.ASIDE, ASIDE);
    code.jump("pass");

    code.label("container").movReg(8, 0);
    code.load(Width.W, 2, 8, 4).jumpReg(When.GT, 9, 2, "pass");
    code.load(Width.W, 3, 6, IFINDEX);
    flow(SOURCE, DESTINATION, SOURCE_PORT, DESTINATION_PORT);
    lookup(FastMaps.FLOWS, FLOW);
    code.jump(When.NE, 0, 0, "known");
    remember(FastMaps.FLOWS, FLOW);
    code.jump("pass");

    code.label("known");
    macs(8, 8, 8, 16);
    ttl();
    code.mov(2, 0)
        .store(Width.W, 6, MARK, 2)
        .load(Width.W, 1, 8, 0)
        .mov(2, 0)
        .call(REDIRECT_PEER)
        .exit();
  }

  private void towardsTunnel(int mark) {
    code.load(Width.W, 3, 6, IFINDEX).store(Width.W, 10, END, 3);
    copy(Width.W, END + 4, SOURCE);
    lookup(FastMaps.ORIGINS, END);
    code.jump(When.EQ, 0, 0, "pass").movReg(8, 0);
    code.load(Width.W, 2, 7, 0).load(Width.W, 3, 8, 8).jumpReg(When.NE, 2, 3, "pass");
    code.load(Width.H, 2, 7, 4).load(Width.H, 3, 8, 12).jumpReg(When.NE, 2, 3, "pass");

    code.storeImm(Width.W, 10, KEY, 64).load(Width.W, 3, 8, 0).store(Width.W, 10, KEY + 4, 3);
    copy(Width.W, KEY + 8, DESTINATION);
    lookup(FastMaps.DESTINATIONS, KEY);
    code.jump(When.EQ, 0, 0, "pass");
    code.load(Width.W, 2, 0, 0).jumpReg(When.GT, 9, 2, "pass").movReg(9, 0);

    code.load(Width.W, 3, 8, 0);
    flow(DESTINATION, SOURCE, DESTINATION_PORT, SOURCE_PORT);
    lookup(FastMaps.FLOWS, FLOW);
    code.jump(When.EQ, 0, 0, "pass");
    code.load(Width.W, 3, 8, 0);
    aside(DESTINATION, DESTINATION_PORT);
    lookup(FastMaps.ASIDE, ASIDE);
    code.jump(When.NE, 0, 0, "pass");

    macs(9, 4, 8, 16);
    ttl();
    code.load(Width.W, 2, 6, MARK)
        .alu(Alu.OR, 2, mark)
        .store(Width.W, 6, MARK, 2)
        .load(Width.W, 1, 8, 0)
        .mov(2, 0)
        .call(REDIRECT_TO)
        .exit();
  }

  /** Destination and source of the frame, from two values' offsets. */
  private void macs(int to, int toOffset, int from, int fromOffset) {
    code.load(Width.W, 2, to, toOffset).store(Width.W, 7, 0, 2);
    code.load(Width.H, 2, to, toOffset + 4).store(Width.H, 7, 4, 2);
    code.load(Width.W, 2, from, fromOffset).store(Width.W, 7, 6, 2);
    code.load(Width.H, 2, from, fromOffset + 4).store(Width.H, 7, 10, 2);
  }

  /** One hop less, and the checksum by it (include/net/ip.h, ip_decrease_ttl). */
  private void ttl() {
    code.load(Width.B, 2, 7, TTL).alu(Alu.SUB, 2, 1).store(Width.B, 7, TTL, 2);
    code.load(Width.H, 2, 7, CHECKSUM)
        .alu(Alu.ADD, 2, network(0x0100))
        .jump(When.LT, 2, 0xffff, "sum")
        .alu(Alu.ADD, 2, 1)
        .label("sum")
        .store(Width.H, 7, CHECKSUM, 2);
  }
}
