package io.vrouter.netlink.route;

import io.vrouter.netlink.wire.IfLink;
import java.util.List;

/**
 * The values of /proc/sys/net/ipv6/conf/DEVICE as the kernel dumps them (IFLA_INET6_CONF). Netlink
 * can read them, not set them.
 *
 * @param values the first is that of DEVCONF index 0
 */
public record Inet6Conf(List<Integer> values) {
  /** Copies the list. */
  public Inet6Conf {
    values = List.copyOf(values);
  }

  /**
   * The value of an index, 0 where the kernel has none.
   *
   * @param index DEVCONF_, from 0
   */
  public int get(int index) {
    return index < 0 || index >= values.size() ? 0 : values.get(index);
  }

  /** Whether packets that come in at the device are forwarded. */
  public boolean forwarding() {
    return get(IfLink.DEVCONF_FORWARDING) != 0;
  }
}
