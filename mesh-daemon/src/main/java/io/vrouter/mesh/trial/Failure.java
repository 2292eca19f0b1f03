package io.vrouter.mesh.trial;

import java.net.InetAddress;

/**
 * A pair of networks that does not behave.
 *
 * @param near the initiator's address in its network
 * @param far the responder's
 */
public record Failure(InetAddress near, InetAddress far, Finding kind) {
  /** The observation. */
  public enum Finding {
    /** Nothing arrives in either direction. */
    SILENT(0),
    /** Nothing arrives at the responder. */
    SILENT_TO(1),
    /** Nothing arrives at the initiator. */
    SILENT_FROM(2),
    /** Small packets arrive at the responder, those of the path's full size don't. */
    LARGE_TO(3),
    /** Small packets arrive at the initiator, those of the path's full size don't. */
    LARGE_FROM(4),
    /** Packets arrive with another source address. */
    SOURCE(5),
    /** Packets arrive although the networks are not connected. */
    LEAK(6);

    private final int code;

    Finding(int code) {
      this.code = code;
    }

    /** On the wire. */
    int code() {
      return code;
    }

    static Finding of(int code) {
      for (Finding kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalArgumentException("kind " + code);
    }
  }
}
