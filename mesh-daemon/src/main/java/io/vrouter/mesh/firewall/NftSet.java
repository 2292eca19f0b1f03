package io.vrouter.mesh.firewall;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * One named set of the table.
 *
 * @param type as nft writes it, {@code ipv4_addr . ifname}
 * @param elements in nft's spelling and order, no two overlapping
 */
record NftSet(String name, String type, boolean interval, List<String> elements) {
  NftSet {
    elements = List.copyOf(elements);
  }

  /** As a listing shows it. */
  String declaration() {
    return "\tset %s {\n\t\ttype %s\n%s%s\t}\n\n"
        .formatted(
            name,
            type,
            interval ? "\t\tflags interval\n" : "",
            elements.isEmpty() ? "" : "\t\telements = { " + joined(elements) + " }\n");
  }

  /** Adds the empty set. */
  String addition() {
    return "add set %s %s { type %s; %s}"
        .formatted(NftRuleset.TABLE, name, type, interval ? "flags interval; " : "");
  }

  /** Deletes the set. */
  String deletion() {
    return "delete set %s %s".formatted(NftRuleset.TABLE, name);
  }

  /** This set without elements. */
  NftSet without() {
    return new NftSet(name, type, interval, List.of());
  }

  /** The commands from these elements to the wanted ones. Deletions first: intervals may widen. */
  List<String> commandsTo(NftSet wanted) {
    List<String> commands = new ArrayList<>();
    element(commands, "delete", missing(elements, wanted.elements));
    element(commands, "add", missing(wanted.elements, elements));
    return commands;
  }

  private void element(List<String> commands, String verb, List<String> some) {
    if (!some.isEmpty()) {
      commands.add("%s element %s %s { %s }".formatted(verb, NftRuleset.TABLE, name, joined(some)));
    }
  }

  private static List<String> missing(List<String> from, List<String> in) {
    List<String> rest = new ArrayList<>(from);
    rest.removeAll(new HashSet<>(in));
    return rest;
  }

  private static String joined(List<String> elements) {
    return String.join(", ", elements);
  }
}
