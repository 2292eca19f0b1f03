package io.vrouter.netlink;

import io.vrouter.netlink.wire.Errno;

/** The kernel refused a request, or did not answer it. */
public final class NetlinkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String op;
  private final int errno;
  private final String kernelMessage;
  private final int offset;

  /**
   * @param op the attempted operation as text
   * @param errno positive error number
   * @param kernelMessage the kernel's text, empty for none
   * @param offset of the offending attribute, in octets from the start of the message; -1 when it
   *     named none
   */
  public NetlinkException(String op, int errno, String kernelMessage, int offset) {
    super(describe(op, errno, kernelMessage));
    this.op = op;
    this.errno = errno;
    this.kernelMessage = kernelMessage;
    this.offset = offset;
  }

  NetlinkException(String op, int errno, String kernelMessage, Throwable cause) {
    this(op, errno, kernelMessage, -1);
    initCause(cause);
  }

  /** The attempted operation. */
  public String op() {
    return op;
  }

  /** Positive error number. */
  public int errno() {
    return errno;
  }

  /** The kernel's text, empty for none. */
  public String kernelMessage() {
    return kernelMessage;
  }

  /** Offset of the offending attribute in octets; -1 when the kernel named none. */
  public int offset() {
    return offset;
  }

  static String describe(String op, int errno, String kernelMessage) {
    String words = kernelMessage.isEmpty() ? "" : ": " + kernelMessage;
    return op + ": " + Errno.name(errno) + words + advice(errno);
  }

  private static String advice(int errno) {
    return switch (errno) {
      case Errno.EPERM -> " (CAP_NET_ADMIN in this network namespace is needed)";
      case Errno.ENODEV -> " (the device is gone: list the links again)";
      case Errno.ENOBUFS -> " (the kernel dropped messages: dump again)";
      case Errno.EADDRINUSE -> " (another socket has the port: ss -lunp shows whose)";
      default -> "";
    };
  }
}
