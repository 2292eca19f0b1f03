package io.vrouter.mesh.reconcile;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipView;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Holding;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.OwnClaims;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.record.Lamport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * This host's claims and their Lamport numbers.
 *
 * <p>A fresh claim waits for the first state exchange, at most {@link #PATIENCE}: a host that joins
 * must not displace an owner whose record it has not received. A claim of an earlier run is made
 * again at once.
 *
 * <p>A prefix claimed without peers has a low number. A host that was cut off would win with it
 * over an owner whose data path works. Such a claim is therefore provisional until a peer has been
 * present for {@link #PROBATION}. If another host claims the same prefix meanwhile, it is claimed
 * anew with a higher number. A provisional claim isn't saved while the host is alone: it is
 * provisional again after a restart.
 *
 * <p>A claim made although another's was known is marked contested, because it came later.
 * Provisional claims do not yield to it.
 */
final class ClaimBook {
  /** How long a fresh claim waits for the first state exchange. */
  static final Duration PATIENCE = Duration.ofMillis(300);

  /** How long a host that was alone still waits for owners: their records arrive one by one. */
  static final Duration PROBATION = Duration.ofSeconds(5);

  private final OverlayClaims overlays;
  private final Map<Prefix, Long> subnets = new HashMap<>();
  private final Set<Prefix> provisional = new HashSet<>();
  private final Set<Prefix> contested = new HashSet<>();
  private @Nullable Long company;
  private boolean acquainted;
  private final long freshAfter;
  private long lamport;
  private boolean heard;

  /**
   * Restores the claims of an earlier run.
   *
   * @param now on the clock of {@link #advance}, in nanoseconds
   */
  ClaimBook(SavedState saved, long now) {
    overlays = new OverlayClaims(saved.overlays());
    subnets.putAll(saved.subnets());
    lamport = saved.lamport();
    freshAfter = now + PATIENCE.toNanos();
  }

  /** The present claims. */
  OwnClaims claims() {
    return new OwnClaims(overlays.claimed(), overlays.retiring(), subnets, contested);
  }

  /**
   * The claims to save: all when peers are present, because a restart must not cut their paths;
   * else all but the provisional ones.
   */
  OwnClaims kept() {
    if (company != null) {
      return claims();
    }
    Map<Prefix, Long> firm = new HashMap<>(subnets);
    firm.keySet().removeAll(provisional);
    return new OwnClaims(overlays.claimed(), List.of(), firm, contested);
  }

  /**
   * Whether provisional claims must not be published yet: a peer is present, and its claims are not
   * all received.
   *
   * @param view the newest
   */
  boolean listensFirst(MembershipView view) {
    return !provisional.isEmpty()
        && (company == null || !view.settled())
        && view.members().values().stream()
            .anyMatch(it -> !it.id().equals(view.self()) && isThere(it.state()));
  }

  /**
   * Whether no other host had a path until {@link #PROBATION} ago: owners' records arrive one by
   * one.
   */
  boolean wasAlone(long now) {
    return company == null || now - company < PROBATION.toNanos();
  }

  /** When {@link #wasAlone} ends; empty for never. */
  Optional<Long> acquaintance() {
    return company == null || acquainted
        ? Optional.empty()
        : Optional.of(company + PROBATION.toNanos());
  }

  /** The highest Lamport number seen or claimed. */
  long lamport() {
    return lamport;
  }

  /** When {@link #advance} is due without a change; empty for never. */
  Optional<Long> deadline(LocalState local) {
    List<Long> deadlines = new ArrayList<>(overlays.deadlines());
    boolean complete =
        overlays.complete(local)
            && local.networks().stream().allMatch(net -> subnets.containsKey(net.prefix()));
    if (!heard && !complete) {
      deadlines.add(freshAfter);
    }
    if (company != null && !provisional.isEmpty()) {
      deadlines.add(company + PROBATION.toNanos());
    }
    return deadlines.stream().reduce((a, b) -> a - b < 0 ? a : b);
  }

  /**
   * Brings the claims in line with this host's networks and the other hosts' claims.
   *
   * @param settled whether the first state exchange is done
   * @param standing claims that later ones don't displace
   * @return problems of the claims that can't be made
   */
  List<Problem> advance(
      LocalState local,
      Collection<RemoteHost> peers,
      boolean settled,
      Set<Holding> standing,
      long now) {
    heard |= settled || now - freshAfter >= 0;
    for (RemoteHost peer : peers) {
      lamport = Math.max(lamport, peer.record().highestLamport());
    }
    Set<Prefix> wanted = new HashSet<>();
    local.networks().forEach(network -> wanted.add(network.prefix()));
    subnets.keySet().retainAll(wanted);
    provisional.retainAll(wanted);
    contested.retainAll(wanted);

    // All of one round carry one number: they are claimed at the same moment.
    long number = Lamport.after(lamport);
    List<Problem> problems = overlays.advance(local, peers, heard, standing, number, now);
    lamport = Math.max(lamport, overlays.lamport());
    boolean alone = peers.stream().noneMatch(peer -> isThere(peer.state()));
    if (peers.stream().noneMatch(peer -> peer.state().keepsDataPath())) {
      company = null;
    } else if (!alone && company == null) {
      company = now;
    }
    acquainted = !wasAlone(now);
    giveWay(peers, number, now);
    Set<Prefix> taken = taken(peers, true);
    for (LocalNetwork network : local.networks()) {
      if (heard && subnets.putIfAbsent(network.prefix(), number) == null) {
        lamport = number;
        contest(network.prefix(), taken);
        if (alone) {
          provisional.add(network.prefix());
        }
      }
    }
    return problems;
  }

  /**
   * Whether a member ends the solitude. SUSPECT counts; a restarting one may be known from the last
   * run only, by its saved record. One that was there and restarts goes on keeping company: this
   * host's claims are in use at it.
   */
  private static boolean isThere(MemberState state) {
    return state == MemberState.ALIVE || state == MemberState.SUSPECT;
  }

  private void giveWay(Collection<RemoteHost> peers, long number, long now) {
    Set<Prefix> taken = taken(peers, false);
    for (Prefix prefix : List.copyOf(provisional)) {
      if (taken.stream().anyMatch(prefix::overlaps)) {
        subnets.put(prefix, number);
        lamport = number;
        provisional.remove(prefix);
        contested.add(prefix);
      }
    }
    if (company != null && now - company >= PROBATION.toNanos()) {
      provisional.clear();
    }
  }

  private void contest(Prefix prefix, Set<Prefix> taken) {
    if (taken.stream().anyMatch(prefix::overlaps)) {
      contested.add(prefix);
    }
  }

  /** The prefixes that other hosts claim, with or without their contested claims. */
  private static Set<Prefix> taken(Collection<RemoteHost> peers, boolean contestedToo) {
    Set<Prefix> taken = new HashSet<>();
    for (RemoteHost peer : peers) {
      if (peer.state().keepsDataPath()) {
        peer.record().subnets().stream()
            .filter(subnet -> contestedToo || !subnet.contested())
            .forEach(subnet -> taken.add(subnet.prefix()));
      }
    }
    return taken;
  }
}
