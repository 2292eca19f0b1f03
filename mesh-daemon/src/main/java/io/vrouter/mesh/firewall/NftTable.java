package io.vrouter.mesh.firewall;

import io.vrouter.mesh.model.Addresses;
import io.vrouter.mesh.plan.FirewallPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Our table in the kernel. Replaced as a whole, in one transaction, and only when it differs; never
 * touched when it isn't ours. One thread at a time: it remembers what it wrote last.
 *
 * <p>Whether the table is unaltered is decided by its listing: equal to the listing taken right
 * after our last write, or, before the first write of this process, to what would be written. nft
 * lists in a form of its own version, so a daemon on another one writes once after a restart, which
 * disturbs no traffic.
 */
public final class NftTable {
  private static final Pattern ELEMENTS = Pattern.compile("elements = \\{([^}]*)}");

  private final Nft nft;
  private @Nullable String writtenTable;
  private @Nullable String listedAfter;

  public NftTable(Nft nft) {
    this.nft = nft;
  }

  /** What the kernel holds under our table's name. */
  public enum State {
    /** Nothing. */
    ABSENT,
    /** Our table, exactly as the policy wants it. */
    CURRENT,
    /** Our table, for another policy or altered by somebody. */
    STALE,
    /** A table of that name without our mark: left alone. */
    FOREIGN
  }

  /**
   * Compares the kernel's table with the policy's. Writes nothing.
   *
   * @throws NftException when nft couldn't say
   */
  public State compare(FirewallPolicy wanted) throws NftException {
    String listing = list();
    if (listing == null) {
      return State.ABSENT;
    }
    if (!marked(listing)) {
      return State.FOREIGN;
    }
    String table = NftRuleset.table(wanted);
    boolean current =
        writtenTable == null
            ? canonical(listing).equals(canonical(table))
            : table.equals(writtenTable) && listing.equals(listedAfter);
    return current ? State.CURRENT : State.STALE;
  }

  /**
   * Replaces the table by the policy's. Connections go on: what the new table allows isn't
   * interrupted, and conntrack isn't touched.
   *
   * @throws NftException with nft's words, nothing changed; also when a foreign table has the name
   */
  public void replace(FirewallPolicy wanted) throws NftException {
    refuseForeign("replacing table " + NftRuleset.TABLE);
    // Forgotten first: whatever happens from here on, the next comparison must not trust it.
    writtenTable = null;
    listedAfter = null;
    nft.succeed(
        "replacing table " + NftRuleset.TABLE, List.of("-f", "-"), NftRuleset.render(wanted));
    listedAfter = list();
    writtenTable = NftRuleset.table(wanted);
  }

  /**
   * Removes the table, if it is there and ours.
   *
   * @return whether there was one to remove
   * @throws NftException with nft's words; also when a foreign table has the name
   */
  public boolean remove() throws NftException {
    if (!refuseForeign("removing table " + NftRuleset.TABLE)) {
      return false;
    }
    writtenTable = null;
    listedAfter = null;
    // Added first, so that it is no error when somebody else was quicker.
    nft.succeed(
        "removing table " + NftRuleset.TABLE,
        List.of("-f", "-"),
        "add table %1$s\ndelete table %1$s\n".formatted(NftRuleset.TABLE));
    return true;
  }

  private boolean refuseForeign(String operation) throws NftException {
    String listing = list();
    if (listing != null && !marked(listing)) {
      throw new NftException(
          operation,
          "a table of that name is there without the comment \"" + NftRuleset.MARK + "\"",
          "It isn't ours and is left alone: rename or delete it",
          null);
    }
    return listing != null;
  }

  private @Nullable String list() throws NftException {
    String operation = "listing table " + NftRuleset.TABLE;
    // Stateless (no counters): the same table must give the same text at any time.
    Nft.Outcome outcome = nft.run(operation, List.of("-s", "list", "table", "inet", "vrouter"), "");
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

  /** White space, the order of elements and the spelling of IPv6 addresses mean nothing. */
  static String canonical(String table) {
    Matcher elements = ELEMENTS.matcher(table);
    String sorted =
        elements.replaceAll(
            found ->
                Arrays.stream(found.group(1).split(","))
                    .map(element -> ipv6(element.strip()))
                    .sorted()
                    .collect(Collectors.joining(", ", "elements = { ", " }")));
    return sorted.replaceAll("\\s+", " ").strip();
  }

  private static String ipv6(String element) {
    Matcher address = Pattern.compile("^[0-9a-f:]*:[0-9a-f:.]*").matcher(element);
    return address.find()
        ? Addresses.parse(address.group()).getHostAddress() + element.substring(address.end())
        : element;
  }
}
