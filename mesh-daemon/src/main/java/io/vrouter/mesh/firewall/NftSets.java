package io.vrouter.mesh.firewall;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.GuardedNetwork;
import io.vrouter.mesh.plan.FirewallPolicy.Remote;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import io.vrouter.netlink.netfilter.SetElement;
import io.vrouter.netlink.netfilter.SetKind;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The named sets of the table. {@code tunnels} contains the tunnel devices. The others exist once
 * per family: {@code known} and {@code mesh} (the addresses that count as ours), {@code group}
 * (multicast and broadcast), {@code peer} (overlay addresses of peers), {@code probed} (those of
 * them whose probes arrived lately, added by a rule), and per VNI {@code tunnel} (underlay
 * addresses of its peers), {@code source} (each peer's tunnel MAC with the addresses that the peer
 * may send from), {@code local} (addresses of this host's side), {@code self} (this host's own
 * addresses) and {@code held} (prefix and the device that holds it). With WireGuard the map {@code
 * ends} leads from each peer's other ends to the one in use.
 */
final class NftSets {
  private static final List<Prefix> GROUPS =
      Stream.of("224.0.0.0/4", "255.255.255.255/32", "ff00::/8").map(Prefix::parse).toList();

  /** Longest interval between two probes of a peer is 36 s (PathWatch). */
  static final Duration PROBED = Duration.ofMinutes(2);

  private static final int MOST_PROBED = 8_192;
  private static final int IFNAMSIZ = 16;

  private final List<NftSet> all = new ArrayList<>();

  private NftSets() {}

  static List<NftSet> of(FirewallPolicy policy) {
    NftSets sets = new NftSets();
    sets.all.add(
        new NftSet(
            "tunnels",
            "ifname",
            SetKind.SINGLE,
            policy.zones().stream()
                .map(zone -> SetElement.of(Payload.of(name(zone.device()))))
                .toList()));
    if (!policy.outer().devices().isEmpty()) {
      sets.all.add(
          new NftSet(
              "wireguard",
              "ifname",
              SetKind.SINGLE,
              policy.outer().devices().stream()
                  .map(device -> SetElement.of(Payload.of(name(device))))
                  .toList()));
      for (boolean ipv4 : new boolean[] {true, false}) {
        sets.hosts("outer", ipv4, policy.outer().members().stream().map(NftSets::host));
      }
    }
    for (boolean ipv4 : new boolean[] {true, false}) {
      sets.interval("known", ipv4, known(policy));
      sets.interval("mesh", ipv4, policy.zones().stream().flatMap(NftSets::local));
      sets.interval("group", ipv4, group(policy));
      sets.hosts(
          "peer",
          ipv4,
          policy.zones().stream()
              .flatMap(zone -> zone.peers().stream())
              .flatMap(peer -> peer.overlays().stream())
              .map(NftSets::host));
      String type = ipv4 ? "ipv4_addr" : "ipv6_addr";
      sets.all.add(NftSet.dynamic(probed(ipv4), type, PROBED, MOST_PROBED));
    }
    boolean encrypts = !policy.outer().devices().isEmpty();
    policy.zones().forEach(zone -> sets.zone(zone, encrypts));
    return List.copyOf(sets.all);
  }

  /** Name of the set of the probes' senders. */
  static String probed(boolean ipv4) {
    return ipv4 ? "probed4" : "probed6";
  }

  private void zone(Zone zone, boolean encrypts) {
    String vni = "_" + zone.vni() + "_";
    for (boolean ipv4 : new boolean[] {true, false}) {
      hosts("tunnel" + vni, ipv4, zone.peers().stream().map(peer -> host(peer.underlay())));
      source("source" + vni, ipv4, zone);
      interval("local" + vni, ipv4, local(zone));
      hosts("self" + vni, ipv4, self(zone));
      held("held" + vni, ipv4, zone);
      if (encrypts) {
        ends("ends" + vni, ipv4, zone);
      }
    }
  }

  /** Each end of a peer with the one that its forwarding entry has; another peer's end is left. */
  private void ends(String name, boolean ipv4, Zone zone) {
    Set<InetAddress> chosen = zone.peers().stream().map(Remote::end).collect(Collectors.toSet());
    Map<Prefix, Prefix> ends = new TreeMap<>();
    for (Remote peer : zone.peers()) {
      if (!chosen.contains(peer.underlay())) {
        ends.putIfAbsent(host(peer.underlay()), host(peer.end()));
      }
    }
    List<SetElement> elements = new ArrayList<>();
    ends.forEach(
        (from, to) -> {
          if (from.isIpv4() == ipv4 && to.isIpv4() == ipv4) {
            elements.add(new SetElement(Payload.of(first(from)), Payload.of(first(to))));
          }
        });
    set(name, ipv4, "%1$s : %1$s", SetKind.MAP, elements);
  }

  private static Stream<Prefix> known(FirewallPolicy policy) {
    return Stream.concat(
        policy.known().stream(),
        policy.zones().stream()
            .flatMap(
                zone ->
                    Stream.of(
                            Stream.of(zone.overlaySubnet()),
                            zone.local().stream().map(GuardedNetwork::prefix),
                            remote(zone))
                        .flatMap(Function.identity())));
  }

