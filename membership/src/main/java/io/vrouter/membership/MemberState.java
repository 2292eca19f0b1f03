package io.vrouter.membership;

/** What an observer believes of a member. The order is the life of a member, not a precedence. */
public enum MemberState {
  /** Answers probes, or has not given a reason to be probed twice. */
  ALIVE,
  /** Missed a direct and the indirect probes; has until the suspicion timeout to refute. */
  SUSPECT,
  /**
   * Its control plane is silent (or it announced a restart) but its kernel answers on the data
   * path: its routes stay for the grace period.
   */
  RESTARTING,
  /** Silent on every path until the suspicion timeout passed. Retried for ever. */
  FAILED,
  /** Said good-bye, signed. */
  LEFT,
  /** A newer record holds its underlay endpoint: the host was reinstalled or the lease recycled. */
  REPLACED;

  /** Whether the data path towards a member in this state is kept in the kernel. */
  public boolean keepsDataPath() {
    return this == ALIVE || this == SUSPECT || this == RESTARTING;
  }
}
