package io.vrouter.mesh.policy;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.LocalVni;
import io.vrouter.mesh.plan.Rejected;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.RouteState;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.mesh.record.Subnet;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes from records and from this host's state what a policy doesn't allow, before any claim is
 * looked at: a refused claim displaces nothing.
 *
 * @param local with the VNIs and networks that this host may have
 * @param peers with the overlay addresses and subnets that each may have
 * @param rejected the prefixes removed
 * @param problems one for this host, one per peer
 */
public record PolicyFilter(
    LocalState local, List<RemoteHost> peers, List<Rejected> rejected, List<Problem> problems) {
  private static final String CODE = "not-in-policy";

  /** The input as it is: no policy is in force. */
  public static PolicyFilter none(LocalState local, List<RemoteHost> peers) {
    return new PolicyFilter(local, peers, List.of(), List.of());
  }

  /** Filters by a policy. */
  public static PolicyFilter of(MeshPolicy policy, LocalState local, List<RemoteHost> peers) {
    List<Rejected> rejected = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    LocalState mine = mine(policy, local, rejected, problems);
    List<RemoteHost> theirs =
        peers.stream().map(peer -> peer(policy, peer, rejected, problems)).toList();
    return new PolicyFilter(mine, theirs, List.copyOf(rejected), List.copyOf(problems));
  }

  private static LocalState mine(
      MeshPolicy policy, LocalState local, List<Rejected> rejected, List<Problem> problems) {
    Grant grant = policy.of(local.self());
    List<LocalVni> vnis = local.vnis().stream().filter(it -> grant.allows(it.vni())).toList();
    List<LocalNetwork> networks = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (LocalNetwork network : local.networks()) {
      if (grant.allows(network.prefix(), network.vni())) {
        networks.add(network);
      } else {
        rejected.add(
            new Rejected(
                network.prefix(),
                network.vni(),
                local.self(),
                RouteState.MISSING,
                reason(policy, grant)));
        refused.add("%s (%s)".formatted(network.network(), network.prefix()));
      }
    }
    if (!refused.isEmpty() || vnis.size() < local.vnis().size()) {
      problems.add(
          new Problem(
              CODE,
              refused.isEmpty()
                  ? "this host is not in all of its VNIs: policy %d allows it %s"
                      .formatted(policy.version(), grant)
                  : "%d networks of this host are not advertised, the first is %s: policy %d allows"
                          .formatted(refused.size(), refused.get(0), policy.version())
                      + " this host "
                      + grant,
              "give the network another subnet, or sign a policy that allows it to node "
                  + local.self()));
    }
    return local.limited(vnis, networks);
  }

  private static RemoteHost peer(
      MeshPolicy policy, RemoteHost peer, List<Rejected> rejected, List<Problem> problems) {
    Grant grant = policy.of(peer.id());
    List<Overlay> overlays =
        peer.record().overlays().stream().filter(it -> grant.allows(it.vni())).toList();
    List<Subnet> subnets = new ArrayList<>();
    List<Prefix> refused = new ArrayList<>();
    for (Subnet subnet : peer.record().subnets()) {
      Vni vni = subnet.vni();
      if (grant.allows(subnet.prefix(), vni)) {
        subnets.add(subnet);
      } else {
        refused.add(subnet.prefix());
        rejected.add(
            new Rejected(
                subnet.prefix(), vni, peer.id(), RouteState.MISSING, reason(policy, grant)));
      }
    }
    if (refused.isEmpty() && overlays.size() == peer.record().overlays().size()) {
      return peer;
    }
    if (peer.state().keepsDataPath()) {
      problems.add(
          Problem.warning(
              CODE,
              "%s (%s) asks for %s, policy %d allows it %s"
                  .formatted(
                      peer.record().node(),
                      peer.id().abbreviated(),
                      refused.isEmpty()
                          ? "more VNIs"
                          : refused.get(0)
                              + (refused.size() > 1
                                  ? " and %d more".formatted(refused.size() - 1)
                                  : ""),
                      policy.version(),
                      grant),
              "look at that host; if it is right, sign a policy that allows it to node "
                  + peer.id()));
    }
    return peer.with(peer.record().with(overlays, subnets));
  }

  private static String reason(MeshPolicy policy, Grant grant) {
    return "it is not in policy %d, which allows its host %s".formatted(policy.version(), grant);
  }
}
