package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.mesh.record.Subnet;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who and what gets into the kernel: usable peers, overlay addresses and prefixes that hold. */
final class Admission {
  /** A member in a VNI. */
  record Seat(NodeId id, Vni vni) {}

  private final LocalState local;
  private final PrefixPolicy policy;
  private final Map<Prefix, String> devices = new HashMap<>();

  final List<RemoteHost> peers = new ArrayList<>();
  final Map<Seat, InetAddress> overlays = new HashMap<>();
  final List<Subnet> advertised = new ArrayList<>();
  final List<Claim> held;
  final List<Rejected> rejected = new ArrayList<>();
  final List<Conflict> conflicts = new ArrayList<>();
  final List<Problem> problems = new ArrayList<>();

  Admission(PlanInput world) {
    this.local = world.local();
    Set<InetAddress> underlays = new HashSet<>();
    underlays.add(local.underlay().address());
    world.peers().stream()
        .filter(peer -> peer.state().keepsDataPath())
        .sorted(Comparator.comparing(RemoteHost::id))
        .forEach(
            peer -> {
              underlays.add(peer.record().underlay());
              if (usable(peer)) {
                peers.add(peer);
              }
            });
    List<Prefix> overlaySubnets = local.vnis().stream().map(LocalVni::overlaySubnet).toList();
    this.policy =
        new PrefixPolicy(underlays, overlaySubnets, local.options(), world.surroundings());
    for (ForeignRoutes.Occupied route : world.surroundings().routes()) {
      if (route.connected()) {
        devices.putIfAbsent(route.prefix(), route.device());
      }
    }
    settleOverlays(world.own());
    local.networks().forEach(network -> advertise(network, world.own()));
    this.held = settlePrefixes();
  }

  /** The device that holds a local network; null while nothing does. */
  @Nullable String device(LocalNetwork network) {
    String device = network.device();
    return device != null ? device : devices.get(network.prefix());
  }

  /** Whether traffic to a prefix that the mesh once held may still be bound to the mesh. */
  boolean bindable(Prefix prefix) {
    return local.vnis().stream()
            .allMatch(vni -> policy.anywhere(prefix, vni.overlaySubnet()).isEmpty())
        && policy.here(prefix, null).isEmpty();
  }

  private boolean usable(RemoteHost peer) {
    InetAddress ours = local.underlay().address();
    InetAddress theirs = peer.record().underlay();
    if (theirs.equals(ours)) {
      problem(
          "underlay-duplicate",
          "%s says its underlay address is %s, which is this host's"
              .formatted(name(peer), theirs.getHostAddress()),
          "give each host its own address, see --underlay");
      return false;
    }
    if (theirs.getAddress().length != ours.getAddress().length) {
      problem(
          "underlay-family",
          "%s has the underlay address %s, of another IP version than %s here"
              .formatted(name(peer), theirs.getHostAddress(), ours.getHostAddress()),
          "choose addresses of one IP version on all hosts with --underlay");
      return false;
    }
    if (peer.record().vxlanPort() != local.vxlanPort()) {
      problem(
          "vxlan-port-differs",
          "%s has VXLAN port %d, this host %d"
              .formatted(name(peer), peer.record().vxlanPort(), local.vxlanPort()),
          "set the same --vxlan-port on all hosts");
      return false;
    }
    return true;
  }

  private void settleOverlays(OwnClaims own) {
    List<Claim> claims = new ArrayList<>();
    for (LocalVni vni : local.vnis()) {
      own.overlay(vni.vni()).ifPresent(it -> claims.add(Claim.of(local.self(), local.node(), it)));
      for (RemoteHost peer : peers) {
        Optional<Overlay> overlay = peer.record().overlay(vni.vni());
        if (overlay.isPresent() && inSubnet(peer, overlay.get(), vni.overlaySubnet())) {
          claims.add(Claim.of(peer.id(), peer.record().node(), overlay.get()));
        }
      }
    }
    Claims.Settled settled = Claims.settle(claims);
    for (Claim claim : settled.held()) {
      overlays.put(new Seat(claim.id(), claim.vni()), claim.prefix().address());
    }
    conflicts.addAll(settled.conflicts());
  }

