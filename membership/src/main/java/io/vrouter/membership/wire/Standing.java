package io.vrouter.membership.wire;

/**
 * A claim about one incarnation of a member. The order is the precedence at equal incarnation: the
 * later one wins. A higher incarnation, which only its owner can sign, starts over at {@link
 * #ALIVE}.
 */
public enum Standing {
  /** No claim against it. */
  ALIVE(0),
  /** A probe failed. */
  SUSPECT(1),
  /** Its control plane is silent, its kernel answered on the data path. */
  RESTARTING(2),
  /** The suspicion timed out without a refutation. */
  FAILED(3),
  /** Another member answers at its endpoint. */
  REPLACED(4),
  /** An operator asked to drop it. */
  FORGOTTEN(5);

  private final int code;

  Standing(int code) {
    this.code = code;
  }

  /** Its byte on the wire. */
  int code() {
    return code;
  }

  static Standing read(Reader in) throws WireException {
    int code = in.u8();
    return switch (code) {
      case 0 -> ALIVE;
      case 1 -> SUSPECT;
      case 2 -> RESTARTING;
      case 3 -> FAILED;
      case 4 -> REPLACED;
      case 5 -> FORGOTTEN;
      default -> throw in.error("unknown standing " + code);
    };
  }
}
