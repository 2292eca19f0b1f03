package io.vrouter.netlink.route;

import io.vrouter.netlink.wire.Attribute;
import java.util.List;

/**
 * Settings of /proc/sys/net/ipv4/conf/DEVICE or ipv6. A notification contains only the changed one,
 * or for a new device all of them.
 *
 * @param family AF_INET or AF_INET6
 * @param ifIndex the device, or NETCONFA_IFINDEX_ALL or NETCONFA_IFINDEX_DEFAULT
 * @param forwarding 1 on, 0 off, -1 when absent
 * @param rpFilter 0 off, 1 strict, 2 loose, -1 when absent
 * @param unknown other attributes, kept
 */
public record Netconf(
    int family, int ifIndex, int forwarding, int rpFilter, List<Attribute> unknown) {
  /** Copies the list. */
  public Netconf {
    unknown = List.copyOf(unknown);
  }
}
