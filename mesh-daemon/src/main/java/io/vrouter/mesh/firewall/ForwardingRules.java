package io.vrouter.mesh.firewall;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.GuardedNetwork;
import java.util.List;

/**
 * The rules that a policy needs in foreign iptables chains, for one family: one constant rule per
 * chain, which accepts the mark of our own chains ({@link PacketMark}). Our nft table runs first at
 * each hook and decides by sets, so a new or removed stack changes no rule there, and a packet
 * costs one comparison for any number of stacks. Pure.
 *
 * @param held the local networks that the rules are for; without one no rule is wanted
 */
record ForwardingRules(List<Prefix> held) {
  /** The comment that identifies our rules. */
  static final String COMMENT = "-m comment --comment \"" + NftRuleset.MARK + "\"";

  /** In table {@code filter}. */
  static final String PASSED = accept(PacketMark.PASSED);

  /** In table {@code raw}. */
  static final String ARRIVED = accept(PacketMark.ARRIVED);

  ForwardingRules {
    held = List.copyOf(held);
  }

  static ForwardingRules of(FirewallPolicy policy, boolean ipv4) {
    return new ForwardingRules(
        policy.zones().stream()
            .flatMap(zone -> zone.local().stream())
            .filter(it -> it.device() != null && it.prefix().isIpv4() == ipv4)
            .map(GuardedNetwork::prefix)
            .distinct()
            .sorted()
            .toList());
  }

  /** No rules. */
  static ForwardingRules none() {
    return new ForwardingRules(List.of());
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  private static String accept(String mark) {
    return "-m mark --mark %1$s/%1$s %2$s -j ACCEPT".formatted(mark, COMMENT);
  }
}
