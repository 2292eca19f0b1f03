package io.vrouter.mesh.firewall;

import static java.util.stream.Collectors.joining;

import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import io.vrouter.mesh.plan.WireGuardAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Renders the chains that a policy needs, in nft's syntax. They depend on its VNIs and ports only:
 * addresses are elements of sets. Pure; equal policies give equal text.
 *
 * <p>The base chains, in the order a packet meets them:
 *
 * <ul>
 *   <li>{@code prerouting}: our tunnel packets aren't tracked: each inner connection has its own
 *       source port and would double the entries in the conntrack table. Packets between mesh
 *       addresses get {@link PacketMark#ARRIVED}.
 *   <li>{@code input}: a tunnel packet (VXLAN port and a VNI of ours) only from that VNI's peers;
 *       from a tunnel to this host only ICMP without redirects and replies, from a peer's tunnel
 *       MAC and one of that peer's addresses to our own address in the VNI. The probe port is
 *       answered here, before a host's own policy for input may drop the packet, and its sender
 *       noted: evidence that the path from that peer works. A VNI that isn't ours shares the port
 *       undisturbed.
 *   <li>{@code forward}: out of a tunnel only with the sender's own source and to the device that
 *       holds the prefix in that VNI, replies included (they meet the same condition); into a
 *       tunnel only from the device that holds the source in the VNI, and answers of its addresses
 *       by whatever device; between mesh addresses past the tunnel only onto the device that holds
 *       the prefix in the same VNI, except answers of connections that came past the mesh. Refused
 *       with ICMP towards our side, dropped towards the tunnel. What passes gets {@link
 *       PacketMark#PASSED}.
 *   <li>{@code segments}: a TCP connection through a tunnel is opened with segments that fit it; a
 *       container's own MTU is usually larger. The kernel takes the smaller of both ways
 *       (net/netfilter/nft_rt.c) and never raises it.
 *   <li>{@code untracked}, {@code output}: packets of this host from a mesh address to a known
 *       prefix fail closed, too. Packets from other addresses are no mesh traffic and aren't
 *       touched. Multicast and broadcast would be copied to every peer: dropped.
 *   <li>{@code postrouting}: ahead of other tables' MASQUERADE at srcnat, mesh traffic is mapped to
 *       its own source; an accept wouldn't keep the later chain from rewriting it. Connections
 *       DNATed within this host keep the hairpin MASQUERADE they need.
 *   <li>{@code tunnelled}: marks what leaves by a tunnel device.
 * </ul>
 *
 * <p>With WireGuard around the tunnels, its devices carry tunnel packets and nothing else ({@code
 * encrypted}), addresses of its network come from and go to no other device, and its ports are open
 * to members only. A packet from another valid end of its peer than the one in use gets the source
 * of that one, as the last thing that is done to it: the forwarding entry is permanent, so that it
 * doesn't follow packets, and would drop it (docs/adr/0024).
 *
 * <p>Peers trust tunnel packets from this host's address, so only the kernel may send them. {@code
 * forward} drops all but those of other members, which this host may route; {@code output} drops
 * those of a socket, unless they have the mark: an encapsulated packet belongs to the inner
 * packet's socket.
 *
 * <p>An accept here only ends our own chain: it opens nothing that another table drops.
 */
public final class NftRuleset {
  /** The table, the only object of netfilter that is ours. */
  public static final String TABLE = "inet vrouter";

  /** The comment of our tables: a table without it is foreign. */
  public static final String MARK = "vrouter mesh";

  /**
   * The chain that no packet meets: the comment of its one rule is the state of the last write. Not
   * named "state": a keyword of nft 0.9.8.
   */
  static final String STATE = "written";

  private static final String CONNECTION = "ct mark set ct mark | " + PacketMark.CONNECTION;

  private static final String FROM_OUTSIDE =
      "ct direction reply ct state established,related ct mark & %1$s != %1$s accept"
          .formatted(PacketMark.CONNECTION);

  private final List<NftChain> all = new ArrayList<>();

  private NftRuleset() {}

  /** The transaction that replaces the kernel's table, whatever its content; its sets are empty. */
  static String replacement(FirewallPolicy policy) {
    return "add table %1$s\ndelete table %1$s\n%2$s".formatted(TABLE, structure(policy));
  }

  /** The table without elements: the part that nft writes. */
  static String structure(FirewallPolicy policy) {
    return "table %s {\n\tcomment \"%s\"\n%s%s}\n"
        .formatted(
            TABLE,
            MARK,
            NftSets.of(policy).stream().map(NftSet::declaration).collect(joining()),
            chains(policy).stream().map(NftChain::declaration).collect(joining()));
  }

  static List<NftChain> chains(FirewallPolicy policy) {
    NftRuleset ruleset = new NftRuleset();
    ruleset.chain(STATE);
    policy.zones().forEach(zone -> ruleset.zoneChains(policy, zone));
    ruleset.sharedChains(policy);
    ruleset.baseChains(policy);
    return List.copyOf(ruleset.all);
  }

  private void zoneChains(FirewallPolicy policy, Zone zone) {
    String vni = zone.vni().toString();
    chain(
        "tunnel_" + vni,
        outside(policy),
        encrypts(policy)
            ? both(
                family ->
                    "%1$s saddr set %1$s saddr map @ends_%2$s_%3$d accept"
                        .formatted(ip(family), vni, family))
            : Stream.of(),
        both(family -> "%s saddr @tunnel_%s_%d accept".formatted(ip(family), vni, family)),
        Stream.of("counter drop"));
    chain(
        "relay_" + vni,
        both(
            family ->
                "%1$s saddr @tunnel_%2$s_%3$d fib saddr . iif oif exists accept"
                    .formatted(ip(family), vni, family)),
        both(family -> "%s daddr @tunnel_%s_%d counter drop".formatted(ip(family), vni, family)));
    chain(
        "forged_" + vni,
        both(family -> "%s daddr @tunnel_%s_%d counter drop".formatted(ip(family), vni, family)));
    chain(
        "arrived_" + vni,
        both(
            family ->
                "%s daddr @local_%s_%d %s"
                    .formatted(ip(family), vni, family, PacketMark.add(PacketMark.ARRIVED))));
    chain(
        "input_" + vni,
        both(
            family ->
                "ether saddr . %1$s saddr @source_%2$s_%3$d %1$s daddr @self_%2$s_%3$d %4$s goto admit"
                    .formatted(ip(family), vni, family, CONNECTION)),
        Stream.of("counter drop"));
    chain(
        "inbound_" + vni,
        both(
            family ->
                "ether saddr . %1$s saddr @source_%2$s_%3$d %1$s daddr . oifname @held_%2$s_%3$d goto pass"
                    .formatted(ip(family), vni, family)),
        Stream.of("counter drop"));
    chain(
        "outbound_" + vni,
        both(family -> "%s daddr @group%d counter drop".formatted(ip(family), family)),
        both(
            family ->
                "%s saddr . iifname @held_%s_%d goto pass".formatted(ip(family), vni, family)),
        // A container on two networks may reply by the other one.
        both(
            family ->
                "ct direction reply %s saddr @local_%s_%d goto pass"
                    .formatted(ip(family), vni, family)),
        Stream.of("goto refuse"));
  }

  private void sharedChains(FirewallPolicy policy) {
    chain(
        "admit",
        both(
            family ->
                "udp dport %2$d %1$s saddr @peer%3$d update @probed%3$d { %1$s saddr }"
                    .formatted(ip(family), policy.probePort(), family)),
        Stream.of(
            "udp dport %d reject with icmpx type port-unreachable".formatted(policy.probePort()),
            "ct state established accept",
            "icmp type { destination-unreachable, echo-request, time-exceeded, parameter-problem }"
                + " accept",
            "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded,"
                + " parameter-problem, echo-request } accept",
            "counter drop"));
    chain("refuse", Stream.of("counter reject with icmpx type admin-prohibited"));
    chain("pass", Stream.of(PacketMark.add(PacketMark.PASSED) + " " + CONNECTION + " accept"));
    chain("untrack", Stream.of("notrack"));
    for (int family : new int[] {4, 6}) {
      chain(
          "between" + family,
          policy.zones().stream()
              .map(
                  zone ->
                      "%1$s saddr . iifname @held_%2$s_%3$d goto arrived_%2$s"
                          .formatted(ip(family), zone.vni(), family)));
    }
    chain(
        "inside",
        perZone(
            policy,
            (zone, family) ->
                "%1$s saddr . iifname @held_%2$s_%3$d %1$s daddr . oifname @held_%2$s_%3$d goto pass"
                    .formatted(ip(family), zone.vni(), family)),
        perZone(
            policy,
            (zone, family) ->
                "ct direction reply %1$s saddr @local_%2$s_%3$d %1$s daddr . oifname @held_%2$s_%3$d goto pass"
                    .formatted(ip(family), zone.vni(), family)),
        Stream.of(FROM_OUTSIDE, "goto refuse"));
    chain(
        "own",
        Stream.of("oifname \"lo\" accept", "oifname @tunnels accept"),
        perZone(
            policy,
            (zone, family) ->
                "%1$s daddr . oifname @held_%2$s_%3$d accept"
                    .formatted(ip(family), zone.vni(), family)),
        Stream.of(FROM_OUTSIDE, "goto refuse"));
  }

  private void baseChains(FirewallPolicy policy) {
    boolean any = !policy.zones().isEmpty();
    chain(
        "prerouting",
        Stream.of("type filter hook prerouting priority raw - 10; policy accept;"),
        any
            ? Stream.of(
                tunnelPackets(policy, "", zone -> "untrack"),
                devices(policy, "iifname", "arrived_"))
            : Stream.of(),
        both(
            family ->
                "%1$s saddr @mesh%2$d %1$s daddr @mesh%2$d goto between%2$d"
                    .formatted(ip(family), family)));
    chain(
        "input",
        Stream.of("type filter hook input priority filter - 10; policy accept;"),
        encrypts(policy) ? Stream.of("iifname @wireguard goto encrypted") : Stream.of(),
        encrypts(policy) && !policy.outer().ports().isEmpty()
            ? both(
                family ->
                    "udp dport { %s } %s saddr != @outer%d counter drop"
                        .formatted(ports(policy), ip(family), family))
            : Stream.of(),
        any
            ? Stream.of(
                devices(policy, "iifname", "input_"),
                tunnelPackets(policy, "", zone -> "tunnel_" + zone.vni()))
            : Stream.of());
    chain(
        "forward",
        Stream.of("type filter hook forward priority filter - 10; policy accept;"),
        encrypts(policy)
            ? Stream.of(
                "iifname @wireguard counter drop",
                "oifname @wireguard counter drop",
                "ip daddr %s counter drop".formatted(WireGuardAddress.IPV4),
                "ip6 daddr %s counter drop".formatted(WireGuardAddress.IPV6))
            : Stream.of(),
        any
            ? Stream.of(
                devices(policy, "iifname", "inbound_"), devices(policy, "oifname", "outbound_"))
            : Stream.of(),
        both(family -> failClosed(family, "inside")),
        any ? Stream.of(tunnelPackets(policy, "", zone -> "relay_" + zone.vni())) : Stream.of());
    chain(
        "segments",
        Stream.of("type filter hook forward priority mangle; policy accept;"),
        Stream.of("iifname", "oifname")
            .map(
                side ->
                    side
                        + " @tunnels tcp flags & (syn | rst) == syn tcp option maxseg size set rt"
                        + " mtu"));
    chain(
        "encrypted",
        any && encrypts(policy)
            ? Stream.of(tunnelPackets(policy, "", zone -> "tunnel_" + zone.vni()))
            : Stream.of(),
        encrypts(policy) ? Stream.of("counter drop") : Stream.of());
    chain(
        "untracked",
        Stream.of("type filter hook output priority raw; policy accept;"),
        any ? Stream.of(tunnelPackets(policy, "", zone -> "untrack")) : Stream.of());
    chain(
        "output",
        Stream.of("type filter hook output priority filter - 10; policy accept;"),
        encrypts(policy)
            ? Stream.of(
                "oifname != @wireguard ip daddr %s counter drop".formatted(WireGuardAddress.IPV4),
                "oifname != @wireguard ip6 daddr %s counter drop".formatted(WireGuardAddress.IPV6),
                "oifname @wireguard udp dport != %d counter drop".formatted(policy.vxlanPort()),
                "oifname @wireguard meta l4proto != udp counter drop")
            : Stream.of(),
        both(
            family ->
                "oifname @tunnels %s daddr @group%d counter drop".formatted(ip(family), family)),
        both(family -> failClosed(family, "own")),
        any
            ? Stream.of(
                tunnelPackets(
                    policy,
                    "meta mark & %1$s != %1$s meta skuid >= 0 ".formatted(PacketMark.PASSED),
                    zone -> "forged_" + zone.vni()))
            : Stream.of());
    chain(
        "postrouting",
        Stream.of("type nat hook postrouting priority srcnat - 10; policy accept;"),
        perZone(
            policy,
            (zone, family) ->
                "oifname \"%4$s\" %1$s saddr @local_%2$s_%3$d snat %1$s to %1$s saddr"
                    .formatted(ip(family), zone.vni(), family, zone.device())),
        perZone(
            policy,
            (zone, family) ->
                ("ct status & dnat == 0 %1$s saddr @local_%2$s_%3$d %1$s daddr . oifname"
                        + " @held_%2$s_%3$d snat %1$s to %1$s saddr")
                    .formatted(ip(family), zone.vni(), family)));
    chain(
        "tunnelled",
        Stream.of("type filter hook postrouting priority srcnat + 100; policy accept;"),
        Stream.of("oifname @tunnels " + PacketMark.add(PacketMark.PASSED)));
  }

  private static boolean encrypts(FirewallPolicy policy) {
    return !policy.outer().devices().isEmpty();
  }

  private static String ports(FirewallPolicy policy) {
    return policy.outer().ports().stream().map(String::valueOf).collect(joining(", "));
  }

  /** Addresses of the encrypted network are forged anywhere but on WireGuard's devices. */
  private static Stream<String> outside(FirewallPolicy policy) {
    return encrypts(policy)
        ? Stream.of(
            "iifname != @wireguard ip saddr %s counter drop".formatted(WireGuardAddress.IPV4),
            "iifname != @wireguard ip6 saddr %s counter drop".formatted(WireGuardAddress.IPV6))
        : Stream.of();
  }

  /** Packets to the VXLAN port with a VNI of ours, on any device. */
  private static String tunnelPackets(
      FirewallPolicy policy, String condition, Function<Zone, String> chain) {
    return "udp dport %d %s@th,96,24 vmap { %s }"
        .formatted(
            policy.vxlanPort(),
            condition,
            policy.zones().stream()
                .map(zone -> "%s : goto %s".formatted(zone.vni(), chain.apply(zone)))
                .collect(joining(", ")));
  }

  private static String failClosed(int family, String chain) {
    return "%1$s saddr @mesh%2$d %1$s daddr @known%2$d goto %3$s"
        .formatted(ip(family), family, chain);
  }

  private static String devices(FirewallPolicy policy, String key, String chain) {
    return "%s vmap { %s }"
        .formatted(
            key,
            policy.zones().stream()
                .map(zone -> "%s : goto %s%s".formatted(quoted(zone.device()), chain, zone.vni()))
                .collect(joining(", ")));
  }

  @SafeVarargs
  private void chain(String name, Stream<String>... rules) {
    List<String> lines = new ArrayList<>();
    for (Stream<String> some : rules) {
      some.forEach(lines::add);
    }
    boolean base = !lines.isEmpty() && lines.get(0).startsWith("type ");
    String hook = base ? lines.remove(0) : "";
    all.add(new NftChain(name, hook, lines));
  }

  private interface ZoneRule {
    String of(Zone zone, int family);
  }

  private static Stream<String> perZone(FirewallPolicy policy, ZoneRule rule) {
    return policy.zones().stream().flatMap(zone -> both(family -> rule.of(zone, family)));
  }

  private static Stream<String> both(Function<Integer, String> rule) {
    return Stream.of(4, 6).map(rule);
  }

  private static String ip(int family) {
    return family == 4 ? "ip" : "ip6";
  }

  private static String quoted(String device) {
    return '"' + device + '"';
  }
}
