package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which prefixes are refused, before we advertise them and when a peer does: one bad record must
 * not cut a host off.
 */
final class PrefixPolicy {
  private static final int SHORTEST_IPV4 = 8;
  private static final int SHORTEST_IPV6 = 32;
  private static final List<Prefix> SPECIAL =
      List.of(
          Prefix.parse("0.0.0.0/8"),
          Prefix.parse("127.0.0.0/8"),
          Prefix.parse("169.254.0.0/16"),
          Prefix.parse("224.0.0.0/4"),
          Prefix.parse("::/127"),
          Prefix.parse("fe80::/10"),
          Prefix.parse("ff00::/8"));

  private final PrefixIndex<InetAddress> underlays = new PrefixIndex<>();
  private final Collection<Prefix> overlaySubnets;
  private final Set<InetAddress> avoid;
  private final List<Prefix> allow;
  private final ForeignRoutes surroundings;
  private final PrefixIndex<ForeignRoutes.Occupied> occupied = new PrefixIndex<>();

  /**
   * Why a prefix is refused.
   *
   * @param code {@code prefix-…}
   * @param by the route here that is in the way, if that is the reason
   */
  record Refusal(String code, String reason, ForeignRoutes.@Nullable Occupied by) {}

  PrefixPolicy(
      Collection<InetAddress> underlays,
      Collection<Prefix> overlaySubnets,
      LocalState.Options options,
      ForeignRoutes surroundings) {
    for (InetAddress underlay : underlays) {
      this.underlays.add(new Prefix(underlay, underlay.getAddress().length * 8), underlay);
    }
    this.overlaySubnets = List.copyOf(overlaySubnets);
    this.avoid = options.avoid();
    this.allow = options.allow();
    this.surroundings = surroundings;
    surroundings.routes().forEach(route -> occupied.add(route.prefix(), route));
  }

  /** The rules that come out the same on every host: a prefix refused by them claims nothing. */
  Optional<Refusal> anywhere(Prefix prefix, Prefix overlaySubnet) {
    int shortest = prefix.isIpv4() ? SHORTEST_IPV4 : SHORTEST_IPV6;
    if (prefix.length() < shortest) {
      return refuse("prefix-too-short", "is shorter than /" + shortest);
    }
    for (Prefix special : SPECIAL) {
      if (prefix.overlaps(special)) {
        return refuse(
            "prefix-special", "overlaps " + special + " (loopback, link-local, multicast or none)");
      }
    }
    for (Prefix overlay : overlaySubnets) {
      if (prefix.overlaps(overlay)) {
        return refuse("prefix-covers-overlay", "overlaps the overlay subnet " + overlay);
      }
    }
    if (prefix.isIpv4() != overlaySubnet.isIpv4()) {
      return refuse(
          "prefix-family", "is of another IP version than the overlay subnet " + overlaySubnet);
    }
    List<InetAddress> contained = new ArrayList<>();
    underlays.overlapping(prefix, contained::add);
    if (!contained.isEmpty()) {
      return refuse(
          "prefix-covers-underlay",
          "contains the underlay address " + contained.get(0).getHostAddress() + " of a member");
    }
    return Optional.empty();
  }

  /**
   * The rules that depend on this host.
   *
   * @param bridge the device of our own network with this prefix, whose connected route is no
   *     obstacle; null for a peer's prefix
   */
  Optional<Refusal> here(Prefix prefix, @Nullable String bridge) {
    if (bridge == null || !connected(prefix, bridge)) {
      Optional<Refusal> cutsOff = cutsOff(prefix);
      if (cutsOff.isPresent()) {
        return cutsOff;
      }
    }
    if (allow.stream().anyMatch(allowed -> allowed.contains(prefix))) {
      return Optional.empty();
    }
    List<ForeignRoutes.Occupied> inTheWay = new ArrayList<>();
    occupied.covering(
        prefix,
        route -> {
          if (!(route.connected() && route.device().equals(bridge))) {
            inTheWay.add(route);
          }
        });
    return inTheWay.stream()
        .findFirst()
        .map(by -> new Refusal("prefix-in-use", "is already routed here: " + by, by));
  }

  private boolean connected(Prefix prefix, String bridge) {
    return surroundings.routes().stream()
        .anyMatch(
            route ->
                route.connected()
                    && route.device().equals(bridge)
                    && route.prefix().contains(prefix));
  }

  private Optional<Refusal> cutsOff(Prefix prefix) {
    for (InetAddress gateway : surroundings.gateways()) {
      if (prefix.contains(gateway)) {
        return refuse(
            "prefix-covers-gateway", "contains this host's gateway " + gateway.getHostAddress());
      }
    }
    for (InetAddress address : avoid) {
      if (prefix.contains(address)) {
        return refuse(
            "prefix-covers-seed",
            "contains the seed or resolver " + address.getHostAddress() + " of this host");
      }
    }
    return Optional.empty();
  }

  private static Optional<Refusal> refuse(String code, String reason) {
    return Optional.of(new Refusal(code, reason, null));
  }
}
