package io.vrouter.mesh.firewall;

import static java.util.stream.Collectors.joining;

import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Renders a policy as one transaction for {@code nft -f -}: a packet meets the old table or the new
 * one, never a part. Spelled as nft 1.0.6 lists it, so that a listing can be compared. Pure; equal
 * policies give equal text.
 *
 * <p>The chains, in the order a packet meets them:
 *
 * <ul>
 *   <li>{@code input}: a tunnel packet (VXLAN port and a VNI of ours) only from that VNI's peers;
 *       from a tunnel to this host only ICMP without redirects, the probe port and replies, from
 *       the VNI's addresses to our own in it. A VNI that isn't ours shares the port undisturbed.
 *   <li>{@code forward}: out of a tunnel only from the VNI's peers and to the device that holds the
 *       prefix in that VNI, replies included (they meet the same condition); into a tunnel only
 *       from the VNI's local networks; between mesh addresses past the tunnel only onto the device
 *       that holds the prefix in the same VNI. Refused with ICMP towards our side, dropped towards
 *       the tunnel.
 *   <li>{@code mss}: a TCP connection through a tunnel is opened with segments that fit it; a
 *       container's own MTU is mostly the larger one. The kernel takes the smaller of both ways
 *       (net/netfilter/nft_rt.c) and never raises it.
 *   <li>{@code output}: packets of this host from a mesh address to a known prefix fail closed,
 *       too. Packets from other addresses are no mesh traffic and aren't touched.
 *   <li>{@code postrouting}: ahead of other tables' MASQUERADE at srcnat, mesh traffic is mapped to
 *       its own source; an accept wouldn't keep the later chain from rewriting it. Connections
 *       DNATed within this host keep the hairpin MASQUERADE they need.
 * </ul>
 *
 * <p>An accept here only ends our own chain: it opens nothing that another table drops.
 */
public final class NftRuleset {
  /** The table, the only object of netfilter that is ours. */
  public static final String TABLE = "inet vrouter";

  /** The comment of our tables: a table without it is foreign. */
  public static final String MARK = "vrouter mesh";

  private final List<NftChain> all = new ArrayList<>();

  private NftRuleset() {}

  /** The transaction that replaces the kernel's table, whatever its content. */
  static String render(FirewallPolicy policy) {
    return "add table %s\ndelete table %s\n%s".formatted(TABLE, TABLE, table(policy));
  }

  /** The table alone, as a listing shows it. */
  static String table(FirewallPolicy policy) {
    return NftSets.of(policy).stream()
        .map(NftSet::declaration)
        .collect(
            joining(
                "",
                "table %s {\n\tcomment \"%s\"\n\n".formatted(TABLE, MARK),
                chains(policy).stream().map(NftChain::declaration).collect(joining()) + "}\n"));
  }

  static List<NftChain> chains(FirewallPolicy policy) {
    NftRuleset ruleset = new NftRuleset();
    policy.zones().forEach(ruleset::zoneChains);
    ruleset.sharedChains(policy);
    ruleset.baseChains(policy);
    return List.copyOf(ruleset.all);
  }

  private void zoneChains(Zone zone) {
    String vni = zone.vni().toString();
    chain(
        "tunnel_" + vni,
        both(family -> "%s saddr @tunnel_%s_%d accept".formatted(ip(family), vni, family)),
        Stream.of("counter drop"));
    chain(
        "input_" + vni,
        both(
            family ->
                "%1$s saddr @remote_%2$s_%3$d %1$s daddr @self_%2$s_%3$d goto admit"
                    .formatted(ip(family), vni, family)),
        Stream.of("counter drop"));
    chain(
        "inbound_" + vni,
        both(
            family ->
                "%1$s saddr @remote_%2$s_%3$d %1$s daddr . oifname @held_%2$s_%3$d accept"
                    .formatted(ip(family), vni, family)),
        Stream.of("counter drop"));
    chain(
        "outbound_" + vni,
        both(family -> "%s saddr @local_%s_%d accept".formatted(ip(family), vni, family)),
        Stream.of("goto refuse"));
  }

  private void sharedChains(FirewallPolicy policy) {
    chain(
        "admit",
        Stream.of(
            "ct state established accept",
            "icmp type { destination-unreachable, echo-request, time-exceeded, parameter-problem }"
                + " accept",
            "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded,"
                + " parameter-problem, echo-request } accept",
            "udp dport %d accept".formatted(policy.probePort()),
            "counter drop"));
    chain("refuse", Stream.of("counter reject with icmpx admin-prohibited"));
    chain(
        "inside",
        perZone(
            policy,
            (zone, family) ->
                "%1$s saddr @local_%2$s_%3$d %1$s daddr . oifname @held_%2$s_%3$d accept"
                    .formatted(ip(family), zone.vni(), family)),
        Stream.of("goto refuse"));
    chain(
        "own",
        Stream.of(
            // Apart: a listing turns a set of one element into a plain comparison.
            "oifname \"lo\" accept"),
        policy.zones().stream().map(zone -> "oifname %s accept".formatted(quoted(zone.device()))),
        perZone(
            policy,
            (zone, family) ->
                "%1$s daddr . oifname @held_%2$s_%3$d accept"
                    .formatted(ip(family), zone.vni(), family)),
        Stream.of("goto refuse"));
  }

  private void baseChains(FirewallPolicy policy) {
    boolean any = !policy.zones().isEmpty();
    chain(
        "input",
        Stream.of("type filter hook input priority filter - 10; policy accept;"),
        any
            ? Stream.of(
                devices(policy, "iifname", "input_"),
                "udp dport %d @th,96,24 vmap { %s }"
                    .formatted(
                        policy.vxlanPort(),
                        policy.zones().stream()
                            .map(zone -> "%1$s : goto tunnel_%1$s".formatted(zone.vni()))
                            .collect(joining(", "))))
            : Stream.of());
    chain(
        "forward",
        Stream.of("type filter hook forward priority filter - 10; policy accept;"),
        any
            ? Stream.of(
                devices(policy, "iifname", "inbound_"), devices(policy, "oifname", "outbound_"))
            : Stream.of(),
        both(family -> failClosed(family, "inside")));
    chain(
        "mss",
        Stream.of("type filter hook forward priority mangle; policy accept;"),
        policy.zones().stream()
            .flatMap(zone -> Stream.of("iifname", "oifname").map(side -> clamp(side, zone))));
    chain(
        "output",
        Stream.of("type filter hook output priority filter - 10; policy accept;"),
        both(family -> failClosed(family, "own")));
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
                ("ct status ! dnat %1$s saddr @local_%2$s_%3$d %1$s daddr . oifname"
                        + " @held_%2$s_%3$d snat %1$s to %1$s saddr")
                    .formatted(ip(family), zone.vni(), family)));
  }

  private static String clamp(String side, Zone zone) {
    return "%s %s tcp flags syn / syn,rst tcp option maxseg size set rt mtu"
        .formatted(side, quoted(zone.device()));
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
    boolean base = lines.get(0).startsWith("type ");
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
