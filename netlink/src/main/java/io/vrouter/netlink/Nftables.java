package io.vrouter.netlink;

import io.vrouter.netlink.netfilter.BatchCodec;
import io.vrouter.netlink.netfilter.ChainEntry;
import io.vrouter.netlink.netfilter.ExpiringKey;
import io.vrouter.netlink.netfilter.GenerationCodec;
import io.vrouter.netlink.netfilter.RuleEntry;
import io.vrouter.netlink.netfilter.SetDump;
import io.vrouter.netlink.netfilter.SetElement;
import io.vrouter.netlink.netfilter.SetKind;
import io.vrouter.netlink.netfilter.TableCodec;
import io.vrouter.netlink.netfilter.TableEntry;
import io.vrouter.netlink.socket.KernelSocket;
import io.vrouter.netlink.socket.NetlinkSocket;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * nftables of one network namespace, without the nft program: the generation of its rules,
 * listings, and elements of sets in transactions. Everything needs CAP_NET_ADMIN; errors are {@link
 * NetlinkException}. One thread at a time.
 */
public final class Nftables implements AutoCloseable {
  private static final int RECEIVE_BUFFER = 1024 * 1024;

  /** Fits the default send buffer (net.core.wmem_default). */
  private static final int TRANSACTION_OCTETS = 128 * 1024;

  /** The kernel's own (include/linux/errno.h). */
  private static final int ERESTART = 85;

  private final Conversation conversation;

  private Nftables(NetlinkSocket socket) {
    conversation = new Conversation(socket);
  }

  /**
   * In the calling thread's network namespace.
   *
   * @throws NetlinkException when the kernel gives no socket
   */
  public static Nftables open() {
    return opened(
        "open an nftables socket",
        () -> KernelSocket.open(Netlink.NETLINK_NETFILTER, RECEIVE_BUFFER));
  }

  /**
   * In another network namespace: a file such as /proc/PID/ns/net.
   *
   * @throws NetlinkException when the kernel gives no socket
   */
  public static Nftables open(Path netns) {
    return opened(
        "open an nftables socket in " + netns,
        () -> KernelSocket.open(netns, Netlink.NETLINK_NETFILTER, RECEIVE_BUFFER));
  }

  private static Nftables opened(String op, Supplier<NetlinkSocket> open) {
    try {
      return new Nftables(open.get());
    } catch (SyscallException e) {
      throw new NetlinkException(op, e.errno(), e.op(), e);
    }
  }

  /**
   * Number of transactions so far: each change of rules adds one. Wraps at 2^32.
   *
   * @throws NetlinkException when the kernel doesn't answer, e.g. without the module nf_tables
   */
  public int generation() {
    return conversation
        .query(GenerationCodec.get(), GenerationCodec.NFT_MSG_NEWGEN, List.of())
        .map(GenerationCodec::decode)
        .orElseThrow(
            () -> new NetlinkException("ask for nftables' generation", Errno.EINVAL, "", -1));
  }

  /** The tables of all families. */
  public List<TableEntry> tables() {
    return list(TableCodec.tables(), TableCodec.NFT_MSG_NEWTABLE, TableCodec::table, table -> true);
  }

  /** The chains of all families that match. */
  public List<ChainEntry> chains(Predicate<ChainEntry> matches) {
    return list(TableCodec.chains(), TableCodec.NFT_MSG_NEWCHAIN, TableCodec::chain, matches);
  }

  /**
   * The rules of a table, by chain, in order.
   *
   * @param family NFPROTO_
   */
  public List<RuleEntry> rules(int family, String table) {
    Request request = TableCodec.rules(family, table);
    return list(request, TableCodec.NFT_MSG_NEWRULE, TableCodec::rule, rule -> true);
  }

  /**
   * Passes rules on, in order, and retains none. A change of rules meanwhile makes the dump start
   * again from the first one.
   *
   * @param family NFPROTO_
   * @param chain null for all chains of the table
   */
  public void rules(int family, String table, @Nullable String chain, Consumer<RuleEntry> each) {
    conversation.forEach(
        chain == null ? TableCodec.rules(family, table) : TableCodec.rules(family, table, chain),
        TableCodec.NFT_MSG_NEWRULE,
        TableCodec::rule,
        each);
  }

  /**
   * The names of a table's sets, but for those inside rules.
   *
   * @param family NFPROTO_
   */
  public List<String> sets(int family, String table) {
    return list(
        TableCodec.sets(family, table),
        TableCodec.NFT_MSG_NEWSET,
        TableCodec::setName,
        name -> !name.startsWith("__"));
  }

  /**
   * The elements of a set. ENOENT when there is no such set.
   *
   * @param family NFPROTO_
   */
  public Set<SetElement> elements(int family, String table, String set, SetKind kind) {
    return SetDump.read(
        list(
            TableCodec.elements(family, table, set),
            TableCodec.NFT_MSG_NEWSETELEM,
            SetDump::of,
            one -> true),
        kind);
  }

  /**
   * The elements of a set with timeouts. ENOENT when there is no such set.
   *
   * @param family NFPROTO_
   */
  public List<ExpiringKey> expirations(int family, String table, String set) {
    return list(
            TableCodec.elements(family, table, set),
            TableCodec.NFT_MSG_NEWSETELEM,
            TableCodec::expirations,
            one -> true)
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Makes changes in as few transactions as the send buffer allows, usually one.
   *
   * @param requests of {@link TableCodec}, in order
   * @return whether the ruleset was at this generation for the first transaction; when not, nothing
   *     was done
   * @throws NetlinkException when one is refused: none of its transaction took effect
   */
  public boolean commit(int generation, List<Request> requests) {
    int from = 0;
    int expected = generation;
    while (from < requests.size()) {
      int to = from;
      int octets = 0;
      while (to < requests.size()
          && (to == from || octets + requests.get(to).body().length() <= TRANSACTION_OCTETS)) {
        octets += requests.get(to++).body().length() + Message.HEADER;
      }
      for (Outcome outcome :
          conversation.transaction(
              BatchCodec.begin(expected), requests.subList(from, to), BatchCodec.end())) {
        if (outcome.errno() == ERESTART && from == 0) {
          return false;
        }
        if (!outcome.ok()) {
          throw outcome.toException();
        }
      }
      from = to;
      expected = from < requests.size() ? generation() : expected;
    }
    return true;
  }

  private <T> List<T> list(
      Request request, int answer, Function<Payload, T> decode, Predicate<? super T> matches) {
    Dump<T> dump = conversation.dump(request, answer, decode, matches);
    if (dump.interrupted()) {
      throw new NetlinkException(request.op(), Errno.EINTR, "rules change all the time", -1);
    }
    return dump.entries();
  }

  /** Idempotent. */
  @Override
  public void close() {
    conversation.close();
  }
}
