package io.vrouter.netlink.wire;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Address families, as in include/linux/socket.h. */
public final class Family {
  public static final int AF_UNSPEC = 0;
  public static final int AF_INET = 2;
  public static final int AF_BRIDGE = 7;
  public static final int AF_INET6 = 10;
  public static final int AF_NETLINK = 16;

  private Family() {}

  /** {@link #AF_INET} or {@link #AF_INET6}. */
  public static int of(InetAddress address) {
    return address instanceof Inet4Address ? AF_INET : AF_INET6;
  }

  /** The number of bits of an address of the family: 32 or 128. */
  public static int bits(InetAddress address) {
    return address instanceof Inet4Address ? 32 : 128;
  }
}
