package io.vrouter.netlink.bpf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The commands of bpf(2) and their parts of {@code union bpf_attr}. Addresses are those of memory
 * that must live until the call returns. The buffers are zero and in host order.
 */
public final class BpfAttr {
  public static final int BPF_MAP_CREATE = 0;
  public static final int BPF_MAP_LOOKUP_ELEM = 1;
  public static final int BPF_MAP_UPDATE_ELEM = 2;
  public static final int BPF_MAP_DELETE_ELEM = 3;
  public static final int BPF_MAP_GET_NEXT_KEY = 4;
  public static final int BPF_PROG_LOAD = 5;
  public static final int BPF_PROG_TEST_RUN = 10;
  public static final int BPF_PROG_GET_FD_BY_ID = 13;
  public static final int BPF_MAP_GET_FD_BY_ID = 14;
  public static final int BPF_OBJ_GET_INFO_BY_FD = 15;

  public static final int BPF_PROG_TYPE_SCHED_CLS = 3;

  /** Octets of the largest part used here. */
  public static final int OCTETS = 72;

  /** Octets that are read of {@code struct bpf_prog_info}, up to its name. */
  public static final int PROG_INFO = 80;

  /** Octets that are read of {@code struct bpf_map_info}, up to its name. */
  public static final int MAP_INFO = 40;

  private static final int NAME = 15;

  private BpfAttr() {}

  static void checkName(String name) {
    if (!name.matches("[A-Za-z0-9._]{1,15}")) {
      throw new IllegalArgumentException(
          "'%s' is no name: 1 to %d of A-Z a-z 0-9 . _".formatted(name, NAME));
    }
  }

  /** Of BPF_MAP_CREATE. */
  public static void mapCreate(ByteBuffer attr, BpfMapSpec spec) {
    attr.putInt(0, spec.type()).putInt(4, spec.keySize()).putInt(8, spec.valueSize());
    attr.putInt(12, spec.maxEntries()).putInt(16, spec.flags());
    attr.put(28, spec.name().getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Of the commands on one entry.
   *
   * @param value where the value is or goes; of BPF_MAP_GET_NEXT_KEY the next key
   */
  public static void element(ByteBuffer attr, int map, long key, long value) {
    attr.putInt(0, map).putLong(8, key).putLong(16, value);
  }

  /**
   * Of BPF_PROG_LOAD.
   *
   * @param log where the verifier writes, 0 for nowhere
   */
  public static void progLoad(
      ByteBuffer attr, String name, int insns, long at, long license, long log, int logSize) {
    attr.putInt(0, BPF_PROG_TYPE_SCHED_CLS).putInt(4, insns).putLong(8, at).putLong(16, license);
    if (log != 0) {
      attr.putInt(24, 1).putInt(28, logSize).putLong(32, log);
    }
    attr.put(48, name.getBytes(StandardCharsets.US_ASCII));
  }

  /** Of BPF_PROG_TEST_RUN, once. */
  public static void testRun(
      ByteBuffer attr, int prog, long in, int length, long out, int room, long ctx, int ctxLength) {
    attr.putInt(0, prog).putInt(8, length).putInt(12, room).putLong(16, in).putLong(24, out);
    attr.putInt(40, ctxLength).putLong(48, ctx);
  }

  /** Result of BPF_PROG_TEST_RUN. */
  public static int retval(ByteBuffer attr) {
    return attr.getInt(4);
  }

  /** Octets that BPF_PROG_TEST_RUN wrote. */
  public static int lengthOut(ByteBuffer attr) {
    return attr.getInt(12);
  }

  /** Of BPF_PROG_GET_FD_BY_ID and BPF_MAP_GET_FD_BY_ID. */
  public static void byId(ByteBuffer attr, int id) {
    attr.putInt(0, id);
  }

  /** Of BPF_OBJ_GET_INFO_BY_FD. */
  public static void info(ByteBuffer attr, int fd, int length, long at) {
    attr.putInt(0, fd).putInt(4, length).putLong(8, at);
  }

  /** Asks {@code struct bpf_prog_info} for the numbers of the program's maps. */
  public static void askMaps(ByteBuffer info, int most, long at) {
    info.putInt(52, most).putLong(56, at);
  }

  /** The number of the object that a {@code struct bpf_prog_info} or {@code bpf_map_info} is of. */
  public static int id(ByteBuffer info) {
    return info.getInt(4);
  }

  /** How many maps a {@code struct bpf_prog_info} counts. */
  public static int maps(ByteBuffer info) {
    return info.getInt(52);
  }

  /** The shape in a {@code struct bpf_map_info}. */
  public static BpfMapSpec mapSpec(ByteBuffer info) {
    byte[] name = new byte[NAME + 1];
    info.get(24, name);
    int end = 0;
    while (end < NAME && name[end] != 0) {
      end++;
    }
    return new BpfMapSpec(
        end == 0 ? "_" : new String(name, 0, end, StandardCharsets.US_ASCII),
        info.getInt(0),
        info.getInt(8),
        info.getInt(12),
        info.getInt(16),
        info.getInt(20));
  }
}
