package io.vrouter.mesh.firewall;

import java.util.List;

/** All nftables of this network namespace as {@code nft} prints them; for people. */
public final class RuleListing {
  private RuleListing() {}

  /** The rules, or why they can't be listed. Blocks for 10 s at most. */
  public static String text() {
    try {
      return new Nft().succeed("listing the rules", List.of("list", "ruleset"), "");
    } catch (FirewallException e) {
      return e.getMessage() + "\n";
    }
  }
}
