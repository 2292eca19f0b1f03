package io.vrouter.netlink.wire;

/** The bytes are not what netlink allows: the only error decoding throws. */
public final class DecodeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what was expected and what was found
   */
  public DecodeException(String message) {
    super(message);
  }
}