  private static Stream<Prefix> remote(Zone zone) {
    return zone.peers().stream().flatMap(NftSets::remote);
  }

  private static Stream<Prefix> remote(Remote peer) {
    return Stream.concat(
        peer.prefixes().stream(),
        Stream.concat(peer.overlays().stream(), peer.gateways().stream()).map(NftSets::host));
  }

  private static Stream<Prefix> group(FirewallPolicy policy) {
    return Stream.concat(
        GROUPS.stream(),
        policy.zones().stream()
            .map(Zone::overlaySubnet)
            .filter(subnet -> subnet.isIpv4() && subnet.length() < 31)
            .map(NftSets::broadcast));
  }

  private static Prefix broadcast(Prefix subnet) {
    return host(Addresses.of(last(subnet)));
  }

  /**
   * A peer's networks and own addresses, its underlay address included: the source of its replies
   * to packets that reached it past the tunnel.
   */
  private void source(String name, boolean ipv4, Zone zone) {
    Map<MacAddress, List<Prefix>> sources =
        new TreeMap<>(Comparator.comparingLong(MacAddress::bits));
    for (Remote peer : zone.peers()) {
      List<Prefix> some = sources.computeIfAbsent(peer.mac(), mac -> new ArrayList<>());
      remote(peer).forEach(some::add);
      some.add(host(peer.outside()));
    }
    List<SetElement> elements = new ArrayList<>();
    sources.forEach(
        (mac, prefixes) -> {
          // A field's length is a multiple of 4 octets.
          byte[] sender = Arrays.copyOf(mac.toArray(), 8);
          for (Prefix prefix : widest(prefixes.stream(), ipv4)) {
            elements.add(new SetElement(join(sender, first(prefix)), join(sender, last(prefix))));
          }
        });
    set(name, ipv4, "ether_addr . %s", SetKind.CONCATENATED, elements);
  }

  private static Stream<Prefix> local(Zone zone) {
    return Stream.concat(
        zone.local().stream().map(GuardedNetwork::prefix),
        zone.overlays().stream().map(NftSets::host));
  }

  private static Stream<Prefix> self(Zone zone) {
    return Stream.concat(
            zone.overlays().stream(),
            zone.local().stream().map(GuardedNetwork::gateway).flatMap(Stream::ofNullable))
        .map(NftSets::host);
  }

  private void held(String name, boolean ipv4, Zone zone) {
    List<SetElement> elements = new ArrayList<>();
    zone.local().stream()
        .map(GuardedNetwork::device)
        .flatMap(Stream::ofNullable)
        .distinct()
        .forEach(
            device ->
                widest(
                        zone.local().stream()
                            .filter(network -> device.equals(network.device()))
                            .map(GuardedNetwork::prefix),
                        ipv4)
                    .forEach(
                        prefix ->
                            elements.add(
                                new SetElement(
                                    join(first(prefix), name(device)),
                                    join(last(prefix), name(device))))));
    set(name, ipv4, "%s . ifname", SetKind.CONCATENATED, elements);
  }

  private void interval(String name, boolean ipv4, Stream<Prefix> prefixes) {
    set(name, ipv4, "%s", SetKind.INTERVAL, elements(prefixes, ipv4));
  }

  /** A hash set: each tunnel packet costs a lookup in the tunnel set. */
  private void hosts(String name, boolean ipv4, Stream<Prefix> hosts) {
    set(name, ipv4, "%s", SetKind.SINGLE, elements(hosts, ipv4));
  }

  /** An interval set refuses overlaps: prefixes inside a wider one are left out. */
  private static List<Prefix> widest(Stream<Prefix> prefixes, boolean ipv4) {
    List<Prefix> kept = new ArrayList<>();
    for (Prefix prefix : new TreeSet<>(prefixes.filter(one -> one.isIpv4() == ipv4).toList())) {
      // Prefixes nest or are disjoint, and in order a wider one precedes those inside it.
      if (kept.isEmpty() || !kept.get(kept.size() - 1).contains(prefix)) {
        kept.add(prefix);
      }
    }
    return kept;
  }

  private void set(
      String name, boolean ipv4, String type, SetKind kind, List<SetElement> elements) {
    String address = ipv4 ? "ipv4_addr" : "ipv6_addr";
    all.add(new NftSet(name + (ipv4 ? "4" : "6"), type.formatted(address), kind, elements));
  }

  private static Prefix host(InetAddress address) {
    return Prefix.of(address, address.getAddress().length * 8);
  }

  private static List<SetElement> elements(Stream<Prefix> prefixes, boolean ipv4) {
    return widest(prefixes, ipv4).stream()
        .map(prefix -> new SetElement(Payload.of(first(prefix)), Payload.of(last(prefix))))
        .toList();
  }

  private static byte[] first(Prefix prefix) {
    return prefix.address().getAddress();
  }

  private static byte[] last(Prefix prefix) {
    byte[] octets = prefix.address().getAddress();
    for (int bit = prefix.length(); bit < octets.length * 8; bit++) {
      octets[bit / 8] |= (byte) (0x80 >>> bit % 8);
    }
    return octets;
  }

  private static byte[] name(String device) {
    return Arrays.copyOf(device.getBytes(StandardCharsets.US_ASCII), IFNAMSIZ);
  }

  private static Payload join(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return Payload.of(both);
  }
}
