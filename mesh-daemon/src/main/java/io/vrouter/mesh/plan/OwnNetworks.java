package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.record.Subnet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The networks of this host that are advertised, and the reason for each that is not. */
final class OwnNetworks {
  final List<Subnet> advertised = new ArrayList<>();
  final List<Rejected> rejected = new ArrayList<>();

  private final LocalState local;
  private final OwnClaims own;
  private final Function<Vni, Optional<LocalVni>> vnis;
  private final PrefixPolicy policy;
  private final LocalDevices devices;
  private final RefusedPrefixes refused;
  private final PrefixBudget budget = new PrefixBudget();

  /** Decides, oldest claim first: a record without room for all omits the newest. */
  OwnNetworks(
      LocalState local,
      OwnClaims own,
      Function<Vni, Optional<LocalVni>> vnis,
      PrefixPolicy policy,
      LocalDevices devices,
      RefusedPrefixes refused) {
    this.local = local;
    this.own = own;
    this.vnis = vnis;
    this.policy = policy;
    this.devices = devices;
    this.refused = refused;
    Comparator<LocalNetwork> eldestFirst =
        Comparator.comparing(
                (LocalNetwork network) ->
                    own.subnets().getOrDefault(network.prefix(), Long.MAX_VALUE))
            .thenComparing(LocalNetwork::prefix);
    local.networks().stream().sorted(eldestFirst).forEach(this::advertise);
    advertised.sort(Comparator.comparing(Subnet::prefix));
  }

  private void advertise(LocalNetwork network) {
    Optional<LocalVni> vni = vnis.apply(network.vni());
    if (vni.isEmpty()) {
      // The problem of the VNI contains the reason.
      refuse(network, "VNI " + network.vni() + " has no tunnel here");
      return;
    }
    Set<String> bridges = devices.of(network);
    Optional<PrefixPolicy.Refusal> refusal =
        policy
            .anywhere(network.prefix(), vni.get().overlaySubnet())
            .or(() -> policy.here(network.prefix(), bridges, false));
    if (refusal.isPresent()) {
      if (!isOtherHalf(network, refusal.get())) {
        refused.own(
            network,
            refusal.get().code(),
            refusal.get().reason(),
            refusal.get().fix(network.prefix(), "give the network another subnet"));
      }
      refuse(network, "it " + refusal.get().reason());
    } else if (bridges.isEmpty()) {
      String nearest =
          devices.nearest(network.prefix()).map(it -> "; the nearest is the " + it).orElse("");
      refused.own(
          network,
          "network-no-device",
          "is on no device of this host: no connected network overlaps it" + nearest,
          "correct --subnet to what the bridge has, or start the stack that makes the bridge");
      refuse(network, "no device of this host is connected to it");
    } else if (!budget.take(network.prefix())) {
      refused.own(
          network,
          "too-many-subnets",
          "is more than others take of one host: " + PrefixBudget.LIMITS,
          "advertise fewer networks on this host");
      refuse(network, "others take at most " + PrefixBudget.LIMITS);
    } else {
      Long lamport = own.subnets().get(network.prefix());
      if (lamport != null) {
        advertised.add(
            new Subnet(
                network.prefix(),
                network.vni(),
                network.network(),
                network.stack(),
                network.gateway(),
                lamport,
                own.contested().contains(network.prefix())));
      }
    }
  }

  /**
   * Whether this is a dual-stack network's half of the family that the overlay lacks: the other
   * half works.
   */
  private boolean isOtherHalf(LocalNetwork network, PrefixPolicy.Refusal refusal) {
    return refusal.code().equals(PrefixPolicy.FAMILY)
        && local.networks().stream()
            .anyMatch(
                other ->
                    other.network().equals(network.network())
                        && other.stack().equals(network.stack())
                        && other.vni().equals(network.vni())
                        && other.prefix().isIpv4() != network.prefix().isIpv4());
  }

  private void refuse(LocalNetwork network, String reason) {
    rejected.add(
        new Rejected(network.prefix(), network.vni(), local.self(), RouteState.MISSING, reason));
  }
}
