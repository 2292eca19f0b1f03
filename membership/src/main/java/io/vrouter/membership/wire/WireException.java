package io.vrouter.membership.wire;

/** Bytes that are not a message: the one error of decoding. */
public final class WireException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int offset;

  WireException(String message, int offset) {
    super(message + " at offset " + offset);
    this.offset = offset;
  }

  /** The offset of the error in the datagram. */
  public int offset() {
    return offset;
  }
}
