package io.vrouter.mesh.local;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.config.ConfiguredSubnet;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.docker.DockerNetwork;
import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.plan.LocalPool;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.LocalVni;
import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.OverlaySubnets;
import io.vrouter.mesh.plan.Underlay;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** This host's part of the plan's input: configuration, Docker and observed kernel state. Pure. */
public final class LocalStates {
  /** Network and stack of a subnet configured by the operator. */
  public static final String UNNAMED = "-";

  private final NodeId self;
  private final String version;
  private final MeshConfig config;
  private final Supplier<Set<InetAddress>> avoid;

  /** With the addresses that no prefix may cover: seeds and resolvers. */
  public LocalStates(
      NodeId self, String version, MeshConfig config, Supplier<Set<InetAddress>> avoid) {
    this.self = self;
    this.version = version;
    this.config = config;
    this.avoid = avoid;
  }

  /**
   * The present state; a configured subnet takes precedence over Docker's network of the same
   * prefix.
   */
  LocalState of(
      Underlay underlay,
      Collection<Link> links,
      Collection<Address> addresses,
      DockerSnapshot docker) {
    Map<Prefix, LocalNetwork> networks = new TreeMap<>();
    Set<String> devices = links.stream().map(Link::name).collect(Collectors.toSet());
    List<DockerNetwork> known = docker.networks(devices);
    for (DockerNetwork network : known) {
      Optional<String> device = device(network, links, addresses);
      if (isOtherHalf(network, known) || device.isEmpty()) {
        continue;
      }
      networks.putIfAbsent(
          network.prefix(),
          new LocalNetwork(
              network.prefix(),
              network.vni(),
              device.get(),
              network.gateway(),
              network.network(),
              network.stack()));
    }
    for (ConfiguredSubnet subnet : config.subnets()) {
      networks.put(subnet.prefix(), byHand(subnet, links, addresses));
    }
    Set<Vni> vnis = new TreeSet<>(Set.of(config.vni()));
    networks.values().forEach(network -> vnis.add(network.vni()));
    return new LocalState(
        self,
        config.nodeName(),
        version,
        sized(underlay),
        config.vxlanPort(),
        vnis.stream().map(this::local).toList(),
        List.copyOf(networks.values()),
        new LocalState.Options(
            Mark.METRIC,
            FirewallPolicy.DEFAULT_PROBE_PORT,
            config.allowPrefixes(),
            avoid.get(),
            config.acceptPrefixes(),
            config.encryption(),
            config.wireguardPort(),
            config.overlayGiven() ? null : config.vni()),
        new LocalPool(
            config.pool(),
            config.poolGiven(),
            docker.connection() > 0 || docker.state() == DockerSnapshot.EngineState.ABSENT,
            docker.subnets()));
  }

  /** A tunnel MTU that the operator did not choose leaves room for WireGuard. */
  private Underlay sized(Underlay underlay) {
    return config.encryption() == Encryption.NONE || config.mtu().isPresent()
        ? underlay
        : underlay.encrypted();
  }

  /**
   * The local device of a network: the one with Docker's bridge name, else the one with an address
   * in it, as Podman's. Empty for a network of an engine whose bridges are elsewhere.
   */
  private static Optional<String> device(
      DockerNetwork network, Collection<Link> links, Collection<Address> addresses) {
    if (links.stream().anyMatch(link -> link.name().equals(network.device()))) {
      return Optional.of(network.device());
    }
    return addresses.stream()
        .filter(
            address ->
                network.prefix().equals(Prefix.of(address.address(), address.prefixLength())))
        .flatMap(address -> links.stream().filter(link -> link.index() == address.ifIndex()))
        .map(Link::name)
        .findFirst();
  }

  /** Problems that keep the engine's networks from being advertised, and notes on omitted ones. */
  List<Problem> problems(
      DockerSnapshot docker, Collection<Link> links, Collection<Address> addresses) {
    List<Problem> problems = new ArrayList<>(otherHalves(docker));
    if (docker.state() == DockerSnapshot.EngineState.FOLLOWED) {
      docker.networks().stream()
          .filter(network -> device(network, links, addresses).isEmpty())
          .map(LocalStates::elsewhere)
          .forEach(problems::add);
    }
    return problems;
  }

  private static Problem elsewhere(DockerNetwork network) {
    return new Problem(
        "docker-no-bridge",
        ("the Docker network '%s' (%s) isn't advertised: its bridge %s isn't in this network"
                + " namespace, so its engine runs in another one (rootless, in a container or on"
                + " another host)")
            .formatted(network.network(), network.prefix(), network.device()),
        "name the socket of this host's engine with --docker, or run meshd in the network namespace"
            + " of that one");
  }

  /** One note for each half of a dual-stack network that the overlay doesn't carry. */
  List<Problem> otherHalves(DockerSnapshot docker) {
    return docker.networks().stream()
        .filter(network -> isOtherHalf(network, docker.networks()))
        .map(
            network ->
                Problem.note(
                    "docker-other-family",
                    ("the subnet %s of the Docker network '%s' isn't carried: the overlay subnet %s"
                            + " is %s")
                        .formatted(
                            network.prefix(),
                            network.network(),
                            config.vxlanSubnet(),
                            config.vxlanSubnet().isIpv4() ? "IPv4" : "IPv6"),
                    "nothing; containers of this network reach other hosts by its other subnet"))
        .toList();
  }

  /** Whether the overlay carries the network by its subnet of the other IP version. */
  private boolean isOtherHalf(DockerNetwork network, Collection<DockerNetwork> all) {
    boolean ipv4 = config.vxlanSubnet().isIpv4();
    return network.prefix().isIpv4() != ipv4
        && all.stream()
            .anyMatch(
                other ->
                    other.device().equals(network.device()) && other.prefix().isIpv4() == ipv4);
  }

  private LocalVni local(Vni vni) {
    boolean main = vni.equals(config.vni());
    return new LocalVni(
        vni,
        OverlaySubnets.of(config.vxlanSubnet(), config.vni(), vni),
        main ? config.vxlanIp().orElse(null) : null);
  }

  private static LocalNetwork byHand(
      ConfiguredSubnet subnet, Collection<Link> links, Collection<Address> addresses) {
    Map<Integer, String> names =
        links.stream().collect(Collectors.toMap(Link::index, Link::name, (a, b) -> a));
    Optional<Address> gateway =
        addresses.stream()
            .filter(
                address ->
                    subnet.prefix().equals(Prefix.of(address.address(), address.prefixLength())))
            .findFirst();
    return new LocalNetwork(
        subnet.prefix(),
        subnet.vni(),
        gateway.map(address -> names.get(address.ifIndex())).orElse(null),
        gateway.map(Address::address).orElse(null),
        UNNAMED,
        UNNAMED);
  }
}
