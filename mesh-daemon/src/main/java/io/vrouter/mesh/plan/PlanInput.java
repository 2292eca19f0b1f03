package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The input that determines {@link Desired}.
 *
 * @param peers the other hosts, in any state and any order
 * @param moving underlay addresses that a peer has just left, while its packets may still come from
 *     there
 * @param surroundings the prefixes that this host routes to without the mesh
 * @param known prefixes that the mesh held and that are held back after their withdrawal
 * @param standing claims that later ones don't displace
 * @param pathMtus octets that the path to a peer carries, where that is less than the tunnel's MTU
 * @param tunnels how peers are reached
 */
public record PlanInput(
    LocalState local,
    OwnClaims own,
    List<RemoteHost> peers,
    Map<NodeId, Set<InetAddress>> moving,
    ForeignRoutes surroundings,
    Set<Prefix> known,
    Set<Holding> standing,
    Map<NodeId, Integer> pathMtus,
    Tunnels tunnels) {
  /** As above, without encryption. */
  public PlanInput(
      LocalState local,
      OwnClaims own,
      List<RemoteHost> peers,
      Map<NodeId, Set<InetAddress>> moving,
      ForeignRoutes surroundings,
      Set<Prefix> known,
      Set<Holding> standing,
      Map<NodeId, Integer> pathMtus) {
    this(local, own, peers, moving, surroundings, known, standing, pathMtus, Tunnels.NONE);
  }

  /** As above, without standing claims. */
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

  /** An input at rest: no peer moves, no prefix is held back, no path MTU is reduced. */
  public static PlanInput of(
      LocalState local, OwnClaims own, Collection<RemoteHost> peers, ForeignRoutes surroundings) {
    return new PlanInput(local, own, List.copyOf(peers), Map.of(), surroundings, Set.of());
  }
}
