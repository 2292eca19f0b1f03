package io.vrouter.mesh.firewall;

import io.vrouter.netlink.netfilter.SetElement;
import io.vrouter.netlink.netfilter.SetKind;
import java.util.List;

/**
 * One named set of the table.
 *
 * @param type as nft writes it, {@code ipv4_addr . ifname}
 * @param elements no two overlapping
 */
record NftSet(String name, String type, SetKind kind, List<SetElement> elements) {
  NftSet {
    elements = List.copyOf(elements);
  }

  /** The empty set, as part of a table. */
  String declaration() {
    return "\tset %s { %s }\n".formatted(name, specification());
  }

  /** Adds the empty set, unless it is there. */
  String addition() {
    return "add set %s %s { %s }".formatted(NftRuleset.TABLE, name, specification());
  }

  private String specification() {
    return "type " + type + ";" + (kind == SetKind.SINGLE ? "" : " flags interval;");
  }
}
