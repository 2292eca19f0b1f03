package io.vrouter.netlink.socket;

import io.vrouter.netlink.wire.Errno;

/** A system call failed. */
public final class SyscallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String op;
  private final int errno;

  /**
   * @param op the call and what it was for
   * @param errno positive error number
   */
  public SyscallException(String op, int errno) {
    super(op + ": " + Errno.name(errno));
    this.op = op;
    this.errno = errno;
  }

  /** The call and what it was for. */
  public String op() {
    return op;
  }

  /** Positive error number. */
  public int errno() {
    return errno;
  }
}
