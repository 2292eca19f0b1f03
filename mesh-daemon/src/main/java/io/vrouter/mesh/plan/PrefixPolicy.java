package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Remedy;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses prefixes, before this host advertises them and when a peer does: one bad record must not
 * cut a host off.
 *
 * <p>Public space is reached by the default route of almost every host, so only private space (RFC
 * 1918, RFC 6598, RFC 4193) is taken unless the receiving host's configuration accepts more.
 *
 * <p>A longer prefix wins in the kernel. So a foreign route that is strictly shorter than a prefix
 * (a VPN's 0.0.0.0/1, an aggregate, an unreachable route) doesn't put the prefix out of use.
 */
public final class PrefixPolicy {
  static final String FAMILY = "prefix-family";
  static final String PUBLIC = "prefix-public";
  static final String IN_USE = "prefix-in-use";
  static final String QUOTA = "prefix-quota";
  static final String SEED = "prefix-covers-seed";

  /** 2^20 addresses: the largest block of RFC 1918 that Docker takes networks from. */
  static final int SHORTEST_IPV4 = 12;

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
  private final List<Prefix> accept;
  private final ForeignRoutes surroundings;
  private final PrefixIndex<ForeignRoutes.Occupied> occupied = new PrefixIndex<>();

  /**
   * The reason to refuse a prefix.
   *
   * @param code {@code prefix-…}
   * @param by the route here that is in the way, if that is the reason
   */
  public record Refusal(String code, String reason, ForeignRoutes.@Nullable Occupied by) {
    /** The fix: another subnet for the network, or an option of this host's configuration. */
    public String fix(Prefix prefix, String otherwise) {
      return switch (code) {
        case PUBLIC ->
            otherwise
                + " of private space, or give the hosts that shall reach it --accept-prefix "
                + prefix;
        case IN_USE, SEED -> {
          String removed =
              removal().map(command -> ", or remove that route: " + command).orElse("");
          yield otherwise + removed + ", or say --allow-prefix if the mesh may take it over";
        }
        default -> otherwise;
      };
    }

    /** The commands that free the prefix; none for the network of an address of this host. */
    List<Remedy> remedies() {
      return by == null
          ? List.of()
          : removal().map(command -> Remedy.all(List.of(command), by.toString())).orElse(List.of());
    }

    private Optional<String> removal() {
      return by == null || by.connected() || by.device().isEmpty()
          ? Optional.empty()
          : Optional.of("ip route del %s dev %s".formatted(by.prefix(), by.device()));
    }
  }

  /**
   * The rules of one host.
   *
   * @param underlays addresses that no prefix may contain
   * @param overlaySubnets subnets that no prefix may overlap
   * @param surroundings prefixes that this host routes to without the mesh
   */
  public PrefixPolicy(
      Collection<InetAddress> underlays,
      Collection<Prefix> overlaySubnets,
      LocalState.Options options,
      ForeignRoutes surroundings) {
    for (InetAddress underlay : underlays) {
      this.underlays.add(host(underlay), underlay);
    }
    this.overlaySubnets = List.copyOf(overlaySubnets);
    this.avoid = options.avoid();
    this.allow = options.allow();
    this.accept = options.accept();
    this.surroundings = surroundings;
    surroundings.routes().forEach(route -> occupied.add(route.prefix(), route));
  }

  /**
   * The rules that depend on no route of this host: a prefix refused by them claims nothing here.
   */
  public Optional<Refusal> anywhere(Prefix prefix, Prefix overlaySubnet) {
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
    if (!prefix.isPrivate() && accept.stream().noneMatch(it -> it.contains(prefix))) {
      return refuse(PUBLIC, "is public address space");
    }
    for (Prefix overlay : overlaySubnets) {
      if (prefix.overlaps(overlay)) {
        return refuse("prefix-covers-overlay", "overlaps the overlay subnet " + overlay);
      }
    }
    if (prefix.isIpv4() != overlaySubnet.isIpv4()) {
      return refuse(FAMILY, "is of another IP version than the overlay subnet " + overlaySubnet);
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
   * The rules that depend on this host's routes.
   *
   * @param bridges the devices of a local network with this prefix, whose connected routes are no
   *     obstacle; empty for a peer's prefix
   * @param standing whether the claim's path is in force here already: then a seed or resolver in
   *     the prefix is one that the mesh itself carries
   */
  public Optional<Refusal> here(Prefix prefix, Set<String> bridges, boolean standing) {
    boolean connected = connected(prefix, bridges);
    if (!connected) {
      Optional<Refusal> cutsOff = gateway(prefix);
      if (cutsOff.isPresent()) {
        return cutsOff;
      }
    }
    if (allow.stream().anyMatch(allowed -> allowed.contains(prefix))) {
      return Optional.empty();
    }
    if (!connected && !standing) {
      Optional<Refusal> covers = avoided(prefix);
      if (covers.isPresent()) {
        return covers;
      }
    }
    return inUse(prefix, bridges, connected)
        .map(by -> new Refusal(IN_USE, "is already routed here: " + by, by))
        .or(() -> Prefix.SHARED.contains(prefix) ? provider(prefix) : Optional.empty());
  }

  private boolean connected(Prefix prefix, Set<String> bridges) {
    return surroundings.routes().stream()
        .anyMatch(
            route ->
                route.connected()
                    && bridges.contains(route.device())
                    && route.prefix().overlaps(prefix));
  }

  /**
   * The first route that a prefix would take traffic from, or that would keep part of the prefix
   * from the mesh.
   *
   * @param own whether a local bridge is connected to the prefix: then routes inside of it are this
   *     host's own
   */
  private Optional<ForeignRoutes.Occupied> inUse(Prefix prefix, Set<String> bridges, boolean own) {
    List<ForeignRoutes.Occupied> inTheWay = new ArrayList<>();
    occupied.overlapping(
        prefix,
        route -> {
          boolean equal = route.prefix().equals(prefix);
          boolean inside = !equal && prefix.contains(route.prefix());
          boolean counts =
              route.connected()
                  ? !bridges.contains(route.device()) && (!inside || !own)
                  : equal || (inside && !own && !route.device().isEmpty());
          if (counts) {
            inTheWay.add(route);
          }
        });
    return inTheWay.stream().findFirst();
  }

  /** A part of RFC 6598's block that belongs to a provider or VPN here is not the mesh's. */
  private Optional<Refusal> provider(Prefix prefix) {
    List<ForeignRoutes.Occupied> covering = new ArrayList<>();
    occupied.covering(
        prefix,
        route -> {
          if (Prefix.SHARED.contains(route.prefix()) && !route.connected()) {
            covering.add(route);
          }
        });
    if (!covering.isEmpty()) {
      ForeignRoutes.Occupied by = covering.get(0);
      return Optional.of(new Refusal(IN_USE, "is already routed here: " + by, by));
    }
    return surroundings.gateways().stream()
        .filter(Prefix.SHARED::contains)
        .findFirst()
        .flatMap(
            gateway ->
                refuse(
                    IN_USE,
                    "is in %s, where this host has the gateway %s"
                        .formatted(Prefix.SHARED, gateway.getHostAddress())));
  }

  private Optional<Refusal> gateway(Prefix prefix) {
    return surroundings.gateways().stream()
        .filter(prefix::contains)
        .findFirst()
        .flatMap(
            gateway ->
                refuse(
                    "prefix-covers-gateway",
                    "contains this host's gateway " + gateway.getHostAddress()));
  }

  private Optional<Refusal> avoided(Prefix prefix) {
    return avoid.stream()
        .filter(prefix::contains)
        .findFirst()
        .flatMap(
            address ->
                refuse(
                    SEED,
                    "contains the seed or resolver %s of this host"
                        .formatted(address.getHostAddress())));
  }

  /** An address as the prefix of its full length. */
  static Prefix host(InetAddress address) {
    return new Prefix(address, address.getAddress().length * 8);
  }

  private static Optional<Refusal> refuse(String code, String reason) {
    return Optional.of(new Refusal(code, reason, null));
  }
}
