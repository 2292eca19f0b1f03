package io.vrouter.netlink;

import io.vrouter.netlink.wire.Errno;
import java.util.List;

/** The kernel refused a call of bpf(2). */
public final class BpfException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String op;
  private final int errno;
  private final String log;

  /**
   * @param op the attempted operation as text
   * @param errno positive error number
   * @param log the verifier's words, empty for none
   */
  public BpfException(String op, int errno, String log) {
    super(op + ": " + Errno.name(errno) + reason(errno, log));
    this.op = op;
    this.errno = errno;
    this.log = log;
  }

  /** The attempted operation. */
  public String op() {
    return op;
  }

  /** Positive error number. */
  public int errno() {
    return errno;
  }

  /** The verifier's output, up to the instruction that it refused; empty for none. */
  public String log() {
    return log;
  }

  private static String reason(int errno, String log) {
    List<String> lines = log.strip().lines().toList();
    // The last lines are statistics; the reason precedes them.
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (!lines.get(i).isBlank() && !lines.get(i).startsWith("processed ")) {
        return ": " + lines.get(i);
      }
    }
    return errno == Errno.EPERM
        ? ": CAP_BPF and CAP_NET_ADMIN (or CAP_SYS_ADMIN), no kernel lockdown, and before Linux"
            + " 5.11 enough locked memory (ulimit -l) are needed"
        : "";
  }
}
