package io.vrouter.membership.wire;

/** Bytes that are no message: the one error that decoding throws. */
public final class WireException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int offset;

  WireException(String message, int offset) {
    super(message + " at offset " + offset);
    this.offset = offset;
  }

  /** Where in the datagram it went wrong. */
  public int offset() {
    return offset;
  }
}
