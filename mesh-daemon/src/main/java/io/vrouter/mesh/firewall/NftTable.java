package io.vrouter.mesh.firewall;

import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.netfilter.ChainEntry;
import io.vrouter.netlink.netfilter.SetElement;
import io.vrouter.netlink.netfilter.TableCodec;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Our table in the kernel, written only where it differs; a foreign table is never touched. One
 * thread at a time: the object keeps the last write.
 *
 * <p>Reads and set elements use nfnetlink, so that a new or removed peer or prefix starts no
 * process, whatever the table's content. Only chains are written by {@code nft}, in place, when
 * their text or the kernel's form of it differs: after an upgrade, for another VNI, or after a
 * foreign change. A rule's comment contains the hashes of both ({@link NftLook#state(String)}), so
 * a restarted daemon finds them, and nothing depends on the format of nft's listing.
 *
 * <p>Packets that the old and the new policy allow are never refused: sets get their elements
 * before a chain uses them, and unchanged elements aren't touched. (Replacing the whole table let a
 * packet in flight miss its element: one refusal in 10 replacements at 190 packets/s.)
 */
public final class NftTable implements AutoCloseable {
  private static final int TRIES = 5;
  private static final String CHANGE = "changing table " + NftRuleset.TABLE;

  private final Nft nft;
  private final Supplier<Nftables> open;

  /** Opened at the first use, and anew after a failure. */
  private @Nullable Nftables kernel;

  private @Nullable FirewallPolicy written;
  private int transactions;

  /**
   * Creates the object over an nft and a socket factory of one network namespace.
   *
   * @param open opens the first socket, and a new one after a failure
   */
  public NftTable(Nft nft, Supplier<Nftables> open) {
    this.nft = nft;
    this.open = open;
  }

  /** State of the kernel's table of our name. */
  public enum TableState {
    /** No table. */
    ABSENT,
    /** Our table, equal to the policy's. */
    CURRENT,
    /** Our table, of another policy or altered. */
    STALE,
    /** A table of that name without our comment: left alone. */
    FOREIGN
  }

  /**
   * Compares the kernel's table with the policy's. Writes nothing.
   *
   * @throws FirewallException when the kernel can't be read
   */
  public TableState compare(FirewallPolicy wanted) throws FirewallException {
    written = null;
    TableState state =
        asking(
            "reading table " + NftRuleset.TABLE,
            socket -> {
              NftLook look = NftLook.at(socket);
              if (!look.there() || !look.ours()) {
                return look.there() ? TableState.FOREIGN : TableState.ABSENT;
              }
              boolean same =
                  look.state().equals(look.state(NftRuleset.structure(wanted)))
                      && differences(socket, wanted).isEmpty();
              return same ? TableState.CURRENT : TableState.STALE;
            });
    written = state == TableState.CURRENT ? wanted : null;
    return state;
  }

  /**
   * Whether a table of ours exists, whatever its content.
   *
   * @throws FirewallException when the kernel can't be read
   */
  boolean stands() throws FirewallException {
    return asking("reading table " + NftRuleset.TABLE, NftLook::at).ours();
  }

  /** Number of transactions made here; each raises the kernel's generation number. Wraps. */
  int transactions() {
    return transactions;
  }

  /** Whether the policy is the one last written or found. Reads nothing. */
  boolean isWritten(FirewallPolicy policy) {
    return policy.equals(written);
  }

  /**
   * Makes the table the policy's. Connections that the new table allows aren't interrupted, and
   * conntrack isn't touched.
   *
   * @throws FirewallException with nft's or the kernel's message; also when a foreign table has the
   *     name. Then the former table is still in force, perhaps with some of the wanted elements
   *     added
   */
  public void apply(FirewallPolicy wanted) throws FirewallException {
    apply(() -> wanted);
  }

