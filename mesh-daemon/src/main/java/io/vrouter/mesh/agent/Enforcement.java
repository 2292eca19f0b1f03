package io.vrouter.mesh.agent;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.KernelState;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.PrefixPolicy;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The policy of an agent, applied to one state. Each refused object is left out by itself; a state
 * beyond the policy's numbers is refused as a whole. Pure.
 */
final class Enforcement {
  private static final int MOST_VNIS = 64;
  private static final int MOST_NETWORKS = 1_024;
  private static final int LONGEST_ALIAS = 64;

  private final AgentPolicy policy;
  private final HostView here;
  private final PrefixPolicy prefixes;
  private final Set<Prefix> routed;
  private final List<Ruling.Refusal> refusals = new ArrayList<>();

  /** Devices that are allowed, with their VNI. */
  private final Map<String, Vni> devices = new HashMap<>();

  private final TunnelEnforcement tunnels;
  private final Set<String> seen = new HashSet<>();

  private Enforcement(AgentPolicy policy, HostView here, KernelState state) {
    this.policy = policy;
    this.here = here;
    this.tunnels = new TunnelEnforcement(policy, here);
    this.routed = here.routed();
    // Not all own addresses: the gateways of this host's networks are in known prefixes.
    Set<InetAddress> endpoints = new HashSet<>();
    state.devices().forEach(device -> endpoints.add(device.local()));
    state.floods().forEach(flood -> endpoints.add(flood.dst()));
    state.fdb().forEach(entry -> endpoints.add(entry.dst()));
    state
        .firewall()
        .zones()
        .forEach(zone -> zone.peers().forEach(peer -> endpoints.add(peer.underlay())));
    Set<Prefix> overlays = new HashSet<>(Set.of(policy.overlay()));
    state.devices().forEach(device -> overlays.add(policy.overlay(device.vni())));
    state.firewall().zones().forEach(zone -> overlays.add(policy.overlay(zone.vni())));
    this.prefixes = prefixPolicy(endpoints, overlays);
  }

  private PrefixPolicy prefixPolicy(Set<InetAddress> endpoints, Set<Prefix> overlays) {
    Set<InetAddress> all = new HashSet<>(endpoints);
    all.addAll(policy.protect());
    return new PrefixPolicy(
        all,
        overlays,
        new LocalState.Options(
            Mark.METRIC,
            FirewallPolicy.DEFAULT_PROBE_PORT,
            policy.allow(),
            here.avoid(),
            policy.accept()),
        here.observed().surroundings());
  }

  /**
   * The part of a state that the policy allows.
   *
   * @throws RefusedException when there is more of something than the policy allows
   */
  static Ruling of(AgentPolicy policy, HostView here, KernelState state) throws RefusedException {
    count("routes", state.routes().size(), policy.maxRoutes());
    count("devices", state.devices().size(), MOST_VNIS);
    count("WireGuard devices", state.tunnels().size(), WireGuardKey.SLOTS);
    count("WireGuard routes", state.tunnelRoutes().size(), WireGuardKey.SLOTS);
    int peers = policy.maxPeers() * Math.max(1, state.devices().size());
    count("flooding entries", state.floods().size(), peers);
    count("forwarding entries", state.fdb().size(), peers);
    count("neighbours", state.neighbors().size(), peers);
    count("addresses", state.addresses().size(), 2 * MOST_VNIS);
    count("forwarding devices", state.forwarding().size(), MOST_NETWORKS);
    count(policy, state.firewall());
    return new Enforcement(policy, here, state).rule(state);
  }

