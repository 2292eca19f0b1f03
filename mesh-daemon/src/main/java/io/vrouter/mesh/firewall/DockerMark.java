package io.vrouter.mesh.firewall;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Opens the nftables backend of Docker 29, which has no DOCKER-USER: it accepts packets that carry
 * the mark of its option {@code bridge-accept-fwmark}. With the option set, a second table of ours
 * turns our own mark ({@link PacketMark}) into that one before Docker's chains; without the option
 * Docker's drop can't be avoided.
 */
final class DockerMark {
  /** Our second table, separate because it depends on Docker's rules. */
  static final String TABLE = "inet vrouter-accept";

  private static final List<String> DOCKERS = List.of("ip docker-bridges", "ip6 docker-bridges");
  private static final Pattern ACCEPT =
      Pattern.compile("meta mark (?:& (0x[0-9a-f]+) == )?(0x[0-9a-f]+) .*\"ALLOW FW MARK\"");
  private static final String NAMES_DEVICE = "filter-forward-in__";

  private final Nft nft;
  private String written = "";
  private @Nullable String listed;
  private volatile Optional<Problem> problem = Optional.empty();

  DockerMark(Nft nft) {
    this.nft = nft;
  }

  /** Why mesh packets are dropped; empty when they pass. From any thread. */
  Optional<Problem> problem() {
    return problem;
  }

  /**
   * The transaction that marks the mesh's packets; blank when it is in force.
   *
   * @param tables the kernel's tables, each as {@code table FAMILY NAME}
   * @throws FirewallException when nft can't list, or a foreign table has our name
   */
  String change(FirewallPolicy policy, Set<String> tables) throws FirewallException {
    String dockers = "";
    for (String table : DOCKERS) {
      if (tables.contains("table " + table)) {
        dockers += list(table);
      }
    }
    problem = problem(policy, dockers);
    String wanted = render(policy, dockers);
    boolean there = tables.contains("table " + TABLE);
    String listing = there ? list(TABLE) : "";
    if (there && !listing.contains("comment \"" + NftRuleset.MARK + "\"")) {
      throw new FirewallException(
          "marking for Docker",
          "table " + TABLE + " is there without the comment \"" + NftRuleset.MARK + "\"",
          "It isn't ours and is left alone: rename or delete it",
          null);
    }
    if (wanted.isEmpty()) {
      return there ? "delete table " + TABLE + "\n" : "";
    }
    boolean same = there && wanted.equals(written) && listing.equals(listed);
    return same ? "" : "add table %s\ndelete table %s\n%s".formatted(TABLE, TABLE, wanted);
  }

  /** Loads a change and keeps nft's listing of it. */
  void write(FirewallPolicy policy, String change, Set<String> tables) throws FirewallException {
    nft.succeed("marking for Docker", List.of("-f", "-"), change);
    String dockers = "";
    for (String table : DOCKERS) {
      dockers += tables.contains("table " + table) ? list(table) : "";
    }
    written = render(policy, dockers);
    listed = written.isEmpty() ? null : list(TABLE);
  }

  private String list(String table) throws FirewallException {
    List<String> arguments =
        Stream.concat(Stream.of("-s", "list", "table"), Stream.of(table.split(" ", -1))).toList();
    return nft.succeed("listing table " + table, arguments, "");
  }

  /** The table; empty when Docker's rules, as listed, need or accept no mark. */
  static String render(FirewallPolicy policy, String dockers) {
    Matcher accept = ACCEPT.matcher(dockers);
    if (blocked(policy, dockers).isEmpty() || !accept.find()) {
      return "";
    }
    long mark = Long.decode(accept.group(2));
    long mask = accept.group(1) == null ? 0xffffffffL : Long.decode(accept.group(1));
    String set = "meta mark set meta mark & 0x%08x | 0x%08x".formatted(~mask & 0xffffffffL, mark);
    return """
    table %s {
    \tcomment "%s"
    \tchain prerouting {
    \t\ttype filter hook prerouting priority raw - 5; policy accept;
    \t\t%s %5$s
    \t}
    \tchain forward {
    \t\ttype filter hook forward priority filter - 5; policy accept;
    \t\t%4$s %5$s
    \t}
    }
    """
        .formatted(
            TABLE,
            NftRuleset.MARK,
            PacketMark.has(PacketMark.ARRIVED),
            PacketMark.has(PacketMark.PASSED),
            set);
  }

  static Optional<Problem> problem(FirewallPolicy policy, String dockers) {
    List<String> blocked = blocked(policy, dockers);
    if (blocked.isEmpty() || ACCEPT.matcher(dockers).find()) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            "docker-nftables",
            "Docker's nftables backend drops what comes to its networks from other hosts: "
                + String.join(", ", blocked),
            "set \"bridge-accept-fwmark\": \"0x76720000/0x76720000\" in the engine's daemon.json"
                + " and restart it: meshd finds the mark and sets it on the mesh's packets"));
  }

  private static List<String> blocked(FirewallPolicy policy, String dockers) {
    return policy.zones().stream()
        .flatMap(zone -> zone.local().stream())
        .filter(it -> it.device() != null && dockers.contains(NAMES_DEVICE + it.device() + " "))
        .map(it -> it.prefix() + " on " + it.device())
        .toList();
  }
}
