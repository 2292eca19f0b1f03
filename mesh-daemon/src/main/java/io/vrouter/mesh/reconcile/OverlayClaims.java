package io.vrouter.mesh.reconcile;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.Holding;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.LocalVni;
import io.vrouter.mesh.plan.OverlayCandidates;
import io.vrouter.mesh.plan.RemoteHost;
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

/**
 * This host's overlay address in each VNI. One that is lost to another host's better claim, or fits
 * no more, is replaced by the next free one and retires.
 */
final class OverlayClaims {
  /** How long a lost overlay address stays, so that peers learn the new one first. */
  static final Duration RETIREMENT = Duration.ofSeconds(2);

  private final Map<Vni, Overlay> overlays = new TreeMap<>();
  private final OverlayDisputes disputes = new OverlayDisputes();
  private final Map<Overlay, Long> retiring = new HashMap<>();
  private long lamport;
  private long advanced;

  /** Restores the claims of an earlier run. */
  OverlayClaims(Collection<Overlay> saved) {
    saved.forEach(overlay -> overlays.put(overlay.vni(), overlay));
  }

  /** The present claims, by VNI. */
  List<Overlay> claimed() {
    return List.copyOf(overlays.values());
  }

  /** Addresses that are lost and not removed yet. */
  List<Overlay> retiring() {
    return List.copyOf(retiring.keySet());
  }

  /** Whether every VNI has an address. */
  boolean complete(LocalState local) {
    return local.vnis().stream().allMatch(vni -> overlays.containsKey(vni.vni()));
  }

  /** When {@link #advance} is due without a change. */
  List<Long> deadlines() {
    List<Long> deadlines = new ArrayList<>(retiring.values());
    disputes.deadlines(advanced).forEach(deadlines::add);
    return deadlines;
  }

  /**
   * Brings the claims in line with the other hosts' claims.
   *
   * @param fresh whether new claims may be made
   * @param standing claims that later ones don't displace
   * @param number of fresh claims
   * @return problems of the claims that can't be made
   */
  List<Problem> advance(
      LocalState local,
      Collection<RemoteHost> peers,
      boolean fresh,
      Set<Holding> standing,
      long number,
      long now) {
    retiring.values().removeIf(until -> now - until >= 0);
    overlays.keySet().removeIf(vni -> local.vni(vni).isEmpty());
    disputes.retain(overlays.keySet());
    advanced = now;
    List<Problem> problems = new ArrayList<>();
    for (LocalVni vni : local.vnis()) {
      overlay(local.self(), vni, peers, fresh, standing, number, now).ifPresent(problems::add);
    }
    return problems;
  }

  /** The number of the newest fresh claim, 0 when there is none. */
  long lamport() {
    return lamport;
  }

  private Optional<Problem> overlay(
      NodeId self,
      LocalVni vni,
      Collection<RemoteHost> peers,
      boolean fresh,
      Set<Holding> standing,
      long number,
      long now) {
    Overlay mine = overlays.get(vni.vni());
    if (mine != null && !fits(vni, mine)) {
      retire(mine, now);
      mine = null;
    }
    RemoteHost winner =
        mine == null
            ? null
            : disputes.winner(self, mine, vni.pinned() == null, peers, standing, now);
    if (mine != null && winner == null) {
      return Optional.empty();
    }
    if (!fresh) {
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
