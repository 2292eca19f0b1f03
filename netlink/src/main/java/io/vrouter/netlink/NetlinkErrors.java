package io.vrouter.netlink;

import io.vrouter.netlink.wire.Errno;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Count of the kernel's refusals in this process, for metrics. Thread-safe. */
public final class NetlinkErrors {
  private static final Map<Integer, LongAdder> COUNTS = new ConcurrentHashMap<>();

  private NetlinkErrors() {}

  static void count(int errno) {
    if (errno != 0) {
      COUNTS.computeIfAbsent(errno, number -> new LongAdder()).increment();
    }
  }

  /** By the error's name, e.g. {@code EEXIST}; those that never came are absent. */
  public static Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    COUNTS.forEach((errno, count) -> counts.put(Errno.name(errno), count.sum()));
    return counts;
  }
}
