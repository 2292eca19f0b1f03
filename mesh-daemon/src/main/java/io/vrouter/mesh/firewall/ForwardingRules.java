package io.vrouter.mesh.firewall;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.LocalNetwork;
import java.util.List;

/**
 * What a policy needs in iptables chains of others, for one family: in each one rule, always the
 * same, that accepts the mark of our own chains ({@link PacketMark}). Our nft table runs first at
 * each hook and decides by sets, so a stack that comes or goes changes nothing there, and a packet
 * costs one comparison however many there are. Pure.
 *
 * @param held the local networks that the rules are for; none, and no rule is wanted
 */
record ForwardingRules(List<Prefix> held) {
  /** Marks each of our rules as ours. */
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
            .map(LocalNetwork::prefix)
            .distinct()
            .sorted()
            .toList());
  }

  /** Nothing to open. */
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
