package io.vrouter.membership.engine;

import io.vrouter.membership.MemberState;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pings lost members and contacts discovered addresses, without end and under one fixed budget: one
 * per interval, in turn; more while lost members answer.
 */
final class Retry {
  /** Times a discovered address is tried; discovery finds it again. */
  static final int TRIES = 3;

  /** Addresses contacted at once before the first exchange or after a link came up. */
  private static final int EAGER = 3;

  private static final int AT_LINK_UP = 32;
  private static final Duration LINK_UP_GAP = Duration.ofSeconds(1);

  /** Lost members pinged per gossip interval while some answer. */
  private static final int WAVE = 16;

  /**
   * Gossip intervals of such pings after the last answer: longer than a kernel resolves a link
   * address.
   */
  private static final int WAVES = 15;

  /** See {@link SwimConfig.Healing}. */
  private static final int MOST_SHARE = 4;

  /** A turn through all lost members is stretched to at most 48 intervals. */
  private static final int TURN = 48;

  /** The interval is 40 times longer while the link has no carrier. */
  private static final int NO_CARRIER = 40;

  private record AddressRetry(InetSocketAddress where, int triesLeft) {}

  private final Context ctx;
  private final FirstExchange first;
  private final PushPull pushPull;
  private final Probes probes;
  private final Deque<AddressRetry> addresses = new ArrayDeque<>();
  private final Set<InetSocketAddress> queued = new HashSet<>();
  private Timers.@Nullable Timer next;
  private boolean addressNext;
  private int waves;
  private boolean noCarrier;

  /**
   * Each new container interface may count as a link that came up: at most one per second counts.
   */
  private final Backoff linkUp = new Backoff(LINK_UP_GAP, LINK_UP_GAP);

  private boolean linkUpWaits;
  private int cursor;

  Retry(Context ctx, FirstExchange first, PushPull pushPull, Probes probes) {
    this.ctx = ctx;
    this.first = first;
    this.pushPull = pushPull;
    this.probes = probes;
  }

  void kick() {
    if (next == null && !(addresses.isEmpty() && ctx.peers.lost().isEmpty())) {
      next = ctx.after(interval(), this::turn);
    }
  }

  private long interval() {
    long retry = ctx.config.healing().retry().toNanos();
    if (noCarrier) {
      return retry * NO_CARRIER;
    }
    int lost = ctx.peers.lost().size();
    if (lost == 0 || !addresses.isEmpty()) {
      return retry;
    }
    int share = Math.min(MOST_SHARE, Math.min(ctx.peers.count() / 4, TURN / lost));
    return retry * Math.max(1, share);
  }

  private void turn() {
    next = null;
    addressNext = !addressNext;
    if ((addressNext || ctx.peers.lost().isEmpty()) && !addresses.isEmpty()) {
      tryAddress();
    } else {
      tryLost();
    }
    kick();
  }

  private void tryLost() {
    List<Peer> lost = ctx.peers.lost();
    for (int i = 0; i < lost.size(); i++) {
      cursor = (cursor + 1) % lost.size();
      if (due(lost.get(cursor))) {
        probes.nudge(lost.get(cursor));
        return;
      }
    }
  }

  /** A member that never sent anything gets three tries, then one after 1, 2 ... 60 s. */
  private boolean due(Peer peer) {
    if (peer.proven || peer.tries < TRIES) {
      return true;
    }
    Backoff pause = peer.retry;
    if (pause == null) {
      pause = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60));
      peer.retry = pause;
    }
    boolean ready = pause.ready(ctx.now);
    if (ready) {
      pause.take(ctx.now);
    }
    return ready;
  }

  /** A lost member answered: more may be back. */
  void found() {
    boolean surging = waves > 0;
    waves = WAVES;
    if (!surging) {
      surge();
    }
  }

  private void surge() {
    waves = ctx.peers.lost().isEmpty() ? 0 : waves - 1;
    if (waves > 0) {
      long interval = ctx.config.gossip().interval().toNanos();
      List<Peer> lost = ctx.peers.lost();
      for (int i = 0; i < Math.min(WAVE, lost.size()); i++) {
        cursor = (cursor + 1) % lost.size();
        if (!probes.nudgedLately(lost.get(cursor))) {
          probes.nudge(lost.get(cursor));
        }
      }
      ctx.after(interval, this::surge);
    }
  }

  private void tryAddress() {
    AddressRetry address = addresses.remove();
    queued.remove(address.where);
    if (met(address.where)) {
      return;
    }
    pushPull.open(address.where, null);
    if (address.triesLeft > 1) {
      queue(new AddressRetry(address.where, address.triesLeft - 1));
    }
  }

  private boolean met(InetSocketAddress where) {
    return ctx.peers.at(where).stream()
        .anyMatch(peer -> peer == ctx.peers.self() || peer.state() == MemberState.ALIVE);
  }

  private boolean queue(AddressRetry address) {
    if (addresses.size() >= ctx.config.bounds().addresses()) {
      ctx.tally.overflow++;
      return false;
    }
    if (queued.add(address.where)) {
      addresses.add(address);
    }
    return true;
  }

  void discovered(List<InetSocketAddress> found) {
    int eager = first.completed() ? 0 : EAGER;
    for (InetSocketAddress where : found) {
      if (where.isUnresolved() || where.getPort() == 0 || met(where)) {
        continue;
      }
      if (eager > 0) {
        eager--;
        pushPull.open(where, null);
      }
      if (!queue(new AddressRetry(where, TRIES))) {
        break;
      }
    }
    kick();
  }

  /**
   * This host's link has no carrier, so retries are rare: each makes the kernel resolve a link
   * address without success, and the next attempt comes a second later though the link may be up by
   * then (arp(7), retrans_time). Retries continue, because the path to a member may use another
   * link.
   */
  void linkDown() {
    noCarrier = true;
    startOver();
  }

  private void startOver() {
    if (next != null) {
      next.cancel();
      next = null;
    }
    kick();
  }

  void linkUp() {
    noCarrier = false;
    if (linkUp.ready(ctx.now)) {
      tryAll();
    } else if (!linkUpWaits) {
      linkUpWaits = true;
      ctx.timers.at(linkUp.until(), this::linkUpAgain);
    }
  }

  private void linkUpAgain() {
    linkUpWaits = false;
    if (!noCarrier) {
      tryAll();
    }
  }

  private void tryAll() {
    linkUp.take(ctx.now);
    startOver();
    List<Peer> lost = ctx.peers.lost();
    for (int i = 0; i < Math.min(AT_LINK_UP, lost.size()); i++) {
      cursor = (cursor + 1) % lost.size();
      probes.nudge(lost.get(cursor));
    }
    for (Peer peer : ctx.peers.pick(EAGER, null)) {
      pushPull.open(peer.head().endpoint(), peer);
    }
    ctx.effect(new Effect.Discover());
  }

  int size() {
    return addresses.size();
  }
}
