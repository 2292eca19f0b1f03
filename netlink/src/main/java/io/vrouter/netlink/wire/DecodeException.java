package io.vrouter.netlink.wire;

/** The bytes are not valid netlink: the only error of decoding. */
public final class DecodeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message the expected and the found content
   */
  public DecodeException(String message) {
    super(message);
  }
}
