package io.vrouter.netlink.wire;

/** Constants of include/uapi/linux/netlink.h. */
public final class Netlink {
  public static final int NETLINK_ROUTE = 0;
  public static final int NETLINK_NETFILTER = 12;
  public static final int NETLINK_GENERIC = 16;

  public static final int NLM_F_REQUEST = 0x01;
  public static final int NLM_F_MULTI = 0x02;
  public static final int NLM_F_ACK = 0x04;

  /** The dump changed while it was taken: some entries may be missing or double. */
  public static final int NLM_F_DUMP_INTR = 0x10;

  /** A GET returns all entries: NLM_F_ROOT and NLM_F_MATCH. */
  public static final int NLM_F_DUMP = 0x300;

  public static final int NLM_F_REPLACE = 0x100;
  public static final int NLM_F_EXCL = 0x200;
  public static final int NLM_F_CREATE = 0x400;
  public static final int NLM_F_APPEND = 0x800;

  /** Of an acknowledgement: the request is not echoed beyond its header. */
  public static final int NLM_F_CAPPED = 0x100;

  /** Of an acknowledgement: attributes follow. */
  public static final int NLM_F_ACK_TLVS = 0x200;

  public static final int NLMSG_NOOP = 1;
  public static final int NLMSG_ERROR = 2;
  public static final int NLMSG_DONE = 3;
  public static final int NLMSG_OVERRUN = 4;

  public static final int NLMSGERR_ATTR_MSG = 1;
  public static final int NLMSGERR_ATTR_OFFS = 2;

  public static final int NLA_F_NESTED = 0x8000;
  public static final int NLA_F_NET_BYTEORDER = 0x4000;

  public static final int SOL_NETLINK = 270;
  public static final int NETLINK_ADD_MEMBERSHIP = 1;
  public static final int NETLINK_CAP_ACK = 10;
  public static final int NETLINK_EXT_ACK = 11;
  public static final int NETLINK_GET_STRICT_CHK = 12;

  private Netlink() {}

  /** The next multiple of four: headers and attributes are padded to it. */
  static int align(int length) {
    return (length + 3) & ~3;
  }
}
