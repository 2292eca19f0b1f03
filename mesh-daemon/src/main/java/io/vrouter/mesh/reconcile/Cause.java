package io.vrouter.mesh.reconcile;

/** Why the loop runs. */
enum Cause {
  /** Something in membership's snapshot changed. */
  MEMBERSHIP(1),
  /** Something of this host changed. */
  LOCAL(2),
  /** Something in the kernel changed, perhaps by ourselves. */
  KERNEL(4),
  /** Something in nftables changed, perhaps by ourselves. */
  RULES(8),
  /** Something in a firewall changed that nftables doesn't tell of. */
  FIREWALL(16);

  private final int bit;

  Cause(int bit) {
    this.bit = bit;
  }

  int bit() {
    return bit;
  }
}
