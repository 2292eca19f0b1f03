package io.vrouter.mesh.observe;

import io.vrouter.mesh.plan.DeviceSetting;
import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.Netconf;
import io.vrouter.netlink.wire.Rtnetlink;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Separates the events that a plan may depend on from the constant ones of a busy host: learned
 * addresses, neighbours that appear and disappear, statistics. A host on a bridge counts when its
 * MAC address is another: the fast path leads to it.
 */
final class Relevance {
  private static final int BRIDGE_PORT_NEWS = Rtnetlink.RTM_NEWLINK;

  private final Map<Integer, Link> links = new HashMap<>();

  /** Entries of our devices, by device and address, that were permanent at their last event. */
  private final Set<List<Object>> pinned = new HashSet<>();

  /** MAC addresses of hosts on bridges by device and address, as of their last event. */
  private final Map<List<Object>, MacAddress> onBridges = new HashMap<>();

  Relevance(Collection<Link> known) {
    relist(known);
  }

  /** Replaces the links known from events by the present ones: some events were lost. */
  void relist(Collection<Link> known) {
    links.clear();
    onBridges.clear();
    known.forEach(link -> links.put(link.index(), essence(link)));
  }

  Optional<Watch.ChangeKind> of(MonitorEvent event) {
    if (event instanceof MonitorEvent.LinkEvent link) {
      return link.removed() ? removed(link.link()) : changed(link.link());
    }
    if (event instanceof MonitorEvent.AddressEvent address) {
      return change(isOurs(address.address().ifIndex()));
    }
    if (event instanceof MonitorEvent.NeighborEvent neighbor) {
      Neighbor one = neighbor.neighbor();
      List<Object> key = List.of(one.ifIndex(), one.destination());
      if (isBridge(one.ifIndex())) {
        MacAddress mac = neighbor.removed() ? null : one.lladdr();
        MacAddress before = mac == null ? onBridges.remove(key) : onBridges.put(key, mac);
        return Objects.equals(mac, before) ? Optional.empty() : change(false);
      }
      boolean relevant = concerns(key, one.ifIndex(), one.isPermanent() && !neighbor.removed());
      return ours(relevant || (neighbor.removed() && isOurs(one.ifIndex())));
    }
    if (event instanceof MonitorEvent.FdbEvent fdb) {
      FdbEntry one = fdb.entry();
      List<Object> key = List.of(one.ifIndex(), one.mac());
      boolean relevant = concerns(key, one.ifIndex(), one.isPermanent() && !fdb.removed());
      return ours(relevant || (one.isPermanent() && isOurs(one.ifIndex())));
    }
    if (event instanceof MonitorEvent.RouteEvent route) {
      boolean relevant = route.route().table() == Rtnetlink.RT_TABLE_MAIN;
      return relevant ? change(route.route().protocol() == Mark.PROTOCOL) : Optional.empty();
    }
    if (event instanceof MonitorEvent.NetconfEvent netconf) {
      boolean relevant = !netconf.removed() && mayHinder(netconf.netconf());
      int device = netconf.netconf().ifIndex();
      return relevant ? change(device <= 0 || isOurs(device)) : Optional.empty();
    }
    if (event instanceof MonitorEvent.TableEvent table) {
      return NftRelevance.of(table) ? change(false) : Optional.empty();
    }
    if (event instanceof MonitorEvent.OtherEvent other) {
      return other.type() != BRIDGE_PORT_NEWS ? change(false) : Optional.empty();
    }
    return change(event instanceof MonitorEvent.Overrun);
  }

  /**
   * Whether an entry of our device is permanent or was: an entry that ages is not ours any more.
   */
  private boolean concerns(List<Object> key, int ifIndex, boolean permanent) {
    if (permanent && isOurs(ifIndex)) {
      pinned.add(key);
      return true;
    }
    return pinned.remove(key);
  }

  /**
   * Whether forwarding was switched off, or a reverse path filter was set. A new device brings both
   * in one message, of which only forwarding counts.
   */
  private static boolean mayHinder(Netconf netconf) {
    return netconf.forwarding() == 0 || (netconf.forwarding() < 0 && netconf.rpFilter() >= 0);
  }

  private Optional<Watch.ChangeKind> removed(Link link) {
    Link before = links.remove(link.index());
    pinned.removeIf(key -> key.get(0).equals(link.index()));
    onBridges.keySet().removeIf(key -> key.get(0).equals(link.index()));
    return change(Observed.isOurs(link) || (before != null && Observed.isOurs(before)));
  }

  private Optional<Watch.ChangeKind> changed(Link link) {
    Link now = essence(link);
    Link before = links.put(link.index(), now);
    if (now.equals(before)) {
      return Optional.empty();
    }
    return change(Observed.isOurs(now) || (before != null && Observed.isOurs(before)));
  }

  private boolean isBridge(int ifIndex) {
    Link link = links.get(ifIndex);
    return link != null && link.kind().equals("bridge");
  }

  private boolean isOurs(int ifIndex) {
    Link link = links.get(ifIndex);
    return link != null && Observed.isOurs(link);
  }

  private static Optional<Watch.ChangeKind> change(boolean ours) {
    return Optional.of(ours ? Watch.ChangeKind.OURS : Watch.ChangeKind.FOREIGN);
  }

  private static Optional<Watch.ChangeKind> ours(boolean relevant) {
    return relevant ? change(true) : Optional.empty();
  }

  /**
   * The link without values that change by themselves: counters, and the operational state, which
   * the flags also contain.
   */
  private static Link essence(Link link) {
    return new Link(
        link.index(),
        link.type(),
        link.name(),
        link.flags(),
        link.mtu(),
        link.address(),
        link.master(),
        link.link(),
        0,
        link.alias(),
        link.info(),
        link.afSpec(),
        link.unknown().stream().filter(it -> DeviceSetting.concerns(it.type())).toList());
  }
}
