package io.vrouter.mesh.reconcile;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.Holding;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.LocalVni;
import io.vrouter.mesh.plan.OverlayCandidates;
import io.vrouter.mesh.plan.OwnClaims;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.record.Lamport;
import io.vrouter.mesh.record.Overlay;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * This host's claims and their Lamport numbers.
 *
 * <p>A fresh claim waits until the others' claims are known, or until {@link #PATIENCE} has shown
 * that nobody is there: a host that joins must not displace an owner it had not heard of. What was
 * claimed in an earlier run is claimed again at once.
 *
 * <p>A prefix claimed while nobody was there to object has a low number, and a host that was cut
 * off would win with it over an owner whose data path works. So such a claim is provisional until
 * somebody has been there for {@link #PROBATION}: if another claims the same meanwhile, it is
 * claimed anew behind that. It isn't kept over a restart while alone: it is provisional again then.
 * Whoever claims what he knows to be another's says so, and nobody gives way to that: he came
 * later.
 */
final class ClaimBook {
  /** How long a fresh claim waits for the first state exchange. */
  static final Duration PATIENCE = Duration.ofMillis(300);

  /** How long a lost overlay address stays, so that peers learn the new one first. */
  static final Duration RETIREMENT = Duration.ofSeconds(2);

  /** How long a host that was alone goes on listening for owners: they are heard one by one. */
  static final Duration PROBATION = Duration.ofSeconds(5);

  private final Map<Vni, Overlay> overlays = new TreeMap<>();
  private final Map<Overlay, Long> retiring = new HashMap<>();
  private final Map<Prefix, Long> subnets = new HashMap<>();
  private final Set<Prefix> provisional = new HashSet<>();
  private final Set<Prefix> contested = new HashSet<>();
  private @Nullable Long company;
  private final long freshAfter;
  private long lamport;
  private boolean heard;

  /**
   * Takes up what was claimed before.
   *
   * @param now on the clock of {@link #advance}, in nanoseconds
   */
  ClaimBook(SavedState saved, long now) {
    saved.overlays().forEach(overlay -> overlays.put(overlay.vni(), overlay));
    subnets.putAll(saved.subnets());
    lamport = saved.lamport();
    freshAfter = now + PATIENCE.toNanos();
  }

  /** The claims of now. */
  OwnClaims claims() {
    return new OwnClaims(
        List.copyOf(overlays.values()), List.copyOf(retiring.keySet()), subnets, contested);
  }

  /** What of it outlives the process: with others there all, so that a restart cuts nobody off. */
  OwnClaims kept() {
    if (company != null) {
      return claims();
    }
    Map<Prefix, Long> firm = new HashMap<>(subnets);
    firm.keySet().removeAll(provisional);
    return new OwnClaims(List.copyOf(overlays.values()), List.of(), firm, contested);
  }

  /**
   * Whether what was claimed alone must not be told yet: somebody has come meanwhile, and not all
   * of what is claimed there was heard.
   *
   * @param view the newest
   */
  boolean listensFirst(MembershipView view) {
    return !provisional.isEmpty()
        && (company == null || !view.settled())
        && view.members().values().stream()
            .anyMatch(it -> !it.id().equals(view.self()) && isThere(it.state()));
  }

  /** The highest number seen or claimed. */
  long lamport() {
    return lamport;
  }

  /** When {@link #advance} has something to do though nothing changed; empty for never. */
  Optional<Long> deadline(LocalState local) {
    List<Long> deadlines = new ArrayList<>(retiring.values());
    boolean complete =
        local.vnis().stream().allMatch(vni -> overlays.containsKey(vni.vni()))
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
   * Brings the claims in line with what this host wants and what others claim.
   *
   * @param settled whether the first state exchange is done
   * @param standing claims that later ones don't displace
   * @return what can't be claimed
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
    retiring.values().removeIf(until -> now - until >= 0);
    overlays.keySet().removeIf(vni -> local.vni(vni).isEmpty());
    Set<Prefix> wanted = new HashSet<>();
    local.networks().forEach(network -> wanted.add(network.prefix()));
    subnets.keySet().retainAll(wanted);
    provisional.retainAll(wanted);
    contested.retainAll(wanted);

    List<Problem> problems = new ArrayList<>();
    // All of one round carry one number: they are claimed at the same moment.
    long number = Lamport.after(lamport);
    for (LocalVni vni : local.vnis()) {
      overlay(local.self(), vni, peers, standing, number, now).ifPresent(problems::add);
    }
    boolean alone = peers.stream().noneMatch(peer -> isThere(peer.state()));
    company = alone ? null : company == null ? Long.valueOf(now) : company;
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

  /** A restarting member may be one of the last run, from which nothing was heard yet. */
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

  /** What the others claim, with or without what they knew to be somebody else's. */
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

  private Optional<Problem> overlay(
      NodeId self,
      LocalVni vni,
      Collection<RemoteHost> peers,
      Set<Holding> standing,
      long number,
      long now) {
    Overlay mine = overlays.get(vni.vni());
    if (mine != null && !fits(vni, mine)) {
      retire(mine, now);
      mine = null;
    }
    RemoteHost winner = mine == null ? null : winner(self, mine, peers, standing, now);
    if (mine != null && winner == null) {
      return Optional.empty();
    }
    if (!heard) {
      return Optional.empty();
    }
    if (vni.pinned() != null) {
      if (mine == null) {
        claim(new Overlay(vni.vni(), vni.pinned(), number));
        return Optional.empty();
      }
      return Optional.ofNullable(winner).map(peer -> pinnedAndLost(vni, peer));
    }
    if (mine != null) {
      retire(mine, now);
    }
    Optional<InetAddress> free =
        OverlayCandidates.pick(self, vni.vni(), vni.overlaySubnet(), held(vni.vni(), peers));
    free.ifPresent(address -> claim(new Overlay(vni.vni(), address, number)));
    return free.isPresent() ? Optional.empty() : Optional.of(full(vni));
  }

  private static boolean fits(LocalVni vni, Overlay mine) {
    InetAddress pinned = vni.pinned();
    return pinned == null
        ? vni.overlaySubnet().contains(mine.address())
        : pinned.equals(mine.address());
  }

  private void claim(Overlay overlay) {
    overlays.put(overlay.vni(), overlay);
    lamport = overlay.lamport();
  }

  private void retire(Overlay overlay, long now) {
    overlays.remove(overlay.vni());
    retiring.put(overlay, now + RETIREMENT.toNanos());
  }

  /**
   * The peer with a better claim to this host's address, if there is one. A host that was alone
   * until now gives way to whoever it meets: the others may have known the owner for long.
   */
  private @Nullable RemoteHost winner(
      NodeId self, Overlay mine, Collection<RemoteHost> peers, Set<Holding> standing, long now) {
    boolean stands = standing.contains(holding(self, mine));
    boolean wasAlone = company == null || now - company < PROBATION.toNanos();
    for (RemoteHost peer : peers) {
      Overlay theirs = peer.record().overlay(mine.vni()).orElse(null);
      if (peer.state().keepsDataPath()
          && theirs != null
          && theirs.address().equals(mine.address())) {
        boolean theirsStands = standing.contains(holding(peer.id(), theirs));
        boolean older =
            theirs.lamport() < mine.lamport()
                || (theirs.lamport() == mine.lamport() && peer.id().compareTo(self) < 0);
        if (stands == theirsStands ? older || (wasAlone && !stands) : theirsStands) {
          return peer;
        }
      }
    }
    return null;
  }

  private static Holding holding(NodeId id, Overlay overlay) {
    InetAddress address = overlay.address();
    return new Holding(
        Conflict.Kind.OVERLAY,
        id,
        overlay.vni(),
        new Prefix(address, address.getAddress().length * 8));
  }

  private Set<InetAddress> held(Vni vni, Collection<RemoteHost> peers) {
    Set<InetAddress> held = new HashSet<>();
    for (RemoteHost peer : peers) {
      peer.record().overlay(vni).ifPresent(overlay -> held.add(overlay.address()));
    }
    retiring.keySet().forEach(overlay -> held.add(overlay.address()));
    return held;
  }

  private static Problem full(LocalVni vni) {
    return new Problem(
        "overlay-subnet-full",
        "VNI %s has no free address left in %s".formatted(vni.vni(), vni.overlaySubnet()),
        "choose a larger --vxlan-subnet on all hosts, or 'meshctl forget' hosts that are gone");
  }

  private static Problem pinnedAndLost(LocalVni vni, RemoteHost winner) {
    return new Problem(
        "overlay-conflict",
        "the overlay address of VNI %s given here is held by %s (%s)"
            .formatted(vni.vni(), winner.record().node(), winner.id().abbreviated()),
        "give another --vxlan-ip on one of the two, or none to have one claimed");
  }
}
