package io.vrouter.netlink.netfilter;

import java.util.List;

/**
 * A rule of nftables.
 *
 * @param expressions in order
 * @param comment as {@code nft} writes it; empty without one
 */
public record RuleEntry(String chain, List<Expression> expressions, String comment) {
  public RuleEntry {
    expressions = List.copyOf(expressions);
  }
}
