package io.vrouter.netlink.socket;

import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** ICMP errors on the error queue of a UDP socket (ip(7), IP_RECVERR; linux/errqueue.h). */
final class IcmpError {
  static final int IP_RECVERR = 11;
  static final int IPV6_RECVERR = 25;
  private static final int SO_EE_ORIGIN_ICMP = 2;
  private static final int SO_EE_ORIGIN_ICMP6 = 3;

  /** Octets of {@code struct cmsghdr} and of {@code struct sock_extended_err}. */
  private static final int CMSG_HEADER = 16;

  private static final int EXTENDED_ERROR = 16;

  private IcmpError() {}

  /** Source of the ICMP error; null for an error of this host's own. */
  static @Nullable InetAddress offender(ByteBuffer control) {
    int family = CMSG_HEADER + EXTENDED_ERROR;
    if (control.remaining() < family + 8) {
      return null;
    }
    int origin = control.get(CMSG_HEADER + 4);
    switch (control.getShort(family)) {
      case Family.AF_INET -> {
        return origin == SO_EE_ORIGIN_ICMP ? ip(control, family + 4, 4) : null;
      }
      case Family.AF_INET6 -> {
        return origin == SO_EE_ORIGIN_ICMP6 ? ip(control, family + 8, 16) : null;
      }
      default -> {
        return null;
      }
    }
  }

  private static @Nullable InetAddress ip(ByteBuffer control, int at, int length) {
    return control.remaining() < at + length ? null : Payload.from(control.slice(at, length)).ip();
  }

  /** {@code struct sockaddr_in} or {@code sockaddr_in6}. */
  static ByteBuffer address(InetAddress peer, int port) {
    boolean v4 = Family.of(peer) == Family.AF_INET;
    ByteBuffer address = MessageHeader.direct(v4 ? 16 : 28);
    address.putShort(0, (short) Family.of(peer));
    address.order(ByteOrder.BIG_ENDIAN).putShort(2, (short) port);
    address.put(v4 ? 4 : 8, peer.getAddress());
    return address.order(ByteOrder.nativeOrder());
  }
}
