package io.vrouter.membership.jgroups;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Processor time of the calling thread, from the kernel's {@code /proc/thread-self/schedstat}
 * (proc_pid_schedstat(5)), which takes some µs. The JDK's own API loads its management classes,
 * which takes longer than a join.
 */
final class ThreadCpuTime {
  private static final String FILE = "/proc/thread-self/schedstat";

  private ThreadCpuTime() {}

  /** Nanoseconds on a processor, or -1 where the kernel reports none. */
  static long read() {
    byte[] text = new byte[64];
    try (InputStream in = new FileInputStream(FILE)) {
      int length = in.read(text);
      String first = new String(text, 0, Math.max(0, length), US_ASCII).split(" ", 2)[0];
      return Long.parseLong(first);
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }
}
