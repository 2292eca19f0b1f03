package io.vrouter.mesh.api;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.local.HostWatch;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.reconcile.MeshSnapshot;
import io.vrouter.mesh.reconcile.MeshSnapshot.MemberView;
import io.vrouter.mesh.trial.Site;
import io.vrouter.mesh.trial.TrialHost;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** This host and its members, from the newest snapshot. Thread-safe. */
public final class LiveTrialHost implements TrialHost {
  /** Of a bridge, which Docker makes for each network. */
  private static final String BRIDGE = "bridge";

  /** A site's port is chosen when its socket is opened. */
  private static final int NO_PORT = 1;

  private final Supplier<MeshSnapshot> snapshot;
  private final HostWatch host;
  private final Supplier<Map<NodeId, Integer>> smallerMtus;

  /** With the MTU of each path that carries less than the tunnel. */
  public LiveTrialHost(
      Supplier<MeshSnapshot> snapshot, HostWatch host, Supplier<Map<NodeId, Integer>> smallerMtus) {
    this.snapshot = snapshot;
    this.host = host;
    this.smallerMtus = smallerMtus;
  }

  @Override
  public NodeId self() {
    return snapshot.get().self();
  }

  @Override
  public List<NodeId> peers() {
    MeshSnapshot now = snapshot.get();
    return now.members().stream()
        .filter(view -> view.member().state() == MemberState.ALIVE)
        .map(view -> view.member().id())
        .filter(id -> !id.equals(now.self()))
        .sorted()
        .toList();
  }

  @Override
  public List<Site> sites() {
    List<LocalNetwork> networks = host.current().networks();
    List<Site> sites = new ArrayList<>();
    try (RtNetlink netlink = RtNetlink.open()) {
      List<Link> links = netlink.links().entries();
      List<Address> addresses = netlink.addresses().entries();
      for (LocalNetwork network : networks) {
        addresses.stream()
            .map(Address::address)
            .filter(network.prefix()::contains)
            .findFirst()
            .ifPresent(own -> sites.add(new Site(network.vni().value(), own, NO_PORT)));
      }
      for (Address address : addresses) {
        boolean bridge =
            links.stream()
                .anyMatch(link -> link.index() == address.ifIndex() && link.kind().equals(BRIDGE));
        boolean uplink = address.ifIndex() == host.underlay().ifIndex();
        if (bridge && !uplink && isApart(address.address(), networks)) {
          sites.add(new Site(0, address.address(), NO_PORT));
        }
      }
    }
    return sites;
  }

  private static boolean isApart(InetAddress address, List<LocalNetwork> networks) {
    return !address.isLinkLocalAddress()
        && networks.stream().map(LocalNetwork::prefix).noneMatch(it -> it.contains(address));
  }

  @Override
  public int octets(NodeId peer) {
    int tunnel = host.current().underlay().tunnelMtu();
    return Math.min(tunnel, smallerMtus.get().getOrDefault(peer, tunnel));
  }

  @Override
  public boolean has(NodeId peer, int vni, InetAddress address) {
    Optional<MemberView> member =
        snapshot.get().members().stream()
            .filter(view -> view.member().id().equals(peer))
            .findFirst();
    return member
        .map(MemberView::record)
        .map(
            record ->
                record.subnets().stream()
                    .filter(subnet -> subnet.vni().value() == vni)
                    .anyMatch(subnet -> subnet.prefix().contains(address)))
        .orElse(false);
  }
}
