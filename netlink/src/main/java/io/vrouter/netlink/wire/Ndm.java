package io.vrouter.netlink.wire;

/** Constants of {@code struct ndmsg} and its attributes: include/uapi/linux/neighbour.h. */
public final class Ndm {
  public static final int NDA_DST = 1;
  public static final int NDA_LLADDR = 2;

  /** Kept by the kernel per entry and refreshed often: never compared. */
  public static final int NDA_CACHEINFO = 3;

  public static final int NDA_PROBES = 4;
  public static final int NDA_VLAN = 5;

  /** Big-endian. */
  public static final int NDA_PORT = 6;

  public static final int NDA_VNI = 7;
  public static final int NDA_IFINDEX = 8;
  public static final int NDA_MASTER = 9;
  public static final int NDA_PROTOCOL = 12;

  /** The next hop group of a VXLAN entry that has no address. */
  public static final int NDA_NH_ID = 13;

  public static final int NDA_FLAGS_EXT = 15;

  public static final int NTF_USE = 0x01;

  /** The request is for the device's own FDB: VXLAN's, not a bridge's above it. */
  public static final int NTF_SELF = 0x02;

  public static final int NTF_MASTER = 0x04;
  public static final int NTF_PROXY = 0x08;
  public static final int NTF_EXT_LEARNED = 0x10;

  /** Set by a driver whose hardware has the entry. */
  public static final int NTF_OFFLOADED = 0x20;

  public static final int NTF_ROUTER = 0x80;

  public static final int NUD_INCOMPLETE = 0x01;
  public static final int NUD_REACHABLE = 0x02;
  public static final int NUD_STALE = 0x04;
  public static final int NUD_DELAY = 0x08;
  public static final int NUD_PROBE = 0x10;
  public static final int NUD_FAILED = 0x20;
  public static final int NUD_NOARP = 0x40;
  public static final int NUD_PERMANENT = 0x80;

  private Ndm() {}
}
