package io.vrouter.membership.wire;

/**
 * What is claimed of one incarnation of a member. The order is the precedence at equal incarnation:
 * the later one wins. A higher incarnation, which only its owner can sign, starts over at {@link
 * #ALIVE}.
 */
public enum Standing {
  /** Nothing speaks against it. */
  ALIVE(0),
  /** Somebody's probes failed. */
  SUSPECT(1),
  /** Its control plane is silent, its kernel answered on the data path. */
  RESTARTING(2),
  /** It was suspected and did not refute in time. */
  FAILED(3),
  /** Another member answers at its endpoint. */
  REPLACED(4),
  /** An operator asked to drop it. */
  FORGOTTEN(5);

  private final int code;

  Standing(int code) {
    this.code = code;
  }

  /** The byte that stands for it on the wire. */
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
