package io.vrouter.mesh.firewall;

import io.vrouter.netlink.netfilter.SetElement;
import io.vrouter.netlink.netfilter.SetKind;
import java.time.Duration;
import java.util.List;

/**
 * One named set or map of the table.
 *
 * @param type as nft writes it, {@code ipv4_addr . ifname}
 * @param options as nft writes them, {@code flags interval;}; empty for none
 * @param dynamic whether a rule of ours adds the elements, which are then no part of a policy
 * @param elements no two overlapping
 */
record NftSet(
    String name,
    String type,
    SetKind kind,
    String options,
    boolean dynamic,
    List<SetElement> elements) {
  NftSet {
    elements = List.copyOf(elements);
  }

  /** A set with the policy's elements. */
  NftSet(String name, String type, SetKind kind, List<SetElement> elements) {
    this(name, type, kind, hasRanges(kind) ? "flags interval;" : "", false, elements);
  }

  private static boolean hasRanges(SetKind kind) {
    return kind == SetKind.INTERVAL || kind == SetKind.CONCATENATED;
  }

  /** A set that a rule fills; elements not updated expire. */
  static NftSet dynamic(String name, String type, Duration timeout, int size) {
    String options =
        "flags dynamic,timeout; timeout %ds; size %d;".formatted(timeout.toSeconds(), size);
    return new NftSet(name, type, SetKind.SINGLE, options, true, List.of());
  }

  /** The empty set, as part of a table. */
  String declaration() {
    return "\t%s %s { %s }\n".formatted(noun(), name, specification());
  }

  /** Adds the empty set, unless it is there. */
  String addition() {
    return "add %s %s %s { %s }".formatted(noun(), NftRuleset.TABLE, name, specification());
  }

  private String noun() {
    return kind == SetKind.MAP ? "map" : "set";
  }

  private String specification() {
    return "type " + type + ";" + (options.isEmpty() ? "" : " " + options);
  }
}
