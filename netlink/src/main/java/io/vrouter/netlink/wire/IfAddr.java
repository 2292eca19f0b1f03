package io.vrouter.netlink.wire;

/** Constants of include/uapi/linux/if_addr.h. */
public final class IfAddr {
  public static final int IFA_ADDRESS = 1;
  public static final int IFA_LOCAL = 2;
  public static final int IFA_LABEL = 3;
  public static final int IFA_BROADCAST = 4;
  public static final int IFA_CACHEINFO = 6;
  public static final int IFA_FLAGS = 8;

  /** Metric of the route to the address's prefix. */
  public static final int IFA_RT_PRIORITY = 9;

  public static final int IFA_PROTO = 11;

  public static final int IFA_F_SECONDARY = 0x01;

  /** No duplicate address detection: the address works at once. IPv6 only. */
  public static final int IFA_F_NODAD = 0x02;

  public static final int IFA_F_DADFAILED = 0x08;
  public static final int IFA_F_TENTATIVE = 0x40;
  public static final int IFA_F_PERMANENT = 0x80;

  /** No route to the address's prefix is made. */
  public static final int IFA_F_NOPREFIXROUTE = 0x200;

  public static final int IFA_F_STABLE_PRIVACY = 0x800;

  private IfAddr() {}
}
