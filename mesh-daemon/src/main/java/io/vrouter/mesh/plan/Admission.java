package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.mesh.record.Subnet;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what reaches the kernel: usable peers, and the overlay addresses and prefixes whose
 * claims hold.
 */
final class Admission {
  /** Most prefixes admitted on one host. Its own prefixes are never refused by this limit. */
  static final int MAX_HELD = 4096;

  /** A member in a VNI. */
  record Seat(NodeId id, Vni vni) {}

  private final LocalState local;
  private final Set<Holding> standing;
  private final PrefixPolicy policy;
  private final LocalDevices devices;
  private final RefusedPrefixes refused = new RefusedPrefixes();

  final List<LocalVni> vnis;
  final List<RemoteHost> peers;
  final Map<Seat, InetAddress> overlays = new HashMap<>();
  final List<Subnet> advertised;
  final List<Claim> held;
  final List<Rejected> rejected = new ArrayList<>();
  final List<Conflict> conflicts = new ArrayList<>();
  final List<Problem> problems = new ArrayList<>();

  Admission(PlanInput world) {
    this.local = world.local();
    this.standing = world.standing();
    UsablePeers usable = new UsablePeers(local, world.peers(), standing);
    this.peers = usable.usable;
    problems.addAll(usable.problems);
    AdmittedVnis admitted = new AdmittedVnis(local, world.own(), world.surroundings());
    this.vnis = admitted.admitted;
    problems.addAll(admitted.problems);
    List<Prefix> overlaySubnets = local.vnis().stream().map(LocalVni::overlaySubnet).toList();
    this.policy =
        new PrefixPolicy(usable.addresses, overlaySubnets, local.options(), world.surroundings());
    this.devices = new LocalDevices(world.surroundings());
    settleOverlays(world.own());
    OwnNetworks own = new OwnNetworks(local, world.own(), this::vni, policy, devices, refused);
    this.advertised = own.advertised;
    rejected.addAll(own.rejected);
    this.held = settlePrefixes();
    problems.addAll(refused.problems());
  }

  /** The devices that hold a local network; empty while nothing does. */
  Set<String> devices(LocalNetwork network) {
    return devices.of(network);
  }

  /** This host's part in a VNI that has a tunnel here. */
  Optional<LocalVni> vni(Vni vni) {
    return vnis.stream().filter(it -> it.vni().equals(vni)).findFirst();
  }

  /** Whether traffic to a prefix that the mesh once held may still be bound to the mesh. */
  boolean bindable(Prefix prefix) {
    return local.vnis().stream()
            .allMatch(vni -> policy.anywhere(prefix, vni.overlaySubnet()).isEmpty())
        && policy.here(prefix, Set.of(), false).isEmpty();
  }

  private void settleOverlays(OwnClaims own) {
    List<Claim> claims = new ArrayList<>();
    for (LocalVni vni : vnis) {
      own.overlay(vni.vni()).ifPresent(it -> claims.add(Claim.of(local.self(), local.node(), it)));
      for (RemoteHost peer : peers) {
        Optional<Overlay> overlay = peer.record().overlay(vni.vni());
        if (overlay.isPresent() && inSubnet(peer, overlay.get(), vni.overlaySubnet())) {
          claims.add(Claim.of(peer.id(), peer.record().node(), overlay.get()));
        }
      }
    }
    Claims.Settled settled = Claims.settle(claims, standing);
    for (Claim claim : settled.held()) {
      overlays.put(new Seat(claim.id(), claim.vni()), claim.prefix().address());
    }
    conflicts.addAll(settled.conflicts());
  }

  private boolean inSubnet(RemoteHost peer, Overlay overlay, Prefix subnet) {
    Vni floating = local.options().floating();
    boolean ofSequence =
        floating != null && OverlayChoice.of(overlay.address(), floating, overlay.vni()) >= 0;
    if (subnet.contains(overlay.address()) || ofSequence) {
      return true;
    }
    problem(
        "overlay-subnet-differs",
        "%s has the overlay address %s in VNI %s, outside of %s here"
            .formatted(
                UsablePeers.name(peer), overlay.address().getHostAddress(), overlay.vni(), subnet),
        "set the same --vxlan-subnet on all hosts");
    return false;
  }

