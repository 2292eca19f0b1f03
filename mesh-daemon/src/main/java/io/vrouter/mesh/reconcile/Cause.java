package io.vrouter.mesh.reconcile;

/** Why the loop runs. */
enum Cause {
  /** Membership's snapshot changed. */
  MEMBERSHIP(1),
  /** This host changed: its networks, its underlay, its containers. */
  LOCAL(2),
  /** An object without our mark changed in the kernel. */
  KERNEL(4),
  /** Something in nftables changed, perhaps by ourselves. */
  RULES(8),
  /** A firewall changed in a way that nftables sends no event of. */
  FIREWALL(16),
  /** An object with our mark changed in the kernel, perhaps by ourselves. */
  OURS(32),
  /** A command needs a pass. */
  OPERATOR(64),
  /** The state was written, or could not be. */
  SAVED(128);

  private final int bit;

  Cause(int bit) {
    this.bit = bit;
  }

  int bit() {
    return bit;
  }
}
