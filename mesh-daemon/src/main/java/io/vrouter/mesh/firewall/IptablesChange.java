package io.vrouter.mesh.firewall;

import io.vrouter.mesh.model.Prefix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The commands for {@code iptables-restore --noflush} that turn a dump into an opening. Pure. They
 * name our own chains and the jumps to them, never a rule of others.
 */
final class IptablesChange {
  private static final String DOCKER_USER = "DOCKER-USER";
  private static final Set<String> ENDS = Set.of("ACCEPT", "DROP", "REJECT", "RETURN");

  private final IptablesDump dump;
  private final ForwardingRules opening;

  private IptablesChange(IptablesDump dump, ForwardingRules opening) {
    this.dump = dump;
    this.opening = opening;
  }

  /**
   * The commands; empty when all is as wanted.
   *
   * @throws FirewallException when a chain of our name is somebody else's
   */
  static String of(IptablesDump dump, ForwardingRules opening) throws FirewallException {
    IptablesChange change = new IptablesChange(dump, opening);
    return change.filter() + change.raw();
  }

  /** Whether a dump shows a chain of ours. */
  static boolean isIn(IptablesDump dump) {
    return dump.tables().values().stream()
        .flatMap(table -> table.policies().keySet().stream())
        .anyMatch(IptablesChange::isOurs);
  }

  /** The chain where Docker, or a policy of DROP, would drop forwarded mesh packets. */
  private String filter() throws FirewallException {
    IptablesDump.Table table = dump.table("filter");
    List<String> forward = table.rules("FORWARD");
    Optional<String> anchor = Optional.empty();
    if (forward.stream().anyMatch(rule -> rule.endsWith(" -j " + DOCKER_USER))
        && table.hasPolicy(DOCKER_USER, "-")) {
      anchor = Optional.of(DOCKER_USER);
    } else if (table.hasPolicy("FORWARD", "DROP")
        || forward.stream().anyMatch(rule -> rule.contains(" -j DOCKER-"))) {
      anchor = Optional.of("FORWARD");
    }
    return commands("filter", table, opening.filter(), anchor, IptablesChange::ends);
  }

  /** Docker 28 and later drops here packets to a container's address from another device. */
  private String raw() throws FirewallException {
    IptablesDump.Table table = dump.table("raw");
    boolean drops = table.rules("PREROUTING").stream().anyMatch(this::dropsOurs);
    return commands(
        "raw",
        table,
        opening.raw(),
        drops ? Optional.of("PREROUTING") : Optional.empty(),
        rule -> ends(rule) || dropsOurs(rule));
  }

  private boolean dropsOurs(String rule) {
    String destination = IptablesDump.after(rule, "-d");
    if (destination == null || !rule.endsWith(" -j DROP") || rule.contains(" ! -d ")) {
      return false;
    }
    Prefix dropped = prefix(destination);
    return opening.held().stream().anyMatch(held -> held.contains(dropped));
  }

  /** Whether the rule matches every packet and has a terminal verdict. */
  private static boolean ends(String rule) {
    String[] words = rule.split(" ", -1);
    return words.length == 4 && words[2].equals("-j") && ENDS.contains(words[3]);
  }

  private interface Blocker {
    boolean blocks(String rule);
  }

  private static String commands(
      String name,
      IptablesDump.Table table,
      Map<String, List<String>> wanted,
      Optional<String> anchor,
      Blocker blocker)
      throws FirewallException {
    Map<String, List<String>> chains = anchor.isPresent() ? wanted : Map.of();
    Set<String> there =
        table.policies().keySet().stream()
            .filter(IptablesChange::isOurs)
            .collect(Collectors.toSet());
    for (String chain : there) {
      refuseForeign(name, chain, table.rules(chain));
    }
    List<String> lines = new ArrayList<>();
    boolean same = there.equals(chains.keySet());
    for (Map.Entry<String, List<String>> chain : chains.entrySet()) {
      same &= canonical(table.rules(chain.getKey())).equals(canonical(chain.getValue()));
    }
    if (!same) {
      // Naming a chain empties it, in the same transaction that fills it again.
      chains.keySet().forEach(chain -> lines.add(":" + chain + " - [0:0]"));
    }
    boolean placed = jumps(table, chains.isEmpty() ? "" : anchor.orElse(""), blocker, lines);
    if (!same) {
      chains.values().forEach(lines::addAll);
    }
    if (!placed && !chains.isEmpty()) {
      lines.add(
          "-I %s 1 %s -j %s"
              .formatted(anchor.orElseThrow(), ForwardingRules.COMMENT, ForwardingRules.CHAIN));
    }
    Set<String> gone = new HashSet<>(there);
    gone.removeAll(chains.keySet());
    gone.stream().sorted().forEach(chain -> lines.add("-F " + chain));
    gone.stream().sorted().forEach(chain -> lines.add("-X " + chain));
    return lines.isEmpty() ? "" : "*%s\n%s\nCOMMIT\n".formatted(name, String.join("\n", lines));
  }

  /** Deletes our jumps except the first that no blocker precedes; true when there is such a one. */
  private static boolean jumps(
      IptablesDump.Table table, String anchor, Blocker blocker, List<String> lines) {
    boolean placed = false;
    for (Map.Entry<String, List<String>> chain : table.rules().entrySet()) {
      boolean blocked = !chain.getKey().equals(anchor);
      for (String rule : chain.getValue()) {
        boolean jump =
            rule.contains(ForwardingRules.COMMENT) && rule.endsWith(" -j " + ForwardingRules.CHAIN);
        if (jump && (blocked || placed)) {
          lines.add("-D" + rule.substring(2));
        }
        placed |= jump && !blocked;
        blocked |= blocker.blocks(rule);
      }
    }
    return placed;
  }

  private static void refuseForeign(String table, String chain, List<String> rules)
      throws FirewallException {
    for (String rule : rules) {
      if (!rule.contains(ForwardingRules.COMMENT)) {
        throw new FirewallException(
            "opening forwarding",
            "chain %s in table %s has a rule that isn't ours: %s".formatted(chain, table, rule),
            "It is left alone and nothing is opened: move the rule to another chain",
            null);
      }
    }
  }

  private static boolean isOurs(String chain) {
    return chain.equals(ForwardingRules.CHAIN) || chain.startsWith(ForwardingRules.CHAIN + "-");
  }

  /** Rules with addresses in one spelling. */
  static List<String> canonical(List<String> rules) {
    return rules.stream().map(IptablesChange::canonical).toList();
  }

  private static String canonical(String rule) {
    String[] words = rule.split(" ", -1);
    for (int i = 1; i < words.length; i++) {
      if (words[i - 1].equals("-s") || words[i - 1].equals("-d")) {
        words[i] = prefix(words[i]).toString();
      }
    }
    return String.join(" ", words);
  }

  private static Prefix prefix(String text) {
    boolean host = !text.contains("/");
    return Prefix.parse(host ? text + (text.contains(":") ? "/128" : "/32") : text);
  }
}
