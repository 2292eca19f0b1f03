package io.vrouter.membership;

/** State of a member in one observer's view, in the order of a member's life (no precedence). */
public enum MemberState {
  /** Answers probes, or was not probed yet. */
  ALIVE,
  /** Missed a direct and the indirect probes; has until the suspicion timeout to refute. */
  SUSPECT,
  /**
   * The daemon does not answer (or announced a restart) but the kernel answers on the data path:
   * routes stay for the grace period.
   */
  RESTARTING,
  /** No answer on any path until the suspicion timeout ended. Retried without limit. */
  FAILED,
  /** Announced its departure in a signed record. */
  LEFT,
  /**
   * A newer record has its underlay endpoint: the host was reinstalled or its address reassigned.
   */
  REPLACED;

  /** Whether the data path towards a member in this state is kept in the kernel. */
  public boolean keepsDataPath() {
    return this == ALIVE || this == SUSPECT || this == RESTARTING;
  }
}
