package io.vrouter.netlink;

import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.Netconf;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.Rule;

/** Something changed in the kernel. */
public sealed interface MonitorEvent {
  /** A link came, changed, or went. */
  record LinkEvent(Link link, boolean removed) implements MonitorEvent {}

  /** An address came, changed, or went. */
  record AddressEvent(Address address, boolean removed) implements MonitorEvent {}

  /** A neighbour came, changed, or went. */
  record NeighborEvent(Neighbor neighbor, boolean removed) implements MonitorEvent {}

  /** A forwarding entry came, changed, or went. */
  record FdbEvent(FdbEntry entry, boolean removed) implements MonitorEvent {}

  /** A route came, changed, or went. */
  record RouteEvent(Route route, boolean removed) implements MonitorEvent {}

  /** Forwarding, reverse path filter or another setting of a device changed. */
  record NetconfEvent(Netconf netconf, boolean removed) implements MonitorEvent {}

  /** A rule of the routing policy came, changed, or went. */
  record RuleEvent(Rule rule, boolean removed) implements MonitorEvent {}

  /**
   * Something of nftables changed.
   *
   * @param type NFT_MSG_, with the subsystem's number
   * @param family NFPROTO_
   * @param table that it belongs to, or that came or went; empty for a new generation
   */
  record TableEvent(int type, int family, String table) implements MonitorEvent {}

  /**
   * A message of another kind or protocol, or one that can't be read.
   *
   * @param type as in its header
   */
  record OtherEvent(int type) implements MonitorEvent {}

  /** Events were lost: dump everything again, not more often than once in a while. */
  record Overrun() implements MonitorEvent {}
}
