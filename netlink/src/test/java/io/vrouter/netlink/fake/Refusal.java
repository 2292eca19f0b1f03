package io.vrouter.netlink.fake;

/** The fake kernel says no. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  final int errno;

  Refusal(int errno, String kernelMessage) {
    super(kernelMessage);
    this.errno = errno;
  }

  String kernelMessage() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
