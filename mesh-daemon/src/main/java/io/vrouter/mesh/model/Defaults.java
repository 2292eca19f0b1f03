package io.vrouter.mesh.model;

/** Default values that several packages use. */
public final class Defaults {
  /** UDP port of VXLAN (RFC 7348, section 8). */
  public static final int VXLAN_PORT = 4789;

  /** UDP port of WireGuard: the one that its documentation uses. */
  public static final int WIREGUARD_PORT = 51_820;

  /** The pool from which Docker's subnets are claimed: CIDR. */
  public static final String POOL = "10.128.0.0/10";

  private Defaults() {}
}
