package io.vrouter.mesh.firewall;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.plan.FirewallPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Our table in the kernel, written in one transaction and only when it differs; never touched when
 * it isn't ours. One thread at a time: the last write is remembered.
 *
 * <p>A table of known content is changed in place: at 100 peers one more costs 4 ms including the
 * start of nft, the whole table 20 ms.
 *
 * <p>The listing decides whether the table is unaltered: it must equal the rendered text or, for an
 * nft with another spelling, the listing right after our last write. With such an nft every write
 * costs a second run, and a restarted daemon writes once.
 */
public final class NftTable {
  private static final Pattern ELEMENTS = Pattern.compile("(elements =|vmap|type) \\{([^{}]*)}");

  private final Nft nft;
  private boolean foreignRuledOut;
  private @Nullable FirewallPolicy written;
  private @Nullable String listedAfter;
  private boolean listsOurForm;

  public NftTable(Nft nft) {
    this.nft = nft;
  }

  /** State of the kernel's table of our name. */
  public enum State {
    /** Nothing. */
    ABSENT,
    /** Our table, equal to the policy's. */
    CURRENT,
    /** Our table, for another policy or altered. */
    STALE,
    /** A table of that name without our comment: left alone. */
    FOREIGN
  }

  /**
   * Compares the kernel's table with the policy's. Writes nothing.
   *
   * @throws FirewallException when nft can't list
   */
  public State compare(FirewallPolicy wanted) throws FirewallException {
    String listing = list();
    foreignRuledOut = listing == null || marked(listing);
    if (listing == null || !foreignRuledOut) {
      forget();
      return listing == null ? State.ABSENT : State.FOREIGN;
    }
    if (canonical(listing).equals(canonical(NftRuleset.table(wanted)))) {
      written = wanted;
      return State.CURRENT;
    }
    FirewallPolicy last = written;
    if (last != null
        && (listing.equals(listedAfter)
            || canonical(listing).equals(canonical(NftRuleset.table(last))))) {
      return last.equals(wanted) ? State.CURRENT : State.STALE;
    }
    forget();
    return State.STALE;
  }

  /**
   * Whether a table of ours exists, whatever its content.
   *
   * @throws FirewallException when nft can't list
   */
  boolean stands() throws FirewallException {
    String listing = list();
    return listing != null && marked(listing);
  }

  /** Whether the policy is the one last written or found. Doesn't look. */
  boolean isWritten(FirewallPolicy policy) {
    return policy.equals(written);
  }

  /**
   * Makes the table the policy's. Connections that the new table allows aren't interrupted, and
   * conntrack isn't touched.
   *
   * @throws FirewallException with nft's message, nothing changed; also when a foreign table has
   *     the name
   */
  public void apply(FirewallPolicy wanted) throws FirewallException {
    FirewallPolicy before = written;
    FirewallException refusal = null;
    if (before != null) {
      try {
        String update = NftUpdate.between(before, wanted);
        load("changing table " + NftRuleset.TABLE, update, wanted);
        return;
      } catch (FirewallException e) {
        // The table was altered since: a replacement repairs that, too.
        refusal = e;
      }
    }
    try {
      replace(wanted);
    } catch (FirewallException e) {
      if (refusal != null) {
        e.addSuppressed(refusal);
      }
      throw e;
    }
  }

  /**
   * As {@link #apply}, but replaces the whole table: for a {@link State#STALE} table of unknown
   * content.
   *
   * @throws FirewallException with nft's message, nothing changed; also when a foreign table has
   *     the name
   */
  public void replace(FirewallPolicy wanted) throws FirewallException {
    String operation = "replacing table " + NftRuleset.TABLE;
    if (!foreignRuledOut) {
      ruleOutForeign(operation);
    }
    load(operation, NftRuleset.render(wanted), wanted);
  }

  private void load(String operation, String commands, FirewallPolicy wanted)
      throws FirewallException {
    // Forgotten first: after a failed write the next comparison must not trust the last one.
    foreignRuledOut = false;
    forget();
    if (!commands.isEmpty()) {
      nft.succeed(operation, List.of("-f", "-"), commands);
    }
    foreignRuledOut = true;
    if (!listsOurForm) {
      String listing = list();
      listedAfter = listing;
      listsOurForm =
          listing != null && canonical(listing).equals(canonical(NftRuleset.table(wanted)));
    }
    written = wanted;
  }

  /**
   * Removes the table, if it exists and is ours.
   *
   * @return whether there was one to remove
   * @throws FirewallException with nft's message; also when a foreign table has the name
   */
  public boolean remove() throws FirewallException {
    String operation = "removing table " + NftRuleset.TABLE;
    if (!ruleOutForeign(operation)) {
      return false;
    }
    foreignRuledOut = false;
    forget();
    // Added first: deleting an absent table is an error.
    nft.succeed(
        operation,
        List.of("-f", "-"),
        "add table %1$s\ndelete table %1$s\n".formatted(NftRuleset.TABLE));
    return true;
  }

  private void forget() {
    written = null;
    listedAfter = null;
  }

  private boolean ruleOutForeign(String operation) throws FirewallException {
    String listing = list();
    if (listing != null && !marked(listing)) {
      throw new FirewallException(
          operation,
          "a table of that name is there without the comment \"" + NftRuleset.MARK + "\"",
          "It isn't ours and is left alone: rename or delete it",
          null);
    }
    return listing != null;
  }

  private @Nullable String list() throws FirewallException {
    String operation = "listing table " + NftRuleset.TABLE;
    // Stateless (no counters): the same table must always give the same text.
    Command.Outcome outcome =
        nft.run(operation, List.of("-s", "list", "table", "inet", "vrouter"), "");
    if (outcome.status() == 0) {
      return outcome.output();
    }
    if (outcome.output().contains("No such file or directory")) {
      return null;
    }
    throw Nft.refused(operation, outcome);
  }

  private static boolean marked(String listing) {
    return listing.contains("comment \"" + NftRuleset.MARK + "\"");
  }

  /** White space, order other than that of rules, and the spelling of IPv6 are ignored. */
  static String canonical(String table) {
    String sorted =
        ELEMENTS
            .matcher(table)
            .replaceAll(
                found ->
                    Arrays.stream(found.group(2).split(","))
                        .map(NftTable::addresses)
                        .sorted()
                        .collect(Collectors.joining(", ", found.group(1) + " { ", " }")));
    return Arrays.stream(sorted.strip().replaceFirst("}$", "").split("(?=\\b(set|chain) \\w+ \\{)"))
        .map(part -> part.replaceAll("\\s+", " ").strip())
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  private static String addresses(String element) {
    return Arrays.stream(element.strip().split(" \\. "))
        .map(part -> part.matches("..(:..){5}") ? part : ipv6(part))
        .collect(Collectors.joining(" . "));
  }

  private static String ipv6(String element) {
    Matcher address = Pattern.compile("^[0-9a-f:]*:[0-9a-f:.]*").matcher(element);
    return address.find()
        ? Addresses.parse(address.group()).getHostAddress() + element.substring(address.end())
        : element;
  }
}
