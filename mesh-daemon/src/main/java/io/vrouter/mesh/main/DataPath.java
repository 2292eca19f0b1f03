package io.vrouter.mesh.main;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.RouteState;
import io.vrouter.mesh.reconcile.MeshSnapshot;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Overlay;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Where a peer's kernel can be asked over the tunnel, by the newest snapshot. Stands between
 * membership, which asks, and the reconciler, which knows; thread-safe.
 */
final class DataPath {
  private final Vni vni;
  private volatile Optional<MeshSnapshot> snapshot = Optional.empty();

  /** With the VNI that is preferred where a peer is in several. */
  DataPath(Vni vni) {
    this.vni = vni;
  }

  /** Takes what the reconciler knew after a pass. */
  void snapshot(MeshSnapshot newest) {
    snapshot = Optional.of(newest);
  }

  /** The peer's overlay address; empty when the path to it is not installed here. */
  Optional<InetAddress> to(NodeId peer) {
    return snapshot.flatMap(
        known ->
            known.members().stream()
                .filter(view -> view.member().id().equals(peer))
                .filter(view -> view.member().state().keepsDataPath())
                .findFirst()
                .flatMap(view -> overlay(view.record()))
                .filter(overlay -> known.converged() || installed(known, peer)));
  }

  private Optional<InetAddress> overlay(@org.jspecify.annotations.Nullable HostRecord record) {
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
