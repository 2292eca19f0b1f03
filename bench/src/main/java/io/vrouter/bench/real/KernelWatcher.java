package io.vrouter.bench.real;

import io.vrouter.bench.compose.Clock;
import io.vrouter.netlink.Monitor;
import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.MonitorEvent.AddressEvent;
import io.vrouter.netlink.MonitorEvent.FdbEvent;
import io.vrouter.netlink.MonitorEvent.LinkEvent;
import io.vrouter.netlink.MonitorEvent.Overrun;
import io.vrouter.netlink.MonitorEvent.RouteEvent;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.socket.Netns;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Rtnetlink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Times at which one host's kernel got or lost the mesh's routes, flooding entries, overlay
 * addresses and MTU, in microseconds since 1970. Thread-safe; a thread of its own reads until the
 * JVM ends.
 */
final class KernelWatcher {
  private static final int PROTOCOL = 158;
  private final Monitor monitor;
  private final Map<String, List<TimedChange>> changes = new HashMap<>();
  private boolean overrun;

  private record TimedChange(boolean added, long at) {}

  private KernelWatcher(Monitor monitor) {
    this.monitor = monitor;
  }

  /** Subscribes before it returns. */
  static KernelWatcher start(Space host) {
    KernelWatcher watcher =
        new KernelWatcher(
            Netns.call(
                host.netns(),
                () ->
                    Monitor.open(
                        Netlink.NETLINK_ROUTE,
                        List.of(
                            Rtnetlink.RTNLGRP_LINK,
                            Rtnetlink.RTNLGRP_IPV4_IFADDR,
                            Rtnetlink.RTNLGRP_IPV4_ROUTE,
                            Rtnetlink.RTNLGRP_NEIGH))));
    Thread thread = new Thread(watcher::listen, "kernel of " + host);
    thread.setDaemon(true);
    thread.start();
    return watcher;
  }

  private void listen() {
    while (true) {
      List<MonitorEvent> events = monitor.await(Duration.ofHours(1));
      long at = Clock.now();
      events.forEach(event -> take(event, at));
    }
  }

  private synchronized void take(MonitorEvent event, long at) {
    if (event instanceof RouteEvent it && it.route().protocol() == PROTOCOL) {
      String prefix = it.route().destination().getHostAddress() + "/" + it.route().prefixLength();
      note(prefix, !it.removed(), at);
    } else if (event instanceof FdbEvent it && it.entry().mac().equals(MacAddress.ZERO)) {
      String dst = Objects.requireNonNull(it.entry().dst()).getHostAddress();
      note(flood(dst), !it.removed(), at);
    } else if (event instanceof AddressEvent it) {
      note("address " + it.address().address().getHostAddress(), !it.removed(), at);
    } else if (event instanceof LinkEvent it && it.link().name().startsWith("vxlan")) {
      note("mtu " + it.link().mtu(), !it.removed(), at);
    } else if (event instanceof Overrun) {
      overrun = true;
    }
  }

  private void note(String entry, boolean added, long at) {
    changes.computeIfAbsent(entry, it -> new ArrayList<>()).add(new TimedChange(added, at));
  }

  /** The name of the entry that floods to an underlay address; a route's is its prefix. */
  static String flood(String underlay) {
    return "flood " + underlay;
  }

  /** Time of an entry's first addition, or removal, after a moment. */
  OptionalLong first(String entry, boolean added, long since) {
    return after(entry, since).stream()
        .filter(change -> change.added() == added)
        .mapToLong(TimedChange::at)
        .findFirst();
  }

  /** Time of an entry's addition, or removal, after a moment, if it has had no event since. */
  OptionalLong last(String entry, boolean added, long since) {
    List<TimedChange> all = after(entry, since);
    TimedChange last = all.isEmpty() ? null : all.get(all.size() - 1);
    return last != null && last.added() == added
        ? OptionalLong.of(last.at())
        : OptionalLong.empty();
  }

  /** Whether an entry has had no event since a moment. */
  boolean untouched(String entry, long since) {
    return after(entry, since).isEmpty();
  }

  private synchronized List<TimedChange> after(String entry, long since) {
    if (overrun) {
      throw new IllegalStateException("the kernel's notifications came faster than they were read");
    }
    return changes.getOrDefault(entry, List.of()).stream()
        .filter(change -> change.at() >= since)
        .toList();
  }
}
