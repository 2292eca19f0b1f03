package io.vrouter.mesh.agent;

import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The host as an agent itself sees it: what a node's requests are checked against.
 *
 * @param own all addresses of this host
 * @param networks the networks here that the mesh may reach
 * @param avoid seeds and resolvers
 * @param keys public, of this host's WireGuard devices
 */
record HostView(
    Observed observed,
    Set<InetAddress> own,
    Map<Prefix, Network> networks,
    Set<InetAddress> avoid,
    List<WireGuardKey> keys) {
  HostView {
    keys = List.copyOf(keys);
    own = Set.copyOf(own);
    networks = Map.copyOf(networks);
    avoid = Set.copyOf(avoid);
  }

  /**
   * A network of this host.
   *
   * @param devices that may hold it
   */
  record Network(Vni vni, Set<String> devices) {
    Network {
      devices = Set.copyOf(devices);
    }
  }

  /**
   * From a look at the kernel and at Docker.
   *
   * @param subnets configured networks with their VNIs, which precede Docker's
   */
  static HostView of(
      Observed observed,
      Collection<Address> addresses,
      DockerSnapshot docker,
      Map<Prefix, Vni> subnets,
      Set<InetAddress> avoid) {
    Map<Integer, String> names =
        observed.links().stream()
            .filter(link -> !Observed.isOurs(link))
            .collect(Collectors.toMap(Link::index, Link::name, (a, b) -> a));
    Map<Prefix, Set<String>> holders = new HashMap<>();
    for (Address address : addresses) {
      String name = names.get(address.ifIndex());
      if (name != null) {
        holders
            .computeIfAbsent(
                Prefix.of(address.address(), address.prefixLength()), it -> new HashSet<>())
            .add(name);
      }
    }
    Map<Prefix, Network> networks = new HashMap<>();
    docker
        .networks(Set.copyOf(names.values()))
        .forEach(
            network -> {
              Set<String> devices = new HashSet<>(holders.getOrDefault(network.prefix(), Set.of()));
              if (names.containsValue(network.device())) {
                devices.add(network.device());
              }
              networks.put(network.prefix(), new Network(network.vni(), devices));
            });
    subnets.forEach(
        (prefix, vni) ->
            networks.put(prefix, new Network(vni, holders.getOrDefault(prefix, Set.of()))));
    return new HostView(
        observed,
        addresses.stream().map(Address::address).collect(Collectors.toSet()),
        networks,
        avoid,
        List.of());
  }

  /** The same with keys of WireGuard. */
  HostView withKeys(List<WireGuardKey> own) {
    return new HostView(observed, this.own, networks, avoid, own);
  }

  /** Whether a device holds one of the networks. */
  boolean isOfNetwork(String device) {
    return networks.values().stream().anyMatch(network -> network.devices.contains(device));
  }

  /** The prefixes to which a route of ours is in the kernel already. */
  Set<Prefix> routed() {
    return observed.routes().stream()
        .filter(Observed::isOurs)
        .map(Observed::prefix)
        .collect(Collectors.toSet());
  }
}
