package io.vrouter.mesh.firewall;

import io.vrouter.mesh.model.Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The commands for {@code iptables-restore --noflush} that turn a dump into an opening. Pure. They
 * name only our own rules and the chains of earlier versions.
 *
 * <p>Our rule stands behind foreign conditional rules, so that an operator's restrictions in
 * DOCKER-USER stay in force, and ahead of the first rule that ends the chain for every packet.
 */
final class IptablesChange {
  private static final String DOCKER_USER = "DOCKER-USER";

  /** Prefix of our chains in earlier versions. */
  private static final String FORMER = "VROUTER-MESH";

  private static final Set<String> ENDS = Set.of("ACCEPT", "DROP", "REJECT", "RETURN");
  private static final Set<String> DROPS = Set.of("DROP", "REJECT");

  private final IptablesDump dump;
  private final ForwardingRules opening;

  private IptablesChange(IptablesDump dump, ForwardingRules opening) {
    this.dump = dump;
    this.opening = opening;
  }

  /** The commands; empty when nothing needs to change. */
  static String of(IptablesDump dump, ForwardingRules opening) {
    IptablesChange change = new IptablesChange(dump, opening);
    return change.filter() + change.raw();
  }

  /** Whether a dump shows a rule or chain of ours. */
  static boolean isIn(IptablesDump dump) {
    return dump.tables().values().stream()
        .anyMatch(
            table ->
                table.rules().values().stream()
                    .flatMap(List::stream)
                    .anyMatch(IptablesChange::isOurs));
  }

  /** Whether the rules of a chain are read here. */
  static boolean reads(String table, String chain) {
    return isFormer(chain)
        || (table.equals("filter") && (chain.equals("FORWARD") || chain.equals(DOCKER_USER)))
        || (table.equals("raw") && chain.equals("PREROUTING"));
  }

  /** The chain where Docker, a policy of DROP or a last rule would drop forwarded mesh packets. */
  private String filter() {
    IptablesDump.TableRules table = dump.table("filter");
    List<String> forward = table.rules("FORWARD");
    Optional<String> anchor = Optional.empty();
    if (forward.stream().anyMatch(rule -> rule.endsWith(" -j " + DOCKER_USER))
        && table.hasPolicy(DOCKER_USER, "-")) {
      anchor = Optional.of(DOCKER_USER);
    } else if (table.hasPolicy("FORWARD", "DROP")
        || forward.stream().anyMatch(rule -> rule.contains(" -j DOCKER-") || ends(rule, DROPS))) {
      anchor = Optional.of("FORWARD");
    }
    return commands("filter", table, ForwardingRules.PASSED, anchor, rule -> ends(rule, ENDS));
  }

  /**
   * The chain where Docker 28 and later drops packets to a container's address from another device.
   */
  private String raw() {
    IptablesDump.TableRules table = dump.table("raw");
    boolean drops = table.rules("PREROUTING").stream().anyMatch(this::dropsOurs);
    return commands(
        "raw",
        table,
        ForwardingRules.ARRIVED,
        drops ? Optional.of("PREROUTING") : Optional.empty(),
        rule -> ends(rule, ENDS) || dropsOurs(rule));
  }

  private boolean dropsOurs(String rule) {
    String destination = IptablesDump.after(rule, "-d");
    if (destination == null || !rule.endsWith(" -j DROP") || rule.contains(" ! -d ")) {
      return false;
    }
    Prefix dropped = prefix(destination);
    return opening.held().stream().anyMatch(held -> held.contains(dropped));
  }

  /** Whether the rule matches every packet and has one of the verdicts, with or without options. */
  private static boolean ends(String rule, Set<String> verdicts) {
    String[] words = rule.split(" ", -1);
    return words.length >= 4 && words[2].equals("-j") && verdicts.contains(words[3]);
  }

  /** Whether every packet continues in a foreign chain, which may drop it. */
  private static boolean leads(String rule) {
    String[] words = rule.split(" ", -1);
    return words.length == 4 && (words[2].equals("-j") || words[2].equals("-g"));
  }

  private interface Blocker {
    boolean blocks(String rule);
  }

  private String commands(
      String name,
      IptablesDump.TableRules table,
      String accept,
      Optional<String> anchor,
      Blocker blocker) {
    String wanted = anchor.filter(chain -> !opening.isEmpty()).orElse("");
    List<String> lines = new ArrayList<>();
    boolean placed = false;
    for (Map.Entry<String, List<String>> chain : table.rules().entrySet()) {
      boolean blocked = !chain.getKey().equals(wanted);
      for (String rule : chain.getValue()) {
        if (isOurs(rule) && !isFormer(chain.getKey())) {
          boolean right = !blocked && !placed && rule.endsWith(" " + accept);
          if (!right) {
            lines.add("-D" + rule.substring(2));
          }
          placed |= right;
        } else {
          blocked |= blocker.blocks(rule);
        }
      }
    }
    if (!wanted.isEmpty() && !placed) {
      // The deletions run first: only foreign rules count.
      int position = position(table.rules(wanted), blocker, wanted.equals("FORWARD"));
      lines.add("-I %s %d %s".formatted(wanted, position, accept));
    }
    List<String> former =
        table.policies().keySet().stream()
            .filter(IptablesChange::isFormer)
            .filter(chain -> table.rules(chain).stream().allMatch(IptablesChange::isOurs))
            .sorted()
            .toList();
    former.forEach(chain -> lines.add("-F " + chain));
    former.forEach(chain -> lines.add("-X " + chain));
    return lines.isEmpty() ? "" : "*%s\n%s\nCOMMIT\n".formatted(name, String.join("\n", lines));
  }

  private static int position(List<String> rules, Blocker blocker, boolean leading) {
    int position = 1;
    for (String rule : rules) {
      if (isOurs(rule)) {
        continue;
      }
      if (blocker.blocks(rule) || (leading && leads(rule))) {
        break;
      }
      position++;
    }
    return position;
  }

  private static boolean isOurs(String rule) {
    return rule.contains(" " + ForwardingRules.COMMENT + " ");
  }

  private static boolean isFormer(String chain) {
    return chain.equals(FORMER) || chain.startsWith(FORMER + "-");
  }

  private static Prefix prefix(String text) {
    boolean host = !text.contains("/");
    return Prefix.parse(host ? text + (text.contains(":") ? "/128" : "/32") : text);
  }
}
