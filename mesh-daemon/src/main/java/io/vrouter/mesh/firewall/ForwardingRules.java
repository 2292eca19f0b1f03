package io.vrouter.mesh.firewall;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.LocalNetwork;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The accepts that a policy needs in iptables chains of others, for one family. Pure; equal
 * policies give equal rules.
 *
 * <p>Our own nft table runs first at each hook and decides which addresses may talk, so these rules
 * name no peer: they accept packets from a VNI's device or local networks to its device or local
 * networks. Traffic within one bridge is left to its owner.
 *
 * @param filter our chains in table {@code filter}, by name, with their rules as {@code
 *     iptables-save} prints them
 * @param raw our chains in table {@code raw}
 * @param held the local networks that the rules are for
 */
record ForwardingRules(
    Map<String, List<String>> filter, Map<String, List<String>> raw, List<Prefix> held) {
  /** Our chain that the others' chains jump to; the names of all of ours begin with it. */
  static final String CHAIN = "VROUTER-MESH";

  /** Marks each of our rules as ours. */
  static final String COMMENT = "-m comment --comment \"" + NftRuleset.MARK + "\"";

  ForwardingRules {
    filter = ordered(filter);
    raw = ordered(raw);
    held = List.copyOf(held);
  }

  static ForwardingRules of(FirewallPolicy policy, boolean ipv4) {
    Map<String, List<String>> filter = new LinkedHashMap<>();
    Map<String, List<String>> raw = new LinkedHashMap<>();
    TreeSet<Prefix> held = new TreeSet<>();
    List<String> sources = new ArrayList<>();
    for (Zone zone : policy.zones()) {
      List<LocalNetwork> networks =
          zone.local().stream()
              .filter(it -> it.device() != null && it.prefix().isIpv4() == ipv4)
              .toList();
      if (networks.isEmpty()) {
        continue;
      }
      String chain = CHAIN + "-" + zone.vni();
      List<String> forwarded = new ArrayList<>();
      List<String> received = new ArrayList<>();
      sources.add(rule(CHAIN, "-i " + zone.device(), chain));
      for (LocalNetwork network : networks) {
        String prefix = text(network.prefix());
        String device = network.device();
        held.add(network.prefix());
        sources.add(rule(CHAIN, "-s %s -i %s".formatted(prefix, device), chain));
        forwarded.add(
            rule(chain, "-d %s ! -i %s -o %s".formatted(prefix, device, device), "ACCEPT"));
        received.add(rule(chain, "-d %s ! -i %s".formatted(prefix, device), "ACCEPT"));
      }
      forwarded.add(rule(chain, "! -i %1$s -o %1$s".formatted(zone.device()), "ACCEPT"));
      filter.put(chain, forwarded);
      raw.put(chain, received);
    }
    if (!sources.isEmpty()) {
      filter.put(CHAIN, sources);
      raw.put(CHAIN, sources);
    }
    return new ForwardingRules(filter, raw, List.copyOf(held));
  }

  /** Nothing to open. */
  static ForwardingRules none() {
    return new ForwardingRules(Map.of(), Map.of(), List.of());
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /**
   * A prefix. Java spells IPv6 without {@code ::}; {@link IptablesChange#canonical} makes both
   * spellings equal.
   */
  private static String text(Prefix prefix) {
    return prefix.toString();
  }

  private static String rule(String chain, String matches, String target) {
    return "-A %s %s %s -j %s".formatted(chain, matches, COMMENT, target);
  }

  private static Map<String, List<String>> ordered(Map<String, List<String>> chains) {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    chains.forEach((name, rules) -> copy.put(name, List.copyOf(rules)));
    return java.util.Collections.unmodifiableMap(copy);
  }
}
