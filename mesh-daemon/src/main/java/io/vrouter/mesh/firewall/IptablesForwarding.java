package io.vrouter.mesh.firewall;

import io.vrouter.mesh.firewall.Iptables.Backend;
import io.vrouter.mesh.firewall.Iptables.Side;
import io.vrouter.mesh.model.Defaults;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.netfilter.ChainEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Opens forwarding in Docker's iptables chains, in each backend that has some: a drop in one loses
 * the packet. On one thread at a time ({@link ForwardingWorker}), except {@link #problems}, {@link
 * #legacyChanged} and {@link #legacyRules}: the host thread polls iptables-legacy, where changes
 * send no event, and compares with {@link #lastLegacy}.
 */
final class IptablesForwarding {
  /** The code of every problem of this class. */
  static final String CODE = "forwarding";

  private static final FirewallPolicy NOTHING =
      new FirewallPolicy(
          Defaults.VXLAN_PORT, FirewallPolicy.DEFAULT_PROBE_PORT, Set.of(), Set.of());
  private static final Map<Integer, String> FAMILIES =
      Map.of(
          ChainEntry.NFPROTO_INET,
          "inet",
          ChainEntry.NFPROTO_IPV4,
          "ip",
          ChainEntry.NFPROTO_IPV6,
          "ip6");
  private static final Set<String> TABLES4 = Set.of("table ip filter", "table ip raw");
  private static final Set<String> TABLES6 = Set.of("table ip6 filter", "table ip6 raw");

  private final Iptables iptables;
  private final Supplier<Nftables> nftables;
  private final DockerMark mark;
  private @Nullable Map<Boolean, ForwardingRules> opened;
  private volatile List<Problem> problems = List.of();
  private boolean everIpv6 = true;
  private volatile Legacy lastLegacy = new Legacy("", true);

  /** The legacy rules at one look, and whether IPv6 was included. */
  private record Legacy(String rules, boolean ipv6) {}

  /**
   * Creates the object for one network namespace.
   *
   * @param nftables opens a socket to its rules
   */
  IptablesForwarding(Iptables iptables, Nft nft, Supplier<Nftables> nftables) {
    this.iptables = iptables;
    this.nftables = nftables;
    this.mark = new DockerMark(nft);
  }

  /**
   * Whether nothing needs to be written.
   *
   * @param fresh false to use the result of the last look or write
   * @throws FirewallException when iptables can't list
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
   * Writes what {@link #isOpen} found missing.
   *
   * @return whether anything was written
   * @throws FirewallException with the tool's message; sides written earlier stay written
   */
  boolean open(FirewallPolicy policy) throws FirewallException {
    Map<Boolean, ForwardingRules> wanted = wanted(policy);
    boolean wrote = write(wanted);
    wrote |= writeMark(policy);
    // A legacy table can change between look and write: only the result counts.
    opened = changes(wanted, nftTables()).isEmpty() ? wanted : null;
    return wrote;
  }

  /**
   * Removes every rule and chain of ours.
   *
   * @throws FirewallException with the tool's message
   */
  void close() throws FirewallException {
    opened = null;
    everIpv6 = true;
    write(Map.of(true, ForwardingRules.none(), false, ForwardingRules.none()));
    writeMark(NOTHING);
  }

  /** Problems of the last look that no write can solve. From any thread. */
  List<Problem> problems() {
    return Stream.concat(problems.stream(), mark.problem().stream()).toList();
  }

  /** Whether the last look found legacy rules. From any thread. */
  boolean legacyRules() {
    return !lastLegacy.rules().isEmpty();
  }

  /** Reads the legacy rules alone and compares them with the last look. From any thread. */
  boolean legacyChanged() throws FirewallException {
    Legacy last = lastLegacy;
    StringBuilder now = new StringBuilder();
    for (Side side : Side.ALL) {
      if (side.backend() == Backend.LEGACY && (side.ipv4() || last.ipv6())) {
        iptables.save(side).filter(IptablesForwarding::matters).ifPresent(now::append);
      }
    }
    return !last.rules().contentEquals(now);
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
      boolean installed = iptables.isInstalled(side);
      if (side.backend() == Backend.LEGACY && !installed) {
        if (!opening.isEmpty()) {
          found.add(notInstalled(side));
        }
        continue;
      }
      Optional<IptablesDump> dump =
          side.backend() == Backend.NFT ? Optional.of(kernel(side)) : iptables.save(side);
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
      if (!change.isEmpty() && !installed) {
        found.add(notInstalled(side));
      } else if (!change.isEmpty()) {
        changes.put(side, change);
      }
    }
    everIpv6 = ours.stream().anyMatch(side -> !side.ipv4()) || !wanted(false, wanted).isEmpty();
    problems = List.copyOf(found);
    lastLegacy = new Legacy(legacyText.toString(), everIpv6);
    return changes;
  }

  private static ForwardingRules wanted(boolean ipv4, Map<Boolean, ForwardingRules> wanted) {
    return wanted.getOrDefault(ipv4, ForwardingRules.none());
  }

  /** The rules that a policy needs, by whether they are IPv4's. */
  static Map<Boolean, ForwardingRules> wanted(FirewallPolicy policy) {
    return Map.of(true, ForwardingRules.of(policy, true), false, ForwardingRules.of(policy, false));
  }

  /** Whether a dump has rules or a DROP policy; a tool may have loaded empty tables. */
  private static boolean matters(IptablesDump dump) {
    return dump.tables().values().stream()
        .anyMatch(table -> !table.rules().isEmpty() || table.policies().containsValue("DROP"));
  }

  private IptablesDump kernel(Side side) throws FirewallException {
    return asking("listing the rules of " + side, it -> KernelDump.of(it, side.ipv4()));
  }

  /** The nft tables, each as {@code table FAMILY NAME}. */
  private Set<String> nftTables() throws FirewallException {
    return asking(
        "listing tables",
        kernel ->
            kernel.tables().stream()
                .filter(table -> FAMILIES.containsKey(table.family()))
                .map(table -> "table %s %s".formatted(FAMILIES.get(table.family()), table.name()))
                .collect(Collectors.toSet()));
  }

  private <T> T asking(String operation, Function<Nftables, T> question) throws FirewallException {
    try (Nftables kernel = nftables.get()) {
      return question.apply(kernel);
    } catch (NetlinkException e) {
      throw new FirewallException(
          operation, String.valueOf(e.getMessage()), "meshd needs CAP_NET_ADMIN", e);
    }
  }

  private static Problem notInstalled(Side side) {
    return new Problem(
        CODE,
        side + " has rules, and no tool is installed to see whether they drop the mesh's packets",
        "install iptables (apt-get install iptables)");
  }

  private static Problem unreadable(Side side) {
    return new Problem(
        CODE,
        side + " can't show table filter: whether it drops the mesh's packets is unknown",
        "list it with 'nft list table ip filter'; remove the rules that iptables can't show");
  }
}