  private boolean inSubnet(RemoteHost peer, Overlay overlay, Prefix subnet) {
    if (subnet.contains(overlay.address())) {
      return true;
    }
    problem(
        "overlay-subnet-differs",
        "%s has the overlay address %s in VNI %s, outside of %s here"
            .formatted(name(peer), overlay.address().getHostAddress(), overlay.vni(), subnet),
        "set the same --vxlan-subnet on all hosts");
    return false;
  }

  private void advertise(LocalNetwork network, OwnClaims own) {
    Prefix overlaySubnet = local.vni(network.vni()).orElseThrow().overlaySubnet();
    Optional<PrefixPolicy.Refusal> refusal =
        policy
            .anywhere(network.prefix(), overlaySubnet)
            .or(() -> policy.here(network.prefix(), device(network)));
    Long lamport = own.subnets().get(network.prefix());
    if (refusal.isPresent()) {
      problem(
          refusal.get().code(),
          "network %s (%s) is not advertised: it %s"
              .formatted(network.network(), network.prefix(), refusal.get().reason()),
          fix(refusal.get(), "give the network another subnet"));
      refuse(network, "it " + refusal.get().reason());
    } else if (advertised.size() == HostRecord.MAX_SUBNETS) {
      problem(
          "too-many-subnets",
          "network %s (%s) is not advertised: a host has at most %d"
              .formatted(network.network(), network.prefix(), HostRecord.MAX_SUBNETS),
          "advertise fewer networks on this host");
      refuse(network, "a host has at most " + HostRecord.MAX_SUBNETS);
    } else if (lamport != null) {
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

  private void refuse(LocalNetwork network, String reason) {
    rejected.add(
        new Rejected(network.prefix(), network.vni(), local.self(), RouteState.MISSING, reason));
  }

  private List<Claim> settlePrefixes() {
    List<Claim> claims = new ArrayList<>();
    advertised.forEach(subnet -> claims.add(Claim.of(local.self(), local.node(), subnet)));
    for (RemoteHost peer : peers) {
      for (Subnet subnet : peer.record().subnets()) {
        local
            .vni(subnet.vni())
            .flatMap(vni -> policy.anywhere(subnet.prefix(), vni.overlaySubnet()))
            .ifPresentOrElse(
                refusal -> reject(peer, subnet, RouteState.MISSING, refusal),
                () -> {
                  if (local.vni(subnet.vni()).isPresent()) {
                    claims.add(Claim.of(peer.id(), peer.record().node(), subnet));
                  }
                });
      }
    }
    Claims.Settled settled = Claims.settle(claims);
    for (Conflict conflict : settled.conflicts()) {
      conflicts.add(conflict);
      problem(
          "prefix-conflict",
          conflict.toString(),
          "give the network of %s another subnet".formatted(conflict.loser().node()));
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
    return settled.held().stream().filter(this::admit).toList();
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
    Optional<PrefixPolicy.Refusal> refusal = policy.here(claim.prefix(), null);
    refusal.ifPresent(
        it ->
            reject(
                claim.prefix(),
                claim.vni(),
                claim.id(),
                claim.node(),
                it.by() == null ? RouteState.MISSING : RouteState.FOREIGN,
                it));
    return refusal.isEmpty();
  }

  private void reject(
      RemoteHost peer, Subnet subnet, RouteState state, PrefixPolicy.Refusal refusal) {
    reject(subnet.prefix(), subnet.vni(), peer.id(), peer.record().node(), state, refusal);
  }

  private void reject(
      Prefix prefix,
      Vni vni,
      NodeId id,
      String node,
      RouteState state,
      PrefixPolicy.Refusal refusal) {
    rejected.add(new Rejected(prefix, vni, id, state, "it " + refusal.reason()));
    problem(
        refusal.code(),
        "%s of %s gets no route here: it %s".formatted(prefix, node, refusal.reason()),
        fix(refusal, "give the network on " + node + " another subnet"));
  }

  private static String fix(PrefixPolicy.Refusal refusal, String otherwise) {
    return refusal.by() == null
        ? otherwise
        : otherwise + ", or say --allow-prefix if the mesh may take it over";
  }

  private void problem(String code, String message, String fix) {
    problems.add(new Problem(code, message, fix));
  }

  private static String name(RemoteHost peer) {
    return peer.record().node() + " (" + peer.id().abbreviated() + ")";
  }
}
