package io.vrouter.netlink.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A program for the hook of a classifier, with the maps it uses.
 *
 * @param name as of a map
 * @param insns in order
 * @param maps name of the map by the number of the instruction that loads its address
 */
public record BpfProgram(String name, List<BpfInsn> insns, Map<Integer, String> maps) {
  public BpfProgram {
    BpfAttr.checkName(name);
    insns = List.copyOf(insns);
    maps = Map.copyOf(maps);
  }

  /** The names of the maps. */
  public Set<String> mapNames() {
    return new TreeSet<>(maps.values());
  }

  /**
   * The instructions as the kernel takes them.
   *
   * @param fds file descriptor of each map by its name
   */
  public byte[] octets(Map<String, Integer> fds, ByteOrder order) {
    ByteBuffer out = ByteBuffer.allocate(insns.size() * BpfInsn.OCTETS).order(order);
    for (int i = 0; i < insns.size(); i++) {
      BpfInsn insn = insns.get(i);
      String map = maps.get(i);
      if (map != null) {
        Integer fd = fds.get(map);
        if (fd == null) {
          throw new IllegalArgumentException("no map " + map);
        }
        insn = new BpfInsn(insn.code(), insn.dst(), insn.src(), insn.off(), fd);
      }
      insn.write(out);
    }
    return out.array();
  }
}
