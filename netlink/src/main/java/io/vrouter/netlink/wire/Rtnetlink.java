package io.vrouter.netlink.wire;

/** Constants of include/uapi/linux/rtnetlink.h. */
public final class Rtnetlink {
  public static final int RTM_NEWLINK = 16;
  public static final int RTM_DELLINK = 17;
  public static final int RTM_GETLINK = 18;
  public static final int RTM_SETLINK = 19;
  public static final int RTM_NEWADDR = 20;
  public static final int RTM_DELADDR = 21;
  public static final int RTM_GETADDR = 22;
  public static final int RTM_NEWROUTE = 24;
  public static final int RTM_DELROUTE = 25;
  public static final int RTM_GETROUTE = 26;
  public static final int RTM_NEWNEIGH = 28;
  public static final int RTM_DELNEIGH = 29;
  public static final int RTM_GETNEIGH = 30;
  public static final int RTM_NEWRULE = 32;
  public static final int RTM_DELRULE = 33;
  public static final int RTM_GETRULE = 34;
  public static final int RTM_NEWNETCONF = 80;
  public static final int RTM_DELNETCONF = 81;

  public static final int RTNLGRP_LINK = 1;
  public static final int RTNLGRP_NEIGH = 3;
  public static final int RTNLGRP_IPV4_IFADDR = 5;
  public static final int RTNLGRP_IPV4_ROUTE = 7;
  public static final int RTNLGRP_IPV4_RULE = 8;
  public static final int RTNLGRP_IPV6_IFADDR = 9;
  public static final int RTNLGRP_IPV6_ROUTE = 11;
  public static final int RTNLGRP_IPV6_RULE = 19;
  public static final int RTNLGRP_IPV4_NETCONF = 24;
  public static final int RTNLGRP_IPV6_NETCONF = 25;
  public static final int RTNLGRP_NEXTHOP = 32;

  public static final int RTN_UNSPEC = 0;
  public static final int RTN_UNICAST = 1;
  public static final int RTN_LOCAL = 2;
  public static final int RTN_BROADCAST = 3;
  public static final int RTN_MULTICAST = 5;
  public static final int RTN_BLACKHOLE = 6;
  public static final int RTN_UNREACHABLE = 7;
  public static final int RTN_PROHIBIT = 8;

  public static final int RTPROT_UNSPEC = 0;
  public static final int RTPROT_KERNEL = 2;
  public static final int RTPROT_BOOT = 3;
  public static final int RTPROT_STATIC = 4;

  public static final int RT_SCOPE_UNIVERSE = 0;
  public static final int RT_SCOPE_LINK = 253;
  public static final int RT_SCOPE_HOST = 254;
  public static final int RT_SCOPE_NOWHERE = 255;

  public static final int RT_TABLE_UNSPEC = 0;
  public static final int RT_TABLE_COMPAT = 252;
  public static final int RT_TABLE_DEFAULT = 253;
  public static final int RT_TABLE_MAIN = 254;
  public static final int RT_TABLE_LOCAL = 255;

  public static final int RTM_F_CLONED = 0x200;

  /**
   * Of a GETROUTE: answer with the entry of the table that decided, not with a synthesized host
   * route.
   */
  public static final int RTM_F_FIB_MATCH = 0x2000;

  /** Of a GETROUTE: the answer names the table that decided. IPv4 only. */
  public static final int RTM_F_LOOKUP_TABLE = 0x1000;

  public static final int RTNH_F_DEAD = 1;
  public static final int RTNH_F_PERVASIVE = 2;
  public static final int RTNH_F_ONLINK = 4;
  public static final int RTNH_F_LINKDOWN = 16;

  public static final int RTA_DST = 1;
  public static final int RTA_SRC = 2;

  /** Of a GETROUTE: the device by which the packet comes in. */
  public static final int RTA_IIF = 3;

  public static final int RTA_OIF = 4;
  public static final int RTA_GATEWAY = 5;
  public static final int RTA_PRIORITY = 6;
  public static final int RTA_PREFSRC = 7;

  /** A nest of RTAX_ attributes. */
  public static final int RTA_METRICS = 8;

  public static final int RTA_MULTIPATH = 9;

  /** Counters and timers of an IPv6 route, which change by themselves. */
  public static final int RTA_CACHEINFO = 12;

  public static final int RTA_TABLE = 15;

  /** Router preference (RFC 4191) of an IPv6 route; 0 is medium, the default. */
  public static final int RTA_PREF = 20;

  /** The next hop object that a route uses. */
  public static final int RTA_NH_ID = 30;

  public static final int RTAX_MTU = 2;

  private Rtnetlink() {}
}
