package io.vrouter.mesh.fastpath;

import io.vrouter.mesh.firewall.PacketMark;
import io.vrouter.mesh.plan.FastEntry;
import io.vrouter.mesh.plan.FastHook;
import io.vrouter.netlink.BpfException;
import io.vrouter.netlink.BpfKernel;
import io.vrouter.netlink.bpf.BpfMapSpec;
import io.vrouter.netlink.bpf.BpfProgram;
import io.vrouter.netlink.bpf.TcFilter;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Maps and programs in the kernel, opened. The kernel keeps them as long as a filter uses them or
 * they are open here.
 */
final class FastObjects implements AutoCloseable {
  private static final Map<FastHook.Program, BpfProgram> PROGRAMS =
      Map.of(
          FastHook.Program.FROM_TUNNEL,
          FastPrograms.fromTunnel(ByteOrder.nativeOrder()),
          FastHook.Program.TOWARDS_TUNNEL,
          FastPrograms.towardsTunnel(Integer.decode(PacketMark.PASSED), ByteOrder.nativeOrder()));

  /** Begins the name of each filter of ours. */
  static final String MARK = "vrouter mesh ";

  /** Changes with each change of programs and maps. */
  static final String VERSION = version();

  private final Map<String, Integer> maps = new HashMap<>();
  private final Map<String, Integer> mapIds = new HashMap<>();
  private final Map<FastHook.Program, Integer> programs = new EnumMap<>(FastHook.Program.class);

  /** Numbers of programs that have exactly these maps. */
  private final Set<Integer> current = new HashSet<>();

  private FastObjects() {}

  private static String version() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (FastHook.Program direction : FastHook.Program.values()) {
        BpfProgram program = of(direction);
        Map<String, Integer> none = new HashMap<>();
        program.mapNames().forEach(name -> none.put(name, 0));
        digest.update(program.octets(none, ByteOrder.BIG_ENDIAN));
      }
      digest.update(FastMaps.SPECS.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(), 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each JVM has SHA-256", e);
    }
  }

  /**
   * Adopts the maps of the filters that an earlier run left (with CAP_SYS_ADMIN), makes the missing
   * ones, and loads the programs.
   *
   * @param filters of ours, of any version
   * @throws BpfException when the kernel refuses
   */
  static FastObjects open(Collection<TcFilter> filters) {
    FastObjects objects = new FastObjects();
    boolean done = false;
    try {
      filters.stream().filter(it -> isOfThisVersion(it.name())).forEach(objects::adopt);
      for (BpfMapSpec spec : FastMaps.SPECS) {
        if (!objects.maps.containsKey(spec.name())) {
          int fd = BpfKernel.createMap(spec);
          objects.maps.put(spec.name(), fd);
          objects.mapIds.put(spec.name(), BpfKernel.idOf(fd));
        }
      }
      for (FastHook.Program direction : FastHook.Program.values()) {
        int fd = BpfKernel.load(of(direction), objects.maps);
        objects.programs.put(direction, fd);
        objects.current.add(BpfKernel.idOf(fd));
      }
      filters.forEach(objects::accept);
      done = true;
      return objects;
    } finally {
      if (!done) {
        objects.close();
      }
    }
  }

  private static BpfProgram of(FastHook.Program direction) {
    return Optional.ofNullable(PROGRAMS.get(direction)).orElseThrow();
  }

  private void adopt(TcFilter filter) {
    for (BpfKernel.OpenMap map : mapsOf(filter)) {
      String name = map.spec().name();
      if (FastMaps.SPECS.contains(map.spec()) && !maps.containsKey(name)) {
        maps.put(name, map.fd());
        mapIds.put(name, map.id());
      } else {
        BpfKernel.close(map.fd());
      }
    }
  }

  private void accept(TcFilter filter) {
    List<BpfKernel.OpenMap> used = mapsOf(filter);
    boolean same = isOfThisVersion(filter.name()) && !used.isEmpty();
    for (BpfKernel.OpenMap map : used) {
      same &= Integer.valueOf(map.id()).equals(mapIds.get(map.spec().name()));
      BpfKernel.close(map.fd());
    }
    if (same) {
      current.add(filter.program());
    }
  }

  /**
   * Empty when the filter has gone meanwhile, and without CAP_SYS_ADMIN, which takes to open what
   * another process loaded: then the filter is outdated, and its program is replaced.
   */
  private static List<BpfKernel.OpenMap> mapsOf(TcFilter filter) {
    try {
      int program = BpfKernel.program(filter.program());
      try {
        return BpfKernel.mapsOf(program);
      } finally {
        BpfKernel.close(program);
      }
    } catch (BpfException e) {
      return List.of();
    }
  }

  /** Whether a filter of that name is ours. */
  static boolean isOurs(TcFilter filter) {
    return filter.kind().equals("bpf") && filter.name().startsWith(MARK);
  }

  private static boolean isOfThisVersion(String name) {
    return name.contains(VERSION);
  }

  /** Whether the filter has a program of this version with these maps. */
  boolean isCurrent(TcFilter filter) {
    return current.contains(filter.program());
  }

  /** File descriptor of a program. */
  int program(FastHook.Program direction) {
    return Optional.ofNullable(programs.get(direction)).orElseThrow();
  }

  private int map(String name) {
    return Optional.ofNullable(maps.get(name)).orElseThrow();
  }

  /** Everything in the planned maps. */
  Set<FastEntry> entries() {
    Set<FastEntry> entries = new HashSet<>();
    for (BpfMapSpec spec : FastMaps.planned()) {
      BpfKernel.entries(map(spec.name()), spec)
          .forEach((key, value) -> entries.add(FastMaps.decode(spec.name(), key, value)));
    }
    return entries;
  }

  void set(FastEntry entry) {
    FastMaps.MapEntry octets = FastMaps.encode(entry);
    BpfKernel.update(map(octets.map()), octets.key(), octets.value());
  }

  void delete(FastEntry entry) {
    FastMaps.MapEntry octets = FastMaps.encode(entry);
    boolean unused = BpfKernel.delete(map(octets.map()), octets.key());
  }

  @Override
  public void close() {
    maps.values().forEach(BpfKernel::close);
    programs.values().forEach(BpfKernel::close);
    maps.clear();
    programs.clear();
  }
}
