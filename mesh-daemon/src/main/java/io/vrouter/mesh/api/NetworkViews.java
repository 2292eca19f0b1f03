package io.vrouter.mesh.api;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.control.Networks;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.reconcile.MeshSnapshot;
import io.vrouter.mesh.reconcile.MeshSnapshot.MemberView;
import io.vrouter.mesh.reconcile.MeshSnapshot.RouteView;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Subnet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Converts a snapshot to the networks of the contract. Pure. */
final class NetworkViews {
  private final MeshSnapshot snapshot;

  NetworkViews(MeshSnapshot snapshot) {
    this.snapshot = snapshot;
  }

  /**
   * The networks of all members, and those of this host that it does not advertise.
   *
   * @param local this host's networks, advertised or not
   */
  Networks of(List<LocalNetwork> local) {
    Verdicts verdicts = Verdicts.of(snapshot);
    List<Networks.Network> networks = new ArrayList<>();
    for (MemberView view : snapshot.members()) {
      HostRecord record = view.record();
      if (record != null && view.member().state().keepsDataPath()) {
        record
            .subnets()
            .forEach(subnet -> networks.add(network(view.member().id(), subnet, verdicts)));
      }
    }
    for (LocalNetwork network : local) {
      Optional.ofNullable(
              verdicts.refused().get(new Claimed(snapshot.self(), network.prefix(), network.vni())))
          .ifPresent(reason -> networks.add(refused(network, reason)));
    }
    return new Networks(networks);
  }

  private static Networks.Network network(NodeId node, Subnet subnet, Verdicts verdicts) {
    String prefix = subnet.prefix().toString();
    boolean lost = verdicts.lost().contains(new Lost(node, prefix, subnet.vni()));
    Optional<String> refused =
        Optional.ofNullable(
            verdicts.refused().get(new Claimed(node, subnet.prefix(), subnet.vni())));
    Networks.NetworkState state =
        lost
            ? Networks.NetworkState.CONFLICT
            : refused.isPresent()
                ? Networks.NetworkState.REFUSED
                : Networks.NetworkState.ADVERTISED;
    return new Networks.Network(
        prefix,
        subnet.vni().value(),
        SnapshotViews.named(subnet.network()),
        SnapshotViews.named(subnet.stack()),
        node.toString(),
        state,
        lost ? "another member claimed it first" : refused.orElse(null));
  }

  private Networks.Network refused(LocalNetwork network, String reason) {
    return new Networks.Network(
        network.prefix().toString(),
        network.vni().value(),
        SnapshotViews.named(network.network()),
        SnapshotViews.named(network.stack()),
        snapshot.self().toString(),
        Networks.NetworkState.REFUSED,
        reason);
  }

  /** A prefix of a node. */
  private record Claimed(NodeId node, Prefix prefix, Vni vni) {}

  /** A claim that lost, in the terms of {@code conflicts}. */
  private record Lost(NodeId node, String claimed, Vni vni) {}

  /**
   * Built once: any user of this host may ask for the networks.
   *
   * @param refused why a prefix is not in force; none when it is, or may become so
   */
  private record Verdicts(Map<Claimed, String> refused, Set<Lost> lost) {
    static Verdicts of(MeshSnapshot snapshot) {
      Map<Claimed, String> refused = new HashMap<>();
      for (RouteView route : snapshot.routes()) {
        if (route.via() == null && !route.reason().isEmpty()) {
          refused.putIfAbsent(
              new Claimed(route.node(), route.prefix(), route.vni()), route.reason());
        }
      }
      Set<Lost> lost = new HashSet<>();
      for (Conflict conflict : snapshot.conflicts()) {
        if (conflict.kind() == Conflict.ClaimKind.PREFIX) {
          lost.add(new Lost(conflict.loser().id(), conflict.loser().claimed(), conflict.vni()));
        }
      }
      return new Verdicts(refused, lost);
    }
  }
}
