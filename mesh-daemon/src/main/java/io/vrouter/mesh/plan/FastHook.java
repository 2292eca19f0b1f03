package io.vrouter.mesh.plan;

/**
 * A device at whose ingress a program of the fast path is.
 *
 * @param ifIndex of the device
 */
public record FastHook(String device, int ifIndex, Program program) {
  /** Which of the two programs. */
  public enum Program {
    FROM_TUNNEL,
    TOWARDS_TUNNEL
  }

  /** The hook's name. */
  public String object() {
    return "fast path at %s (%d)".formatted(device, ifIndex);
  }
}
