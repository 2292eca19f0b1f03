package io.vrouter.netlink.wire;

/** Constants of include/uapi/linux/fib_rules.h. */
public final class FibRules {
  public static final int FRA_DST = 1;
  public static final int FRA_SRC = 2;
  public static final int FRA_IIFNAME = 3;
  public static final int FRA_PRIORITY = 6;
  public static final int FRA_FWMARK = 10;

  /**
   * Suppresses a result of the table with this prefix length or a shorter one; 0 suppresses default
   * routes.
   */
  public static final int FRA_SUPPRESS_PREFIXLEN = 14;

  public static final int FRA_TABLE = 15;
  public static final int FRA_OIFNAME = 17;

  /** Only for devices of a VRF. */
  public static final int FRA_L3MDEV = 19;

  public static final int FRA_UID_RANGE = 20;
  public static final int FRA_IP_PROTO = 22;
  public static final int FRA_SPORT_RANGE = 23;
  public static final int FRA_DPORT_RANGE = 24;

  /** Matches the packets that don't match the selectors. */
  public static final int FIB_RULE_INVERT = 2;

  public static final int FR_ACT_TO_TBL = 1;
  public static final int FR_ACT_BLACKHOLE = 6;
  public static final int FR_ACT_UNREACHABLE = 7;
  public static final int FR_ACT_PROHIBIT = 8;

  private FibRules() {}
}
