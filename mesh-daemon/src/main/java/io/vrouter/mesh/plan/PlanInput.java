package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything that decides what the kernel should hold.
 *
 * @param peers the other hosts in whatever state, in whatever order
 * @param moving underlay addresses that a peer has just left, while its packets may still come from
 *     there
 * @param surroundings what this host routes to without us
 * @param known prefixes that the mesh held and that are held back after their withdrawal
 * @param standing claims that later ones don't displace
 * @param pathMtus octets that the path to a peer carries, where that is less than the tunnel's MTU
 */
public record PlanInput(
    LocalState local,
    OwnClaims own,
    List<RemoteHost> peers,
    Map<NodeId, Set<InetAddress>> moving,
    ForeignRoutes surroundings,
    Set<Prefix> known,
    Set<Holding> standing,
    Map<NodeId, Integer> pathMtus) {
  /** With no claim that stands before the others. */
  public PlanInput(
      LocalState local,
      OwnClaims own,
      List<RemoteHost> peers,
      Map<NodeId, Set<InetAddress>> moving,
      ForeignRoutes surroundings,
      Set<Prefix> known) {
    this(local, own, peers, moving, surroundings, known, Set.of(), Map.of());
  }

  public PlanInput {
    peers = List.copyOf(peers);
    moving = Map.copyOf(moving);
    known = Set.copyOf(known);
    standing = Set.copyOf(standing);
    pathMtus = Map.copyOf(pathMtus);
  }

  /** A world at rest. */
  public static PlanInput of(
      LocalState local, OwnClaims own, Collection<RemoteHost> peers, ForeignRoutes surroundings) {
    return new PlanInput(local, own, List.copyOf(peers), Map.of(), surroundings, Set.of());
  }
}