  /**
   * As {@link #apply(FirewallPolicy)}: chains and sets of the policy at the call, and their
   * elements of the newest, which another thread may write meanwhile with {@link #refill}.
   */
  void apply(Supplier<FirewallPolicy> newest) throws FirewallException {
    FirewallPolicy wanted = newest.get();
    written = null;
    NftLook look = look(CHANGE);
    if (!look.state().equals(look.state(NftRuleset.structure(wanted)))) {
      try {
        restructure(look, wanted, newest);
      } catch (FirewallException e) {
        if (!look.there()) {
          throw e;
        }
        // A foreign chain or set of our name may block the change in place.
        try {
          replace(wanted);
        } catch (FirewallException again) {
          e.addSuppressed(again);
          throw e;
        }
      }
    }
    fill(CHANGE, newest, names(wanted));
    written = wanted;
  }

  /**
   * As {@link #apply(FirewallPolicy)} where only elements differ; starts no process.
   *
   * @return false when chains or sets differ: then nothing was written
   * @throws FirewallException with the kernel's message; also when a foreign table has the name
   */
  boolean applyElements(FirewallPolicy wanted) throws FirewallException {
    written = null;
    NftLook look = look(CHANGE);
    if (!look.state().equals(look.state(NftRuleset.structure(wanted)))) {
      return false;
    }
    fill(CHANGE, () -> wanted, names(wanted));
    written = wanted;
    return true;
  }

  /**
   * Writes the elements of the sets that exist; starts no process.
   *
   * @throws FirewallException with the kernel's message
   */
  void refill(FirewallPolicy wanted) throws FirewallException {
    List<String> there = asking(CHANGE, socket -> socket.sets(NftLook.FAMILY, NftLook.NAME));
    fill(CHANGE, () -> wanted, Set.copyOf(there));
  }

  private static Set<String> names(FirewallPolicy wanted) {
    return NftSets.of(wanted).stream().map(NftSet::name).collect(Collectors.toSet());
  }

  /**
   * As {@link #apply(FirewallPolicy)}, but replaces the whole table, which drops all until its
   * elements are in.
   *
   * @throws FirewallException as {@link #apply(FirewallPolicy)}
   */
  public void replace(FirewallPolicy wanted) throws FirewallException {
    written = null;
    String operation = "replacing table " + NftRuleset.TABLE;
    look(operation);
    load(operation, NftRuleset.replacement(wanted));
    fill(operation, () -> wanted, names(wanted));
    sign(operation, wanted);
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
    written = null;
    if (!look(operation).there()) {
      return false;
    }
    // Added first: deleting an absent table is an error.
    load(operation, "add table %1$s\ndelete table %1$s\n".formatted(NftRuleset.TABLE));
    return true;
  }

  private void restructure(NftLook look, FirewallPolicy wanted, Supplier<FirewallPolicy> newest)
      throws FirewallException {
    String operation = CHANGE;
    List<NftSet> sets = NftSets.of(wanted);
    List<NftChain> chains = NftRuleset.chains(wanted);
    List<String> commands = new ArrayList<>();
    commands.add(
        look.there()
            ? "add table " + NftRuleset.TABLE
            : "table %s {\n\tcomment \"%s\"\n}".formatted(NftRuleset.TABLE, NftRuleset.MARK));
    sets.forEach(set -> commands.add(set.addition()));
    load(operation, commands);
    fill(operation, newest, names(wanted));

    commands.clear();
    chains.forEach(chain -> commands.add(chain.addition()));
    chains.forEach(chain -> commands.addAll(chain.filling()));
    gone(look.chains().stream().map(ChainEntry::name).toList(), chains, NftChain::name)
        .forEach(
            chain -> {
              commands.add("flush chain %s %s".formatted(NftRuleset.TABLE, chain));
              commands.add("delete chain %s %s".formatted(NftRuleset.TABLE, chain));
            });
    List<String> had = asking(operation, socket -> socket.sets(NftLook.FAMILY, NftLook.NAME));
    gone(had, sets, NftSet::name)
        .forEach(set -> commands.add("delete set %s %s".formatted(NftRuleset.TABLE, set)));
    load(operation, commands);
    sign(operation, wanted);
  }

  private static <T> List<String> gone(List<String> had, List<T> wanted, Function<T, String> name) {
    Set<String> names = wanted.stream().map(name).collect(Collectors.toSet());
    return had.stream().filter(one -> !names.contains(one)).toList();
  }

