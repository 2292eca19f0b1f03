package io.vrouter.mesh.firewall;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Output of {@code iptables-save}.
 *
 * @param tables by name
 * @param unreadable tables with rules that iptables can't show
 */
record IptablesDump(Map<String, TableRules> tables, List<String> unreadable) {
  private static final String INCOMPATIBLE = "# Table `";

  IptablesDump {
    tables = Map.copyOf(tables);
    unreadable = List.copyOf(unreadable);
  }

  /**
   * One table.
   *
   * @param policies of its chains, {@code -} for user-defined ones
   * @param rules by chain, whole lines beginning with {@code -A CHAIN}, in order
   */
  record TableRules(Map<String, String> policies, Map<String, List<String>> rules) {
    static final TableRules EMPTY = new TableRules(Map.of(), Map.of());

    List<String> rules(String chain) {
      return rules.getOrDefault(chain, List.of());
    }

    boolean hasPolicy(String chain, String policy) {
      return policy.equals(policies.get(chain));
    }
  }

  TableRules table(String name) {
    return tables.getOrDefault(name, TableRules.EMPTY);
  }

  static IptablesDump parse(String text) {
    Map<String, TableRules> tables = new LinkedHashMap<>();
    List<String> unreadable = new ArrayList<>();
    TableRules current = null;
    for (String line : text.lines().toList()) {
      if (line.startsWith("*")) {
        current = new TableRules(new LinkedHashMap<>(), new LinkedHashMap<>());
        tables.put(line.substring(1).strip(), current);
      } else if (line.startsWith(INCOMPATIBLE)) {
        unreadable.add(line.substring(INCOMPATIBLE.length()).replaceFirst("'.*", ""));
      } else if (current != null && line.startsWith(":")) {
        String[] words = line.substring(1).split(" ", -1);
        current.policies().put(words[0], words.length > 1 ? words[1] : "-");
      } else if (current != null && line.startsWith("-A ")) {
        rule(current, line);
      }
    }
    return new IptablesDump(tables, unreadable);
  }

  private static void rule(TableRules table, String line) {
    String chain = line.split(" ", 3)[1];
    table.rules().computeIfAbsent(chain, name -> new ArrayList<>()).add(line);
  }

  /** The word after an option of a rule; null when it has no such option. */
  static @Nullable String after(String rule, String option) {
    String[] words = rule.split(" ", -1);
    for (int i = 0; i + 1 < words.length; i++) {
      if (words[i].equals(option)) {
        return words[i + 1];
      }
    }
    return null;
  }
}
