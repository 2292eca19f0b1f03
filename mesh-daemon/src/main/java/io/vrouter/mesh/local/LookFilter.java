package io.vrouter.mesh.local;

import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.wire.Rtnetlink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Selects the kernel events that can change a {@link KernelLook}: on a busy host nearly all events
 * are of neighbours, and of routes other than the default ones.
 */
final class LookFilter {
  private final Map<Integer, SeenLink> links = new HashMap<>();

  /** The fields of a link that a look uses; counters change all the time. */
  private record SeenLink(String name, int flags, int mtu, int master) {
    static SeenLink of(Link link) {
      return new SeenLink(link.name(), link.flags(), link.mtu(), link.master());
    }
  }

  /**
   * An event's meaning.
   *
   * @param look whether a new look can find something else
   * @param raised index of the link that came up or got an address; 0 for none
   */
  record Meaning(boolean look, int raised) {
    static final Meaning NONE = new Meaning(false, 0);
    static final Meaning LOOK = new Meaning(true, 0);
  }

  /** The meaning of one event; each must be given, in order. */
  Meaning of(MonitorEvent event) {
    if (event instanceof MonitorEvent.LinkEvent it) {
      return link(it.link(), it.removed());
    } else if (event instanceof MonitorEvent.AddressEvent it) {
      return new Meaning(true, it.removed() ? 0 : it.address().ifIndex());
    } else if (event instanceof MonitorEvent.RouteEvent it) {
      return it.route().prefixLength() == 0 && it.route().table() == Rtnetlink.RT_TABLE_MAIN
          ? Meaning.LOOK
          : Meaning.NONE;
    } else if (event instanceof MonitorEvent.Overrun) {
      links.clear();
      return Meaning.LOOK;
    } else if (event instanceof MonitorEvent.OtherEvent it) {
      // Messages of the bridge family describe ports; the link itself has its own event.
      return List.of(Rtnetlink.RTM_NEWLINK, Rtnetlink.RTM_DELLINK).contains(it.type())
          ? Meaning.NONE
          : Meaning.LOOK;
    } else if (event instanceof MonitorEvent.NeighborEvent
        || event instanceof MonitorEvent.FdbEvent) {
      return Meaning.NONE;
    }
    throw new IllegalStateException("no rule for " + event);
  }

  private Meaning link(Link link, boolean removed) {
    if (removed) {
      links.remove(link.index());
      return Meaning.LOOK;
    }
    SeenLink now = SeenLink.of(link);
    SeenLink before = links.put(link.index(), now);
    if (Objects.equals(before, now)) {
      return Meaning.NONE;
    }
    boolean cameUp =
        isRunning(link) && (before == null || !isRunning(link.withFlags(before.flags())));
    return new Meaning(true, cameUp ? link.index() : 0);
  }

  private static boolean isRunning(Link link) {
    return link.isUp() && link.hasCarrier();
  }
}
