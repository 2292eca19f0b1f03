package io.vrouter.mesh.plan;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.ProbeArrivals;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One computation of {@link Desired} from one {@link PlanInput}. */
final class DesiredBuilder {
  private final PlanInput world;
  private final LocalState local;
  private final Admission admission;

  private final Map<Admission.Seat, List<Claim>> held = new HashMap<>();
  private final List<Wanted.Device> devices = new ArrayList<>();
  private final List<Wanted.Address> addresses = new ArrayList<>();
  private final Set<Wanted.Flood> floods = new LinkedHashSet<>();
  private final List<Wanted.Fdb> fdb = new ArrayList<>();
  private final List<Wanted.Neighbor> neighbors = new ArrayList<>();
  private final List<Wanted.Route> routes = new ArrayList<>();
  private final Map<String, Wanted.Forwarding> forwarding = new LinkedHashMap<>();
  private final Map<String, Set<InetAddress>> vteps = new HashMap<>();
  private final Map<String, Set<MacAddress>> goneMacs = new HashMap<>();
  private final Set<FirewallPolicy.Zone> zones = new HashSet<>();
  private final Set<Prefix> known = new HashSet<>();
  private final List<Problem> problems;

  DesiredBuilder(PlanInput world) {
    this.world = world;
    this.local = world.local();
    this.admission = new Admission(world);
    this.problems = new ArrayList<>(admission.problems);
    for (Claim claim : admission.held) {
      held.computeIfAbsent(new Admission.Seat(claim.id(), claim.vni()), key -> new ArrayList<>())
          .add(claim);
    }
  }

  Desired desired() {
    Map<Vni, Set<FirewallPolicy.Remote>> peers = new HashMap<>();
    admission.vnis.forEach(vni -> device(vni, peers));
    for (Claim claim : admission.held) {
      known.add(claim.prefix());
      route(claim);
    }
    for (LocalVni vni : admission.vnis) {
      zones.add(
          new FirewallPolicy.Zone(
              vni.vni(),
              vni.overlaySubnet(),
              ownOverlays(vni.vni()),
              localNetworks(vni.vni()),
              peers.getOrDefault(vni.vni(), Set.of())));
    }
    Set<Prefix> bound = new HashSet<>(known);
    world.known().stream().filter(admission::bindable).forEach(bound::add);
    known.addAll(world.known());
    WantedTunnels tunnels = new WantedTunnels(local, world.tunnels(), admission.peers);
    addresses.addAll(tunnels.addresses);
    for (Wanted.Tunnel tunnel : tunnels.devices) {
      forwarding.put(tunnel.device(), new Wanted.Forwarding(tunnel.device(), true));
    }
    routes.sort(Comparator.comparing(Wanted.Route::prefix).thenComparing(Wanted.Route::device));
    return new Desired(
        record(),
        new KernelState(
            devices,
            addresses,
            List.copyOf(floods),
            fdb,
            neighbors,
            routes,
            List.copyOf(forwarding.values()),
            vteps,
            goneMacs,
            new FirewallPolicy(
                local.vxlanPort(), local.options().probePort(), zones, bound, outer(tunnels)),
            tunnels.devices,
            tunnels.routes,
            world.tunnels().lingering()),
        known,
        holdings(),
        admission.rejected,
        admission.conflicts,
        problems);
  }

  private FirewallPolicy.Outer outer(WantedTunnels tunnels) {
    Set<String> names = new HashSet<>();
    Set<Integer> ports = new HashSet<>();
    for (Wanted.Tunnel tunnel : tunnels.devices) {
      names.add(tunnel.device());
      ports.add(tunnel.port());
    }
    if (world.tunnels().lingering()) {
      for (int slot = 0; slot < WireGuardKey.SLOTS; slot++) {
        names.add(Wanted.Tunnel.name(slot));
        ports.add(local.options().wireguardPort() + slot);
      }
    }
    Set<InetAddress> members = new HashSet<>();
    if (!ports.isEmpty()) {
      admission.peers.forEach(peer -> members.add(peer.record().underlay()));
    }
    return new FirewallPolicy.Outer(names, ports, members);
  }

  private Set<Holding> holdings() {
    Set<Holding> holdings = new HashSet<>();
    admission.held.forEach(claim -> holdings.add(claim.holding()));
    admission.overlays.forEach(
        (seat, address) ->
            holdings.add(
                new Holding(
                    Conflict.ClaimKind.OVERLAY,
                    seat.id(),
                    seat.vni(),
                    PrefixPolicy.host(address))));
    return holdings;
  }

  private HostRecord record() {
    List<Overlay> overlays =
        world.own().overlays().stream()
            .filter(overlay -> admission.vni(overlay.vni()).isPresent())
            .toList();
    return new HostRecord(
        local.node(),
        local.version(),
        local.underlay().advertised(),
        local.vxlanPort(),
        overlays,
        admission.advertised,
        PoolShare.NONE,
        ProbeArrivals.NONE,
        world.tunnels().share(),
        null,
        Bytes.EMPTY);
  }