  /** Makes the elements of the named sets the newest policy's, whatever their content. */
  private void fill(String operation, Supplier<FirewallPolicy> newest, Set<String> names)
      throws FirewallException {
    asking(
        operation,
        socket -> {
          for (int i = 0; i < TRIES; i++) {
            // Read first: a later change, of the newest policy's too, makes the commit fail.
            int generation = socket.generation();
            List<Request> requests = differences(socket, newest.get(), names);
            if (requests.isEmpty()) {
              return true;
            }
            if (socket.commit(generation, requests)) {
              transactions++;
              return true;
            }
          }
          throw new NetlinkException(operation, Errno.EAGAIN, "rules change all the time", -1);
        });
  }

  private static List<Request> differences(Nftables socket, FirewallPolicy wanted) {
    return differences(socket, wanted, names(wanted));
  }

  private static List<Request> differences(
      Nftables socket, FirewallPolicy wanted, Set<String> names) {
    List<Request> deletions = new ArrayList<>();
    List<Request> additions = new ArrayList<>();
    for (NftSet set : NftSets.of(wanted)) {
      if (set.dynamic() || !names.contains(set.name())) {
        continue;
      }
      Set<SetElement> had = socket.elements(NftLook.FAMILY, NftLook.NAME, set.name(), set.kind());
      Set<SetElement> elements = Set.copyOf(set.elements());
      deletions.addAll(
          TableCodec.delete(
              NftLook.FAMILY,
              NftLook.NAME,
              set.name(),
              set.kind(),
              had.stream().filter(one -> !elements.contains(one)).toList()));
      additions.addAll(
          TableCodec.add(
              NftLook.FAMILY,
              NftLook.NAME,
              set.name(),
              set.kind(),
              set.elements().stream().filter(one -> !had.contains(one)).toList()));
    }
    // Deletions first: intervals may widen.
    deletions.addAll(additions);
    return deletions;
  }

  /** Writes the state comment: proof that the chains are the policy's. */
  private void sign(String operation, FirewallPolicy wanted) throws FirewallException {
    asking(
        operation,
        socket -> {
          int generation = socket.generation();
          String state = NftLook.at(socket).state(NftRuleset.structure(wanted));
          // Refused after a foreign write meanwhile: the next look then finds no state and repairs.
          boolean done =
              socket.commit(
                  generation,
                  List.of(
                      TableCodec.flush(NftLook.FAMILY, NftLook.NAME, NftRuleset.STATE),
                      TableCodec.comment(NftLook.FAMILY, NftLook.NAME, NftRuleset.STATE, state)));
          transactions += done ? 1 : 0;
          return done;
        });
  }

  private void load(String operation, List<String> commands) throws FirewallException {
    load(operation, String.join("\n", commands) + "\n");
  }

  private void load(String operation, String commands) throws FirewallException {
    nft.succeed(operation, List.of("-f", "-"), commands);
    transactions++;
  }

  private NftLook look(String operation) throws FirewallException {
    NftLook look = asking(operation, NftLook::at);
    if (look.there() && !look.ours()) {
      throw new FirewallException(
          operation,
          "a table of that name is there without the comment \"" + NftRuleset.MARK + "\"",
          "It isn't ours and is left alone: rename or delete it",
          null);
    }
    return look;
  }

  private <T> T asking(String operation, Function<Nftables, T> question) throws FirewallException {
    try {
      Nftables socket = kernel;
      if (socket == null) {
        socket = open.get();
        kernel = socket;
      }
      return question.apply(socket);
    } catch (NetlinkException e) {
      close();
      String fix =
          e.errno() == Errno.EPERM
              ? "meshd needs CAP_NET_ADMIN"
              : "It is tried again; the kernel needs nf_tables (modprobe nf_tables), 5.10 or later";
      throw new FirewallException(operation, String.valueOf(e.getMessage()), fix, e);
    }
  }

  /** Trusts no write of this object any more. */
  void forget() {
    written = null;
  }

  /** Closes the socket; the table stays. */
  @Override
  public void close() {
    Nftables socket = kernel;
    kernel = null;
    if (socket != null) {
      socket.close();
    }
  }
}
