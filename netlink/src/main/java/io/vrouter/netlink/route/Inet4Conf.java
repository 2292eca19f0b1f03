package io.vrouter.netlink.route;

import io.vrouter.netlink.wire.IfLink;
import java.util.List;

/**
 * The values of /proc/sys/net/ipv4/conf/DEVICE as the kernel dumps them (IFLA_INET_CONF).
 *
 * @param values the first is that of IPV4_DEVCONF index 1
 */
public record Inet4Conf(List<Integer> values) {
  /** Copies the list. */
  public Inet4Conf {
    values = List.copyOf(values);
  }

  /**
   * The value of an index, 0 where the kernel has none.
   *
   * @param index IPV4_DEVCONF_, from 1
   */
  public int get(int index) {
    return index < 1 || index > values.size() ? 0 : values.get(index - 1);
  }

  /** Whether packets that come in at the device are forwarded. */
  public boolean forwarding() {
    return get(IfLink.IPV4_DEVCONF_FORWARDING) != 0;
  }

  /** Reverse path filter: 0 off, 1 strict, 2 loose. */
  public int rpFilter() {
    return get(IfLink.IPV4_DEVCONF_RP_FILTER);
  }
}
