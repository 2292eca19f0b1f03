package io.vrouter.netlink.wire;

/** Constants of include/uapi/linux/if_link.h, if.h, if_arp.h and ip.h that concern links. */
public final class IfLink {
  public static final int IFF_UP = 0x1;
  public static final int IFF_BROADCAST = 0x2;
  public static final int IFF_DEBUG = 0x4;
  public static final int IFF_LOOPBACK = 0x8;
  public static final int IFF_NOTRAILERS = 0x20;
  public static final int IFF_RUNNING = 0x40;
  public static final int IFF_NOARP = 0x80;
  public static final int IFF_PROMISC = 0x100;
  public static final int IFF_ALLMULTI = 0x200;
  public static final int IFF_MULTICAST = 0x1000;
  public static final int IFF_PORTSEL = 0x2000;
  public static final int IFF_AUTOMEDIA = 0x4000;
  public static final int IFF_DYNAMIC = 0x8000;

  /** There is a carrier. */
  public static final int IFF_LOWER_UP = 0x10000;

  public static final int ARPHRD_ETHER = 1;
  public static final int ARPHRD_LOOPBACK = 772;

  /** A name has at most 15 octets and a terminating zero. */
  public static final int IFNAMSIZ = 16;

  /** An alias has at most 255 octets. */
  public static final int IFALIASZ = 256;

  public static final int IFLA_ADDRESS = 1;
  public static final int IFLA_BROADCAST = 2;
  public static final int IFLA_IFNAME = 3;
  public static final int IFLA_MTU = 4;
  public static final int IFLA_LINK = 5;
  public static final int IFLA_MASTER = 10;
  public static final int IFLA_TXQLEN = 13;
  public static final int IFLA_OPERSTATE = 16;
  public static final int IFLA_LINKMODE = 17;
  public static final int IFLA_LINKINFO = 18;
  public static final int IFLA_IFALIAS = 20;
  public static final int IFLA_AF_SPEC = 26;
  public static final int IFLA_GROUP = 27;
  public static final int IFLA_EXT_MASK = 29;
  public static final int IFLA_LINK_NETNSID = 37;
  public static final int IFLA_PROTO_DOWN = 39;
  public static final int IFLA_GSO_MAX_SEGS = 40;
  public static final int IFLA_GSO_MAX_SIZE = 41;

  /** A nest: mask and value. The device stays down while a reason is set. */
  public static final int IFLA_PROTO_DOWN_REASON = 55;

  public static final int IFLA_GRO_MAX_SIZE = 58;
  public static final int IFLA_GSO_IPV4_MAX_SIZE = 63;
  public static final int IFLA_GRO_IPV4_MAX_SIZE = 64;

  public static final int IFLA_PROTO_DOWN_REASON_MASK = 1;
  public static final int IFLA_PROTO_DOWN_REASON_VALUE = 2;

  public static final int RTEXT_FILTER_SKIP_STATS = 8;

  public static final int IFLA_INFO_KIND = 1;
  public static final int IFLA_INFO_DATA = 2;

  public static final int IFLA_INET_CONF = 1;
  public static final int IFLA_INET6_CONF = 2;
  public static final int IFLA_INET6_ADDR_GEN_MODE = 8;

  /** No link-local address is made, and no router is solicited. */
  public static final int IN6_ADDR_GEN_MODE_NONE = 1;

  public static final int IPV4_DEVCONF_FORWARDING = 1;
  public static final int IPV4_DEVCONF_RP_FILTER = 8;

  /**
   * Whether a second address of a subnet stays when the first is removed; 0 by default, which
   * removes it, too.
   */
  public static final int IPV4_DEVCONF_PROMOTE_SECONDARIES = 20;

  /**
   * Index into the values of IFLA_INET6_CONF, which count from zero (include/uapi/linux/ipv6.h).
   */
  public static final int DEVCONF_FORWARDING = 0;

  public static final int IFLA_VXLAN_ID = 1;
  public static final int IFLA_VXLAN_GROUP = 2;
  public static final int IFLA_VXLAN_LINK = 3;
  public static final int IFLA_VXLAN_LOCAL = 4;
  public static final int IFLA_VXLAN_TTL = 5;
  public static final int IFLA_VXLAN_TOS = 6;
  public static final int IFLA_VXLAN_LEARNING = 7;
  public static final int IFLA_VXLAN_AGEING = 8;
  public static final int IFLA_VXLAN_LIMIT = 9;

  /** Two big-endian shorts: lowest and highest source port. */
  public static final int IFLA_VXLAN_PORT_RANGE = 10;

  public static final int IFLA_VXLAN_PROXY = 11;
  public static final int IFLA_VXLAN_RSC = 12;
  public static final int IFLA_VXLAN_L2MISS = 13;
  public static final int IFLA_VXLAN_L3MISS = 14;

  /** Big-endian. */
  public static final int IFLA_VXLAN_PORT = 15;

  public static final int IFLA_VXLAN_GROUP6 = 16;
  public static final int IFLA_VXLAN_LOCAL6 = 17;
  public static final int IFLA_VXLAN_UDP_CSUM = 18;
  public static final int IFLA_VXLAN_UDP_ZERO_CSUM6_TX = 19;
  public static final int IFLA_VXLAN_UDP_ZERO_CSUM6_RX = 20;
  public static final int IFLA_VXLAN_REMCSUM_TX = 21;
  public static final int IFLA_VXLAN_REMCSUM_RX = 22;

  /** A flag without payload: group policy extension, another format on the wire. */
  public static final int IFLA_VXLAN_GBP = 23;

  public static final int IFLA_VXLAN_COLLECT_METADATA = 25;

  /** Big-endian, the flow label of IPv6. */
  public static final int IFLA_VXLAN_LABEL = 26;

  /** A flag without payload: generic protocol extension. */
  public static final int IFLA_VXLAN_GPE = 27;

  public static final int IFLA_VXLAN_TTL_INHERIT = 28;
  public static final int IFLA_VXLAN_DF = 29;
  public static final int IFLA_VXLAN_VNIFILTER = 30;
  public static final int IFLA_VXLAN_LOCALBYPASS = 31;

  private IfLink() {}
}
