package io.vrouter.netlink;

import io.vrouter.netlink.bpf.BpfAttr;
import io.vrouter.netlink.bpf.BpfInsn;
import io.vrouter.netlink.bpf.BpfMapSpec;
import io.vrouter.netlink.bpf.BpfProgram;
import io.vrouter.netlink.socket.BpfSyscall;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Payload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Maps and programs of the kernel, by file descriptors that the caller closes. Every method throws
 * {@link BpfException} when the kernel refuses. Thread-safe.
 */
public final class BpfKernel {
  private static final int LOG_OCTETS = 256 * 1024;
  private static final int MOST_MAPS = 64;
  private static final String LICENSE = "GPL";

  private BpfKernel() {}

  /** Makes a map and returns its file descriptor. */
  public static int createMap(BpfMapSpec spec) {
    ByteBuffer attr = attr();
    BpfAttr.mapCreate(attr, spec);
    return checked("create map " + spec.name(), BpfAttr.BPF_MAP_CREATE, attr);
  }

  /** Sets an entry, whether it is there or not. */
  public static void update(int map, Payload key, Payload value) {
    element("set an entry of a map", BpfAttr.BPF_MAP_UPDATE_ELEM, map, key, direct(value));
  }

  /** Deletes an entry; whether it was there. */
  public static boolean delete(int map, Payload key) {
    return element("delete an entry of a map", BpfAttr.BPF_MAP_DELETE_ELEM, map, key, null);
  }

  /**
   * The value of an entry.
   *
   * @param valueSize as the map has it
   */
  public static Optional<Payload> lookup(int map, Payload key, int valueSize) {
    ByteBuffer value = BpfSyscall.buffer(valueSize);
    return element("look up an entry of a map", BpfAttr.BPF_MAP_LOOKUP_ELEM, map, key, value)
        ? Optional.of(Payload.from(value))
        : Optional.empty();
  }

  /**
   * All entries. Where another program deletes one meanwhile, the walk begins anew (and takes in an
   * entry once); one that is added meanwhile may be missing.
   */
  public static Map<Payload, Payload> entries(int map, BpfMapSpec spec) {
    Map<Payload, Payload> entries = new LinkedHashMap<>();
    ByteBuffer attr = attr();
    ByteBuffer key = BpfSyscall.buffer(spec.keySize());
    ByteBuffer next = BpfSyscall.buffer(spec.keySize());
    long before = 0;
    for (int walked = 0; walked <= 2 * spec.maxEntries(); walked++) {
      BpfAttr.element(attr, map, before, BpfSyscall.address(next));
      int result = BpfSyscall.call(BpfAttr.BPF_MAP_GET_NEXT_KEY, attr, key, next);
      if (result == -Errno.ENOENT) {
        return entries;
      }
      check("walk a map", result, "");
      key.clear().put(next.clear()).flip();
      Payload found = Payload.from(key);
      lookup(map, found, spec.valueSize()).ifPresent(value -> entries.put(found, value));
      before = BpfSyscall.address(key);
    }
    return entries;
  }

  /**
   * Loads a program and returns its file descriptor.
   *
   * @param fds of its maps, by name
   * @throws BpfException with the verifier's words when it refuses
   */
  public static int load(BpfProgram program, Map<String, Integer> fds) {
    ByteBuffer insns = direct(Payload.of(program.octets(fds, ByteOrder.nativeOrder())));
    ByteBuffer license = direct(Payload.of((LICENSE + "\0").getBytes(StandardCharsets.US_ASCII)));
    int result = load(program, insns, license, null);
    if (result >= 0 || result == -Errno.EPERM) {
      return check("load program " + program.name(), result, "");
    }
    // Again, for the words: the kernel refuses a log without room for all of them.
    ByteBuffer log = BpfSyscall.buffer(LOG_OCTETS);
    int again = load(program, insns, license, log);
    return check("load program " + program.name(), again, text(log));
  }

  private static int load(
      BpfProgram program, ByteBuffer insns, ByteBuffer license, @Nullable ByteBuffer log) {
    ByteBuffer attr = attr();
    BpfAttr.progLoad(
        attr,
        program.name(),
        insns.capacity() / BpfInsn.OCTETS,
        BpfSyscall.address(insns),
        BpfSyscall.address(license),
        log == null ? 0 : BpfSyscall.address(log),
        LOG_OCTETS);
    return log == null
        ? BpfSyscall.call(BpfAttr.BPF_PROG_LOAD, attr, insns, license)
        : BpfSyscall.call(BpfAttr.BPF_PROG_LOAD, attr, insns, license, log);
  }

  /** The file descriptor of a loaded program by its number. */
  public static int program(int id) {
    ByteBuffer attr = attr();
    BpfAttr.byId(attr, id);
    return checked("open program " + id, BpfAttr.BPF_PROG_GET_FD_BY_ID, attr);
  }

