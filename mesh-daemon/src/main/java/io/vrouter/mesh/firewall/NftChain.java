package io.vrouter.mesh.firewall;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One chain of the table.
 *
 * @param hook a base chain's hook, priority and policy as nft lists them; empty for others
 * @param rules in order
 */
record NftChain(String name, String hook, List<String> rules) {
  NftChain {
    rules = List.copyOf(rules);
  }

  /** As a listing shows it. */
  String declaration() {
    String lines = rules.stream().map(rule -> "\t\t" + rule + "\n").collect(joining());
    return "\tchain %s {\n%s%s\t}\n\n"
        .formatted(name, hook.isEmpty() ? "" : "\t\t" + hook + "\n", lines);
  }

  /** Adds the empty chain, without a hook. */
  String addition() {
    return "add chain %s %s".formatted(NftRuleset.TABLE, name);
  }

  /** Empties the chain. */
  String flush() {
    return "flush chain %s %s".formatted(NftRuleset.TABLE, name);
  }

  /** Deletes the empty chain. */
  String deletion() {
    return "delete chain %s %s".formatted(NftRuleset.TABLE, name);
  }

  /** Fills the empty chain. */
  List<String> filling() {
    return rules.stream()
        .map(rule -> "add rule %s %s %s".formatted(NftRuleset.TABLE, name, rule))
        .collect(Collectors.toList());
  }
}
