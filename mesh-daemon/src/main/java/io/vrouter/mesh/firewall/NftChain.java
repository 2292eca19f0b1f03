package io.vrouter.mesh.firewall;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;

/**
 * One chain of the table.
 *
 * @param hook a base chain's hook, priority and policy in nft's syntax; empty for others
 * @param rules in order
 */
record NftChain(String name, String hook, List<String> rules) {
  NftChain {
    rules = List.copyOf(rules);
  }

  /** The chain as part of a table. */
  String declaration() {
    String lines = rules.stream().map(rule -> "\t\t" + rule + "\n").collect(joining());
    return "\tchain %s {\n%s%s\t}\n"
        .formatted(name, hook.isEmpty() ? "" : "\t\t" + hook + "\n", lines);
  }

  /** Adds the chain, unless it is there, and sets its policy. */
  String addition() {
    String base = hook.isEmpty() ? "" : " { " + hook + " }";
    return "add chain %s %s%s".formatted(NftRuleset.TABLE, name, base);
  }

  /** Replaces the chain's rules by these. */
  List<String> filling() {
    List<String> commands = new ArrayList<>();
    commands.add("flush chain %s %s".formatted(NftRuleset.TABLE, name));
    rules.forEach(
        rule -> commands.add("add rule %s %s %s".formatted(NftRuleset.TABLE, name, rule)));
    return commands;
  }
}