  /**
   * A map that is open.
   *
   * @param id number of the map in the kernel
   * @param fd to be closed by the receiver
   */
  public record OpenMap(int id, BpfMapSpec spec, int fd) {}

  /**
   * The maps of a loaded program, opened.
   *
   * @param program its file descriptor
   */
  public static List<OpenMap> mapsOf(int program) {
    ByteBuffer info = BpfSyscall.buffer(BpfAttr.PROG_INFO);
    ByteBuffer ids = BpfSyscall.buffer(4 * MOST_MAPS);
    BpfAttr.askMaps(info, MOST_MAPS, BpfSyscall.address(ids));
    info(program, info, ids);
    List<OpenMap> maps = new ArrayList<>();
    boolean done = false;
    try {
      for (int i = 0; i < Math.min(MOST_MAPS, BpfAttr.maps(info)); i++) {
        int id = ids.getInt(4 * i);
        ByteBuffer attr = attr();
        BpfAttr.byId(attr, id);
        int fd = checked("open map " + id, BpfAttr.BPF_MAP_GET_FD_BY_ID, attr);
        ByteBuffer map = BpfSyscall.buffer(BpfAttr.MAP_INFO);
        try {
          info(fd, map, map);
          maps.add(new OpenMap(id, BpfAttr.mapSpec(map), fd));
        } catch (BpfException e) {
          close(fd);
          throw e;
        }
      }
      done = true;
      return maps;
    } finally {
      if (!done) {
        maps.forEach(map -> close(map.fd()));
      }
    }
  }

  /** The number of an open map or program. */
  public static int idOf(int fd) {
    ByteBuffer info = BpfSyscall.buffer(BpfAttr.PROG_INFO);
    info(fd, info, info);
    return BpfAttr.id(info);
  }

  /** The result of a trial. */
  public record Trial(int verdict, Payload packet) {}

  /**
   * Runs a loaded program on a packet without a device (BPF_PROG_TEST_RUN).
   *
   * @param context octets of {@code struct __sk_buff}
   */
  public static Trial trial(int program, Payload packet, Payload context) {
    ByteBuffer in = direct(packet);
    ByteBuffer out = BpfSyscall.buffer(packet.length() + 256);
    ByteBuffer ctx = direct(context);
    ByteBuffer attr = attr();
    BpfAttr.testRun(
        attr,
        program,
        BpfSyscall.address(in),
        packet.length(),
        BpfSyscall.address(out),
        out.capacity(),
        BpfSyscall.address(ctx),
        context.length());
    int unused = checked("try a program", BpfAttr.BPF_PROG_TEST_RUN, attr, in, out, ctx);
    return new Trial(BpfAttr.retval(attr), Payload.from(out.limit(BpfAttr.lengthOut(attr))));
  }

  /** Closes the file descriptor of a map or a program. */
  public static void close(int fd) {
    BpfSyscall.close(fd);
  }

  private static void info(int fd, ByteBuffer info, ByteBuffer pointed) {
    ByteBuffer attr = attr();
    BpfAttr.info(attr, fd, info.capacity(), BpfSyscall.address(info));
    int unused =
        checked("read about an object", BpfAttr.BPF_OBJ_GET_INFO_BY_FD, attr, info, pointed);
  }

  private static boolean element(
      String op, int command, int map, Payload key, @Nullable ByteBuffer value) {
    ByteBuffer octets = direct(key);
    ByteBuffer attr = attr();
    BpfAttr.element(
        attr, map, BpfSyscall.address(octets), value == null ? 0 : BpfSyscall.address(value));
    int result =
        value == null
            ? BpfSyscall.call(command, attr, octets)
            : BpfSyscall.call(command, attr, octets, value);
    if (result == -Errno.ENOENT) {
      return false;
    }
    return check(op, result, "") >= 0;
  }

  private static int checked(String op, int command, ByteBuffer attr, ByteBuffer... pointed) {
    return check(op, BpfSyscall.call(command, attr, pointed), "");
  }

  private static int check(String op, int result, String log) {
    if (result < 0) {
      throw new BpfException(op, -result, log);
    }
    return result;
  }

  private static ByteBuffer attr() {
    return BpfSyscall.buffer(BpfAttr.OCTETS);
  }

  private static ByteBuffer direct(Payload payload) {
    ByteBuffer buffer = BpfSyscall.buffer(payload.length());
    payload.copyTo(buffer);
    return buffer.clear();
  }

  private static String text(ByteBuffer log) {
    byte[] octets = new byte[log.capacity()];
    log.get(0, octets);
    int end = 0;
    while (end < octets.length && octets[end] != 0) {
      end++;
    }
    return new String(Arrays.copyOf(octets, end), StandardCharsets.UTF_8);
  }
}
