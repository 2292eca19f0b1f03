package io.vrouter.netlink;

import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.Netconf;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.Rule;

/** A change in the kernel. */
public sealed interface MonitorEvent {
  /** A link appeared, changed, or disappeared. */
  record LinkEvent(Link link, boolean removed) implements MonitorEvent {}

  /** An address appeared, changed, or disappeared. */
  record AddressEvent(Address address, boolean removed) implements MonitorEvent {}

  /** A neighbour appeared, changed, or disappeared. */
  record NeighborEvent(Neighbor neighbor, boolean removed) implements MonitorEvent {}

  /** A forwarding entry appeared, changed, or disappeared. */
  record FdbEvent(FdbEntry entry, boolean removed) implements MonitorEvent {}

  /** A route appeared, changed, or disappeared. */
  record RouteEvent(Route route, boolean removed) implements MonitorEvent {}

  /** Forwarding, reverse path filter or another setting of a device changed. */
  record NetconfEvent(Netconf netconf, boolean removed) implements MonitorEvent {}

  /** A rule of the routing policy appeared, changed, or disappeared. */
  record RuleEvent(Rule rule, boolean removed) implements MonitorEvent {}

  /**
   * An object of nftables changed.
   *
   * @param type NFT_MSG_, with the subsystem's number
   * @param family NFPROTO_
   * @param table the object's table, or the table that appeared or disappeared; empty for a new
   *     generation
   */
  record TableEvent(int type, int family, String table) implements MonitorEvent {}

  /**
   * A message of another kind or protocol, or one that can't be read.
   *
   * @param type as in its header
   */
  record OtherEvent(int type) implements MonitorEvent {}

  /** Events were lost: dump everything again, at a limited rate. */
  record Overrun() implements MonitorEvent {}
}
