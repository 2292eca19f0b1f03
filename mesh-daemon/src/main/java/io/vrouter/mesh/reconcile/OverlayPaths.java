package io.vrouter.mesh.reconcile;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.path.PathTarget;
import io.vrouter.mesh.plan.RouteState;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Overlay;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The overlay address at which a peer's kernel answers a data path probe, from the newest snapshot.
 * Membership and {@code meshctl ping} read it, the reconciler writes it; thread-safe.
 */
public final class OverlayPaths {
  private final Vni vni;
  private volatile Optional<MeshSnapshot> snapshot = Optional.empty();
  private final Set<NodeId> watched = new HashSet<>();

  /** Prefers this VNI where a peer is in several. */
  public OverlayPaths(Vni vni) {
    this.vni = vni;
  }

  /** Stores the snapshot of the last pass. */
  public void snapshot(MeshSnapshot newest) {
    snapshot = Optional.of(newest);
  }

  /** The peer's overlay address; empty when the path to it is not installed here. */
  public Optional<InetAddress> to(NodeId peer) {
    return snapshot.flatMap(
        known ->
            known.members().stream()
                .filter(view -> view.member().id().equals(peer))
                .filter(view -> view.member().state().keepsDataPath())
                .findFirst()
                .flatMap(view -> overlay(view.record()))
                .filter(overlay -> known.converged() || installed(known, peer)));
  }

  /**
   * The peers whose path was installed here once, as long as they have a data path. A pass that
   * changes a route, be it to a smaller path MTU, ends no watch: the result would be lost with it.
   *
   * @param mtu octets that the tunnel device takes
   */
  public synchronized List<PathTarget> targets(int mtu) {
    List<PathTarget> targets = new ArrayList<>();
    Set<NodeId> before = Set.copyOf(watched);
    watched.clear();
    snapshot.ifPresent(
        known -> {
          for (MeshSnapshot.MemberView view : known.members()) {
            NodeId peer = view.member().id();
            boolean there = !peer.equals(known.self()) && view.member().state().keepsDataPath();
            Optional<InetAddress> overlay = there ? overlay(view.record()) : Optional.empty();
            if (overlay.isPresent()
                && (before.contains(peer) || known.converged() || installed(known, peer))) {
              watched.add(peer);
              targets.add(new PathTarget(peer, overlay.get(), mtu));
            }
          }
        });
    return targets;
  }

  private Optional<InetAddress> overlay(@Nullable HostRecord record) {
    if (record == null) {
      return Optional.empty();
    }
    return record
        .overlay(vni)
        .or(() -> record.overlays().stream().findFirst())
        .map(Overlay::address);
  }

  private static boolean installed(MeshSnapshot known, NodeId peer) {
    return known.routes().stream()
        .anyMatch(route -> route.node().equals(peer) && route.state() == RouteState.INSTALLED);
  }
}