  private List<Claim> settlePrefixes() {
    List<Claim> claims = new ArrayList<>();
    advertised.forEach(subnet -> claims.add(Claim.of(local.self(), local.node(), subnet)));
    peers.forEach(peer -> claim(peer, claims));
    Claims.Settled settled = Claims.settle(claims, standing);
    Map<NodeId, List<Conflict>> lost = new HashMap<>();
    for (Conflict conflict : settled.conflicts()) {
      conflicts.add(conflict);
      lost.computeIfAbsent(conflict.loser().id(), id -> new ArrayList<>()).add(conflict);
      if (!conflict.loser().id().equals(local.self())) {
        rejected.add(
            new Rejected(
                Prefix.parse(conflict.loser().claimed()),
                conflict.vni(),
                conflict.loser().id(),
                RouteState.CONFLICT,
                conflict.toString()));
      }
    }
    lost.values().stream()
        .sorted(Comparator.comparing(of -> of.get(0).loser().id()))
        .forEach(this::lost);
    List<Claim> admitted = new ArrayList<>();
    for (Claim claim : settled.held()) {
      if (admitted.size() < MAX_HELD || claim.id().equals(local.self())) {
        if (admit(claim)) {
          admitted.add(claim);
        }
      } else {
        reject(
            claim,
            RouteState.MISSING,
            new PrefixPolicy.Refusal(
                PrefixPolicy.QUOTA,
                "is more than the %d routes of a host".formatted(MAX_HELD),
                null));
      }
    }
    return List.copyOf(admitted);
  }

  /** Reports one problem per loser. */
  private void lost(List<Conflict> conflicts) {
    Conflict first = conflicts.get(0);
    problem(
        "prefix-conflict",
        conflicts.size() == 1
            ? first.toString()
            : "%s; %d more prefixes of %s lose"
                .formatted(first, conflicts.size() - 1, first.loser().node()),
        "give the network of %s another subnet; see 'meshctl conflicts'"
            .formatted(first.loser().node()));
  }

  /** Adds the claims that a peer's record may make, oldest first. */
  private void claim(RemoteHost peer, List<Claim> claims) {
    PrefixBudget budget = new PrefixBudget();
    List<Subnet> eldestFirst = new ArrayList<>(peer.record().subnets());
    eldestFirst.sort(Comparator.comparingLong(Subnet::lamport).thenComparing(Subnet::prefix));
    for (Subnet subnet : eldestFirst) {
      Optional<LocalVni> vni = vni(subnet.vni());
      if (vni.isPresent()) {
        Claim claim = Claim.of(peer.id(), peer.record().node(), subnet);
        policy
            .anywhere(subnet.prefix(), vni.get().overlaySubnet())
            .or(() -> budget.refusal(subnet.prefix()))
            .ifPresentOrElse(
                refusal -> reject(claim, RouteState.MISSING, refusal), () -> claims.add(claim));
      }
    }
  }

  private boolean admit(Claim claim) {
    if (claim.id().equals(local.self())) {
      return true;
    }
    if (!overlays.containsKey(new Seat(claim.id(), claim.vni()))) {
      rejected.add(
          new Rejected(
              claim.prefix(),
              claim.vni(),
              claim.id(),
              RouteState.MISSING,
              "its host holds no overlay address in VNI " + claim.vni()));
      return false;
    }
    Optional<PrefixPolicy.Refusal> refusal =
        policy.here(claim.prefix(), Set.of(), standing.contains(claim.holding()));
    refusal.ifPresent(
        it -> reject(claim, it.by() == null ? RouteState.MISSING : RouteState.FOREIGN, it));
    return refusal.isEmpty();
  }

  private void reject(Claim claim, RouteState state, PrefixPolicy.Refusal refusal) {
    rejected.add(
        new Rejected(claim.prefix(), claim.vni(), claim.id(), state, "it " + refusal.reason()));
    refused.peer(
        claim.id(),
        claim.node(),
        claim.prefix().toString(),
        refusal.code(),
        refusal.reason(),
        refusal.fix(claim.prefix(), "give the network on " + claim.node() + " another subnet"),
        refusal.remedies());
  }

  private void problem(String code, String message, String fix) {
    problems.add(new Problem(code, message, fix));
  }
}