  /**
   * The part of a firewall's policy that is allowed.
   *
   * @throws RefusedException when there is more of something than the policy allows
   */
  static Ruling of(AgentPolicy policy, HostView here, FirewallPolicy firewall)
      throws RefusedException {
    return of(
        policy,
        here,
        new KernelState(
            List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), Map.of(),
            Map.of(), firewall));
  }

  private static void count(AgentPolicy policy, FirewallPolicy firewall) throws RefusedException {
    count("known prefixes", firewall.known().size(), policy.maxKnown());
    count("VNIs", firewall.zones().size(), MOST_VNIS);
    int prefixes = 0;
    for (FirewallPolicy.Zone zone : firewall.zones()) {
      count("peers of a VNI", zone.peers().size(), policy.maxPeers());
      count("local networks", zone.local().size(), MOST_NETWORKS);
      for (FirewallPolicy.Remote peer : zone.peers()) {
        prefixes += peer.prefixes().size() + peer.gateways().size() + peer.overlays().size();
      }
    }
    count("addresses and prefixes of peers", prefixes, 2 * policy.maxRoutes() + policy.maxPeers());
  }

  private static void count(String what, int number, int most) throws RefusedException {
    if (number > most) {
      throw new RefusedException(
          "%d %s are more than the %d of the agent's policy".formatted(number, what, most),
          "raise max-routes or max-peers in the agent's policy file, if the mesh is that large");
    }
  }

  private Ruling rule(KernelState state) {
    List<Wanted.Device> allowed = kept(state.devices(), this::device);
    allowed.forEach(device -> devices.put(device.device(), device.vni()));
    List<Wanted.Tunnel> encrypting = kept(state.tunnels(), tunnels::tunnel);
    return new Ruling(
        new KernelState(
            allowed,
            kept(state.addresses(), this::address),
            kept(state.floods(), flood -> peer(flood.device(), flood.dst())),
            kept(state.fdb(), this::fdb),
            kept(state.neighbors(), this::neighbor),
            kept(state.routes(), this::route),
            kept(state.forwarding(), this::forwarding),
            onDevices(state.vteps()),
            onDevices(state.goneMacs()),
            new ZoneEnforcement(policy, here, prefixes, this::refuse).of(state.firewall()),
            encrypting,
            kept(state.tunnelRoutes(), tunnels::route),
            state.lingering()),
        refusals);
  }

  private <T extends Wanted> List<T> kept(
      Collection<T> wanted, Function<T, @Nullable String> refusal) {
    List<T> kept = new ArrayList<>(wanted.size());
    for (T one : wanted) {
      String reason = seen.add(one.object()) ? refusal.apply(one) : "is there twice";
      if (reason == null) {
        kept.add(one);
      } else {
        refuse(one.object(), reason);
      }
    }
    return kept;
  }

  private void refuse(String object, String reason) {
    if (refusals.size() < Ruling.LISTED) {
      refusals.add(new Ruling.Refusal(object, reason));
    }
  }

  private <T> Map<String, T> onDevices(Map<String, T> given) {
    Map<String, T> kept = new HashMap<>(given);
    kept.keySet().retainAll(devices.keySet());
    return kept;
  }

  private @Nullable String device(Wanted.Device device) {
    if (!policy.vnis().contains(device.vni())) {
      return "VNI " + device.vni() + " is not one of the policy's";
    }
    if (device.port() != policy.vxlanPort()) {
      return "UDP port %d is not %d".formatted(device.port(), policy.vxlanPort());
    }
    boolean routed = device.local().isAnyLocalAddress() && policy.wireguardPort().isPresent();
    if (!routed && (!here.own().contains(device.local()) || device.local().isLoopbackAddress())) {
      return "this host doesn't have the address " + device.local().getHostAddress();
    }
    if (device.mtu() < 68 || device.mtu() > 65_535) {
      return "an MTU of " + device.mtu();
    }
    if (device.limit() < 1 || device.limit() > Wanted.Device.FDB_LIMIT) {
      return "a limit of %d learned entries".formatted(device.limit());
    }
    if (!isOurs(device.alias())) {
      return "an alias that is not ours";
    }
    return mac(device.mac());
  }

  static boolean isOurs(String alias) {
    return alias.matches("vrouter [0-9a-f]{1,56}") && alias.length() <= LONGEST_ALIAS;
  }

  private static @Nullable String mac(MacAddress mac) {
    return mac.isGroup() || mac.equals(MacAddress.ZERO) ? mac + " is no host's address" : null;
  }

  private @Nullable String onDevice(String device) {
    return devices.containsKey(device) ? null : "there is no allowed device " + device;
  }

  private boolean inOverlay(String device, InetAddress address) {
    return policy.overlay(devices.getOrDefault(device, policy.vnis().main())).contains(address);
  }

  private @Nullable String address(Wanted.Address address) {
    if (TunnelEnforcement.isTunnel(address.device())) {
      return tunnels.address(address);
    }
    String refusal = onDevice(address.device());
    if (refusal != null) {
      return refusal;
    }
    Prefix overlay = policy.overlay(devices.getOrDefault(address.device(), policy.vnis().main()));
    return overlay.contains(address.address()) && overlay.length() == address.length()
        ? null
        : "is not in the overlay subnet " + overlay;
  }

  private @Nullable String peer(String device, InetAddress underlay) {
    String refusal = onDevice(device);
    return refusal != null ? refusal : ZoneEnforcement.endpoint(policy, here, underlay);
  }

  private @Nullable String fdb(Wanted.Fdb entry) {
    String refusal = peer(entry.device(), entry.dst());
    return refusal != null ? refusal : mac(entry.mac());
  }

  private @Nullable String neighbor(Wanted.Neighbor neighbor) {
    String refusal = onDevice(neighbor.device());
    if (refusal != null) {
      return refusal;
    }
    return inOverlay(neighbor.device(), neighbor.address())
        ? mac(neighbor.mac())
        : "is not in the overlay subnet";
  }

  private @Nullable String route(Wanted.Route route) {
    String refusal = onDevice(route.device());
    if (refusal != null) {
      return refusal;
    }
    if (!route.vni().device().equals(route.device())) {
      return "VNI %s is not that of %s".formatted(route.vni(), route.device());
    }
    if (!inOverlay(route.device(), route.via()) || here.own().contains(route.via())) {
      return "the gateway %s is no other host in the overlay subnet"
          .formatted(route.via().getHostAddress());
    }
    if (route.metric() != Mark.METRIC) {
      return "metric %d is not %d".formatted(route.metric(), Mark.METRIC);
    }
    if (route.mtu() != 0 && (route.mtu() < 68 || route.mtu() > 65_535)) {
      return "an MTU of " + route.mtu();
    }
    Prefix prefix = route.prefix();
    if (!policy.only().isEmpty() && policy.only().stream().noneMatch(it -> it.contains(prefix))) {
      return "is in none of the policy's prefixes";
    }
    Optional<PrefixPolicy.Refusal> refused =
        prefixes
            .anywhere(prefix, policy.overlay(route.vni()))
            .or(() -> prefixes.here(prefix, Set.of(), routed.contains(prefix)));
    return refused.map(PrefixPolicy.Refusal::reason).orElse(null);
  }

  private @Nullable String forwarding(Wanted.Forwarding forwarding) {
    if (forwarding.ours() && tunnels.allows(forwarding.device())) {
      return null;
    }
    if (forwarding.ours()) {
      return onDevice(forwarding.device());
    }
    return here.isOfNetwork(forwarding.device())
        ? null
        : "%s holds no network of the mesh here".formatted(forwarding.device());
  }
}
