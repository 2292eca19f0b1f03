package io.vrouter.mesh.local;

import static java.util.stream.Collectors.joining;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.host.HostException;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Underlay;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the address that tunnels and gossip use. Pure, over one look at the kernel.
 *
 * <p>Without a choice by the operator, the first that exists of: a preferred address, in order (the
 * kernel's source address towards a seed or a known peer, the address of the last run); the source
 * address of the default route (devices that are no tunnel first, IPv4 before IPv6, lower metric
 * first: a VPN's default route often has the lowest metric); the only global address. An address is
 * never chosen when it is in a local stack's prefix, on a bridge with no ports but containers', or
 * may move between hosts: secondary, or of full prefix length beside another one. The operator may
 * choose any but our own devices'.
 */
public final class UnderlayFinder {
  /** IFA_F_* of an unstable IPv6 address: temporary, deprecated, tentative, DAD failed. */
  private static final int UNSTABLE = 0x01 | 0x20 | 0x40 | 0x08;

  /** IFA_F_SECONDARY of an IPv4 address. */
  private static final int SECONDARY = 0x01;

  /** IFF_POINTOPOINT of a link: tun, WireGuard and PPP have it. */
  private static final int POINT_TO_POINT = 0x10;

  private static final Set<String> CONTAINER_PORTS = Set.of("veth", "tun");

  private final Map<Integer, Link> links = new HashMap<>();
  private final List<Address> choosable;
  private final List<Address> candidates;
  private final List<Address> automatic;
  private final List<Route> routes;

  private UnderlayFinder(
      Collection<Link> links,
      Collection<Address> addresses,
      Collection<Route> routes,
      Collection<Prefix> stacks) {
    links.forEach(link -> this.links.put(link.index(), link));
    this.routes = List.copyOf(routes);
    this.choosable =
        addresses.stream()
            .filter(address -> isUsable(address) && isOfForeignDevice(address))
            .sorted(Comparator.comparing(address -> !isIpv4(address.address())))
            .toList();
    this.candidates =
        choosable.stream()
            .filter(address -> !isContainersBridge(link(address)))
            .filter(address -> stacks.stream().noneMatch(it -> it.contains(address.address())))
            .toList();
    this.automatic = candidates.stream().filter(address -> !isFloating(address)).toList();
  }

  /**
   * Finds the underlay.
   *
   * @param choice an address or the name of a device; null to detect
   * @param preferred addresses to use if present, the best first
   * @param stacks prefixes of this host's own networks and overlay subnets
   * @throws HostException with code {@code underlay}, listing the candidates
   */
  public static Underlay find(
      @Nullable String choice,
      List<InetAddress> preferred,
      Collection<Link> links,
      Collection<Address> addresses,
      Collection<Route> routes,
      Collection<Prefix> stacks)
      throws HostException {
    UnderlayFinder finder = new UnderlayFinder(links, addresses, routes, stacks);
    Address found = choice == null ? finder.detected(preferred) : finder.chosen(choice);
    Link link = finder.link(found);
    try {
      return new Underlay(found.address(), link.mtu(), link.index());
    } catch (IllegalArgumentException e) {
      throw new HostException(
          new Problem(
              "underlay",
              "Device " + link.name() + " has " + e.getMessage(),
              "Set its MTU with 'ip link set', or choose another device with --underlay"));
    }
  }

  private Address detected(List<InetAddress> preferred) throws HostException {
    Optional<Address> known =
        preferred.stream()
            .flatMap(wanted -> automatic.stream().filter(it -> it.address().equals(wanted)))
            .findFirst();
    if (known.isPresent()) {
      return known.get();
    }
    Optional<Address> ofDefault =
        routes.stream()
            .filter(UnderlayFinder::isDefault)
            .sorted(
                Comparator.<Route, Boolean>comparing(route -> isTunnel(device(route)))
                    .thenComparing(route -> !isIpv4(route.destination()))
                    .thenComparing(Route::metric, Integer::compareUnsigned))
            .flatMap(route -> source(route).stream())
            .findFirst();
    if (ofDefault.isPresent()) {
      return ofDefault.get();
    }
    List<Address> outside =
        automatic.stream().filter(address -> !isTunnel(address.ifIndex())).toList();
    List<Address> left = outside.isEmpty() ? automatic : outside;
    if (left.size() == 1) {
      return left.get(0);
    }
    throw unclear(
        candidates.isEmpty()
            ? "This host has no address that other hosts could reach"
            : "There is no default route to go by and more than one address to choose from");
  }

  /**
   * The kernel's source address: the route's preferred source, else an address in the gateway's
   * subnet.
   */
  private Optional<Address> source(Route route) {
    List<Address> there =
        automatic.stream()
            .filter(address -> address.ifIndex() == device(route))
            .filter(address -> isIpv4(address.address()) == isIpv4(route.destination()))
            .toList();
    InetAddress preferred = route.prefSource();
    if (preferred != null) {
      // It may sit on another device, such as loopback.
      return candidates.stream().filter(address -> address.address().equals(preferred)).findFirst();
    }
    InetAddress gateway = route.gateway();
    return there.stream()
        .filter(
            address ->
                gateway != null
                    && Prefix.of(address.address(), address.prefixLength()).contains(gateway))
        .findFirst()
        .or(() -> there.stream().findFirst());
  }

  private Address chosen(String choice) throws HostException {
    boolean device = links.values().stream().anyMatch(link -> link.name().equals(choice));
    if (device) {
      return choosable.stream()
          .filter(address -> name(address).equals(choice))
          .findFirst()
          .orElseThrow(() -> unclear("Device '" + choice + "' has no address to use"));
    }
    InetAddress wanted;
    try {
      wanted = Addresses.parse(choice);
    } catch (IllegalArgumentException e) {
      throw unclear("'" + choice + "' is neither an IP address nor a device of this host");
    }
    return choosable.stream()
        .filter(address -> address.address().equals(wanted))
        .findFirst()
        .orElseThrow(() -> unclear("'" + choice + "' is not an address to use on this host"));
  }

  private HostException unclear(String message) {
    String list =
        (candidates.isEmpty() ? choosable : candidates)
            .stream()
                .map(address -> address.address().getHostAddress() + " (" + name(address) + ")")
                .collect(joining(", "));
    return new HostException(
        new Problem(
            "underlay",
            message,
            list.isEmpty()
                ? "Give a device an address of the network that the hosts share"
                : "Choose one with --underlay: " + list));
  }

  private static boolean isDefault(Route route) {
    return route.prefixLength() == 0
        && route.table() == Rtnetlink.RT_TABLE_MAIN
        && route.type() == Rtnetlink.RTN_UNICAST
        && !Observed.isOurs(route);
  }

  private static int device(Route route) {
    return route.multipath().isEmpty() ? route.oif() : route.multipath().get(0).ifIndex();
  }

  private static boolean isUsable(Address address) {
    InetAddress ip = address.address();
    boolean unstable = !isIpv4(ip) && (address.flags() & UNSTABLE) != 0;
    return address.scope() == Rtnetlink.RT_SCOPE_UNIVERSE
        && !unstable
        && !ip.isLoopbackAddress()
        && !ip.isLinkLocalAddress()
        && !ip.isMulticastAddress()
        && !ip.isAnyLocalAddress();
  }

  /** Whether the address may move to another host while this one lives, as a VIP does. */
  private boolean isFloating(Address address) {
    if (isIpv4(address.address()) && (address.flags() & SECONDARY) != 0) {
      return true;
    }
    // Some clouds give a host a /32 as its only address.
    return isAlone(address)
        && candidates.stream()
            .anyMatch(
                other ->
                    other.ifIndex() == address.ifIndex()
                        && isIpv4(other.address()) == isIpv4(address.address())
                        && !isAlone(other));
  }

  private static boolean isAlone(Address address) {
    return address.prefixLength() == address.address().getAddress().length * 8;
  }

  private boolean isTunnel(int ifIndex) {
    Link link = links.get(ifIndex);
    return link != null
        && ((link.flags() & POINT_TO_POINT) != 0
            || Set.of("tun", "wireguard").contains(link.kind()));
  }

  private boolean isOfForeignDevice(Address address) {
    Link link = links.get(address.ifIndex());
    return link != null && link.isUp() && !Observed.isOurs(link);
  }

  private boolean isContainersBridge(Link link) {
    return link.kind().equals("bridge")
        && links.values().stream()
            .filter(port -> port.master() == link.index())
            .allMatch(port -> CONTAINER_PORTS.contains(port.kind()));
  }

  private Link link(Address address) {
    return Objects.requireNonNull(links.get(address.ifIndex()));
  }

  private String name(Address address) {
    return link(address).name();
  }

  private static boolean isIpv4(InetAddress address) {
    return address instanceof Inet4Address;
  }
}