  private void device(LocalVni vni, Map<Vni, Set<FirewallPolicy.Remote>> peers) {
    String device = vni.vni().device();
    devices.add(
        new Wanted.Device(
            vni.vni(),
            source(),
            local.vxlanPort(),
            local.underlay().tunnelMtu(),
            VtepMac.of(local.self(), vni.vni()),
            Mark.alias(local.self()),
            Wanted.Device.FDB_LIMIT));
    forwarding.put(device, new Wanted.Forwarding(device, true));
    for (InetAddress address : ownOverlays(vni.vni())) {
      addresses.add(new Wanted.Address(device, address, vni.overlaySubnet().length()));
    }
    Set<InetAddress> pointed = new HashSet<>();
    Set<MacAddress> gone = new HashSet<>();
    vteps.put(device, pointed);
    goneMacs.put(device, gone);
    for (RemoteHost peer : admission.peers) {
      InetAddress overlay = admission.overlays.get(new Admission.Seat(peer.id(), vni.vni()));
      if (overlay != null && hasEnd(peer)) {
        pointed.addAll(tunnel(peer, vni.vni(), overlay, peers));
      }
    }
    for (RemoteHost peer : world.peers()) {
      if (!peer.state().keepsDataPath()) {
        gone.add(VtepMac.of(peer.id(), vni.vni()));
      }
    }
  }

  /** With WireGuard the route to a peer chooses the source: the device's, or the underlay's. */
  private InetAddress source() {
    InetAddress underlay = local.underlay().address();
    return local.options().encryption() == Encryption.NONE && !world.tunnels().lingering()
        ? underlay
        : Addresses.of(new byte[underlay.getAddress().length]);
  }

  private boolean hasEnd(RemoteHost peer) {
    return !world.tunnels().all() || world.tunnels().ends().containsKey(peer.id());
  }

  private Tunnels.End end(RemoteHost peer) {
    Tunnels.End end = world.tunnels().ends().get(peer.id());
    return end == null ? new Tunnels.End(peer.record().underlay(), Set.of(), false) : end;
  }

  private Set<InetAddress> ownOverlays(Vni vni) {
    Set<InetAddress> addresses = new LinkedHashSet<>();
    world.own().overlay(vni).ifPresent(overlay -> addresses.add(overlay.address()));
    world.own().retiring().stream()
        .filter(overlay -> overlay.vni().equals(vni))
        .forEach(overlay -> addresses.add(overlay.address()));
    return addresses;
  }

  private Set<InetAddress> tunnel(
      RemoteHost peer, Vni vni, InetAddress overlay, Map<Vni, Set<FirewallPolicy.Remote>> peers) {
    String device = vni.device();
    Tunnels.End end = end(peer);
    InetAddress underlay = end.remote();
    MacAddress mac = VtepMac.of(peer.id(), vni);
    Set<InetAddress> left =
        end.encrypted() ? Set.of() : world.moving().getOrDefault(peer.id(), Set.of());
    floods.add(new Wanted.Flood(device, underlay));
    fdb.add(new Wanted.Fdb(device, mac, underlay, !left.isEmpty()));
    neighbors.add(new Wanted.Neighbor(device, overlay, mac));
    Set<InetAddress> sources = new HashSet<>(end.also());
    sources.addAll(left);
    sources.add(underlay);

    Set<Prefix> prefixes = new HashSet<>();
    Set<InetAddress> gateways = new HashSet<>();
    for (Claim claim : held(peer.id(), vni)) {
      prefixes.add(claim.prefix());
      InetAddress gateway = claim.gateway();
      if (gateway != null) {
        gateways.add(gateway);
      }
    }
    for (InetAddress source : sources) {
      peers
          .computeIfAbsent(vni, key -> new HashSet<>())
          .add(
              new FirewallPolicy.Remote(
                  mac,
                  source,
                  Set.of(overlay),
                  prefixes,
                  gateways,
                  peer.record().underlay(),
                  left.contains(source) ? source : underlay));
    }
    return sources;
  }

  private void route(Claim claim) {
    NodeId owner = claim.id();
    InetAddress via = admission.overlays.get(new Admission.Seat(owner, claim.vni()));
    boolean leads = !world.tunnels().all() || world.tunnels().ends().containsKey(owner);
    if (!owner.equals(local.self()) && via != null && leads) {
      Wanted.Route route =
          new Wanted.Route(
              claim.prefix(),
              via,
              claim.vni().device(),
              local.options().metric(),
              claim.vni(),
              owner,
              claim.gateway());
      Integer mtu = world.pathMtus().get(owner);
      routes.add(mtu == null ? route : route.withMtu(mtu));
    }
  }

  private Set<FirewallPolicy.GuardedNetwork> localNetworks(Vni vni) {
    Set<FirewallPolicy.GuardedNetwork> networks = new HashSet<>();
    for (LocalNetwork network : local.networks()) {
      boolean holds =
          held(local.self(), vni).stream()
              .anyMatch(claim -> claim.prefix().equals(network.prefix()));
      if (holds) {
        for (String device : admission.devices(network)) {
          String named = nameable(network, device);
          networks.add(
              new FirewallPolicy.GuardedNetwork(network.prefix(), named, network.gateway()));
          if (named != null) {
            forwarding.putIfAbsent(named, new Wanted.Forwarding(named, false));
          }
        }
      }
    }
    return networks;
  }

  private List<Claim> held(NodeId id, Vni vni) {
    return held.getOrDefault(new Admission.Seat(id, vni), List.of());
  }

  private @Nullable String nameable(LocalNetwork network, String device) {
    if (FirewallPolicy.GuardedNetwork.expressible(device)) {
      return device;
    }
    problems.add(
        new Problem(
            "device-name",
            "network %s is on device '%s', which no firewall rule can name: nothing reaches it"
                .formatted(network.prefix(), device),
            "rename the device: 1 to 15 of A-Z a-z 0-9 . _ - @"));
    return null;
  }
}
