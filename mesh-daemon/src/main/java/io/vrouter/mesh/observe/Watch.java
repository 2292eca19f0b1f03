package io.vrouter.mesh.observe;

import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.Monitor;
import io.vrouter.netlink.MonitorEvent;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.wire.Netlink;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Watches the kernel on its own thread and reports changes that may affect a plan. A watch that was
 * reopened after a failure reports a change.
 */
public final class Watch implements AutoCloseable {
  private final KernelEvents events;

  /** The kind of a change. */
  public enum ChangeKind {
    /** An object with our mark, or events were lost. */
    OURS,
    /** Anything else that a plan may depend on. */
    FOREIGN
  }

  /**
   * Starts the watch.
   *
   * @param open opens the monitor; called here first, later on the watching thread
   * @param links lists the links, after the monitor was opened
   * @param listener called on the watching thread; must return at once
   * @throws NetlinkException when the kernel can't be watched
   */
  public Watch(
      Supplier<Monitor> open, Supplier<Collection<Link>> links, Consumer<ChangeKind> listener) {
    events = new KernelEvents("netlink-watch", open, new Relevant(links, listener));
  }

  /**
   * Starts a watch of links, addresses, neighbours and routes.
   *
   * @param listener called on the watching thread; must return at once
   */
  public static Watch kernel(Consumer<ChangeKind> listener) {
    return new Watch(Monitor::open, Watch::links, listener);
  }

  /**
   * Starts a watch of nftables, which takes CAP_NET_ADMIN.
   *
   * @param changed called on the watching thread; must return at once
   */
  public static Watch rules(Runnable changed) {
    return new Watch(
        () -> Monitor.open(Netlink.NETLINK_NETFILTER, List.of(Monitor.NFNLGRP_NFTABLES)),
        List::of,
        change -> changed.run());
  }

  private static Collection<Link> links() {
    try (RtNetlink netlink = RtNetlink.open()) {
      return netlink.links().entries();
    }
  }

  /** The problem of a failed watch; empty while it works. */
  public Optional<Problem> problem() {
    return events.problem();
  }

  /** Passes the relevant events on. */
  private static final class Relevant implements KernelEvents.EventReceiver {
    private final Supplier<Collection<Link>> links;
    private final Consumer<ChangeKind> listener;
    private Relevance relevance = new Relevance(List.of());

    Relevant(Supplier<Collection<Link>> links, Consumer<ChangeKind> listener) {
      this.links = links;
      this.listener = listener;
    }

    @Override
    public void opened(boolean again) {
      relevance = new Relevance(links.get());
      if (again) {
        listener.accept(ChangeKind.OURS);
      }
    }

    @Override
    public void event(MonitorEvent event) {
      if (event instanceof MonitorEvent.Overrun) {
        // One of our devices may have been made anew in the gap, under an unknown index.
        relevance.relist(links.get());
      }
      relevance.of(event).ifPresent(listener);
    }
  }

  @Override
  public void close() {
    events.close();
  }
}
