package io.vrouter.netlink.wire;

/** Constants of include/uapi/linux/netconf.h. */
public final class NetconfAttributes {
  public static final int NETCONFA_IFINDEX = 1;
  public static final int NETCONFA_FORWARDING = 2;
  public static final int NETCONFA_RP_FILTER = 3;

  /** In place of a device: /proc/sys/net/ipv4/conf/all, for forwarding also ip_forward. */
  public static final int NETCONFA_IFINDEX_ALL = -1;

  /** In place of a device: /proc/sys/net/ipv4/conf/default. */
  public static final int NETCONFA_IFINDEX_DEFAULT = -2;

  private NetconfAttributes() {}
}
