package io.vrouter.netlink.generic;

/** Constants of linux/genetlink.h, under the kernel's names. */
public final class Genl {
  /** {@code struct genlmsghdr}: command, version, two reserved octets. */
  public static final int GENL_HDRLEN = 4;

  /** Message type of the controller. */
  public static final int GENL_ID_CTRL = 0x10;

  public static final int CTRL_CMD_NEWFAMILY = 1;
  public static final int CTRL_CMD_GETFAMILY = 3;

  public static final int CTRL_ATTR_FAMILY_ID = 1;
  public static final int CTRL_ATTR_FAMILY_NAME = 2;

  private Genl() {}
}
