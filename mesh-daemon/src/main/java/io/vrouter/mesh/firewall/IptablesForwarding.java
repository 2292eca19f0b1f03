package io.vrouter.mesh.firewall;

import io.vrouter.mesh.firewall.Iptables.Backend;
import io.vrouter.mesh.firewall.Iptables.Side;
import io.vrouter.mesh.model.Defaults;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Opens forwarding in the iptables chains of Docker, in whichever backend has them: where both have
 * some, both would drop. One thread at a time, but for {@link #legacy}.
 */
final class IptablesForwarding {
  /** The code of every problem of this class. */
  static final String CODE = "forwarding";

  private static final FirewallPolicy NOTHING =
      new FirewallPolicy(
          Defaults.VXLAN_PORT, FirewallPolicy.DEFAULT_PROBE_PORT, Set.of(), Set.of());
  private static final Set<String> TABLES4 = Set.of("table ip filter", "table ip raw");
  private static final Set<String> TABLES6 = Set.of("table ip6 filter", "table ip6 raw");

  private final Iptables iptables;
  private final Nft nft;
  private final DockerMark mark;
  private @Nullable Map<Boolean, ForwardingRules> opened;
  private List<Problem> problems = List.of();
  private volatile boolean everIpv6 = true;
  private volatile String legacy = "";

  IptablesForwarding(Iptables iptables, Nft nft) {
    this.iptables = iptables;
    this.nft = nft;
    this.mark = new DockerMark(nft);
  }

  /**
   * Whether nothing has to be written.
   *
   * @param fresh false to trust the last look or write, without a look
   * @throws FirewallException when iptables couldn't say
   */
  boolean isOpen(FirewallPolicy policy, boolean fresh) throws FirewallException {
    Map<Boolean, ForwardingRules> wanted = wanted(policy);
    if (!fresh) {
      return wanted.equals(opened);
    }
    opened = null;
    Set<String> tables = nftTables();
    boolean open = changes(wanted, tables).isEmpty() && mark.change(policy, tables).isEmpty();
    opened = open ? wanted : null;
    return open;
  }

  /**
   * Writes what {@link #isOpen} missed.
   *
   * @return whether anything was written
   * @throws FirewallException with the tool's words; sides written before it stay written
   */
  boolean open(FirewallPolicy policy) throws FirewallException {
    Map<Boolean, ForwardingRules> wanted = wanted(policy);
    boolean wrote = write(wanted);
    wrote |= writeMark(policy);
    // Legacy tables have no transaction with a look: what is remembered must be what came of it.
    opened = changes(wanted, nftTables()).isEmpty() ? wanted : null;
    return wrote;
  }

  /**
   * Removes all that is ours.
   *
   * @throws FirewallException with the tool's words
   */
  void close() throws FirewallException {
    opened = null;
    everIpv6 = true;
    write(Map.of(true, ForwardingRules.none(), false, ForwardingRules.none()));
    writeMark(NOTHING);
  }

  /** What the last look found that no write puts right. */
  List<Problem> problems() {
    return Stream.concat(problems.stream(), mark.problem().stream()).toList();
  }

  /** The legacy rules at the last look; empty when there are none. From any thread. */
  String legacy() {
    return legacy;
  }

  /** Takes another look at the legacy rules alone: nothing tells of their changes. */
  String legacyNow() throws FirewallException {
    StringBuilder text = new StringBuilder();
    for (Side side : Side.ALL) {
      if (side.backend() == Backend.LEGACY && (side.ipv4() || everIpv6)) {
        Optional<IptablesDump> dump = iptables.save(side);
        dump.filter(IptablesForwarding::matters).ifPresent(text::append);
      }
    }
    return text.toString();
  }

  private boolean writeMark(FirewallPolicy policy) throws FirewallException {
    Set<String> tables = nftTables();
    String change = mark.change(policy, tables);
    if (!change.isEmpty()) {
      mark.write(policy, change, tables);
    }
    return !change.isEmpty();
  }

  private boolean write(Map<Boolean, ForwardingRules> wanted) throws FirewallException {
    Map<Side, String> changes = changes(wanted, nftTables());
    for (Map.Entry<Side, String> change : changes.entrySet()) {
      iptables.restore(change.getKey(), change.getValue());
    }
    return !changes.isEmpty();
  }

  private Map<Side, String> changes(Map<Boolean, ForwardingRules> wanted, Set<String> tables)
      throws FirewallException {
    Map<Side, String> changes = new HashMap<>();
    List<Problem> found = new ArrayList<>();
    Set<Side> ours = new HashSet<>();
    StringBuilder legacyText = new StringBuilder();
    for (Side side : Side.ALL) {
      ForwardingRules opening = wanted.getOrDefault(side.ipv4(), ForwardingRules.none());
      if (!side.ipv4() && opening.isEmpty() && !everIpv6) {
        continue;
      }
      if (side.backend() == Backend.NFT
          && Collections.disjoint(tables, side.ipv4() ? TABLES4 : TABLES6)) {
        continue;
      }
      if (side.backend() == Backend.LEGACY && !iptables.legacyTables(side.ipv4())) {
        continue;
      }
      if (!iptables.isInstalled(side)) {
        if (!opening.isEmpty()) {
          found.add(notInstalled(side));
        }
        continue;
      }
      Optional<IptablesDump> dump = iptables.save(side);
      if (dump.isEmpty()) {
        continue;
      }
      if (IptablesChange.isIn(dump.get())) {
        ours.add(side);
      }
      if (side.backend() == Backend.LEGACY && matters(dump.get())) {
        legacyText.append(dump.get());
      }
      if (!opening.isEmpty() && dump.get().unreadable().contains("filter")) {
        found.add(unreadable(side));
      }
      String change = IptablesChange.of(dump.get(), opening);
      if (!change.isEmpty()) {
        changes.put(side, change);
      }
    }
    everIpv6 = ours.stream().anyMatch(side -> !side.ipv4()) || !wanted(false, wanted).isEmpty();
    problems = List.copyOf(found);
    legacy = legacyText.toString();
    return changes;
  }

  private static ForwardingRules wanted(boolean ipv4, Map<Boolean, ForwardingRules> wanted) {
    return wanted.getOrDefault(ipv4, ForwardingRules.none());
  }

  private static Map<Boolean, ForwardingRules> wanted(FirewallPolicy policy) {
    return Map.of(true, ForwardingRules.of(policy, true), false, ForwardingRules.of(policy, false));
  }

  /** Whether somebody's rules are there, not just tables that a tool once loaded. */
  private static boolean matters(IptablesDump dump) {
    return dump.tables().values().stream()
        .anyMatch(table -> !table.rules().isEmpty() || table.policies().containsValue("DROP"));
  }

  /** Tables of nft: one run instead of two where there is nothing that iptables would show. */
  private Set<String> nftTables() throws FirewallException {
    String listing = nft.succeed("listing tables", List.of("list", "tables"), "");
    return listing.lines().map(String::strip).collect(Collectors.toSet());
  }

  private static Problem notInstalled(Side side) {
    return new Problem(
        CODE,
        side + " has rules, and there is no tool to see whether they drop the mesh's packets",
        "install iptables (apt-get install iptables)");
  }

  private static Problem unreadable(Side side) {
    return new Problem(
        CODE,
        side + " can't show table filter, so that nobody knows whether it drops the mesh's packets",
        "see it with 'nft list table ip filter'; remove from it what iptables doesn't know");
  }
}
