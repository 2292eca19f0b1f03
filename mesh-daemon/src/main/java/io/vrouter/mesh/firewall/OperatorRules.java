package io.vrouter.mesh.firewall;

import static io.vrouter.netlink.netfilter.ChainEntry.NFPROTO_INET;
import static io.vrouter.netlink.netfilter.ChainEntry.NFPROTO_IPV4;
import static io.vrouter.netlink.netfilter.ChainEntry.NF_INET_FORWARD;
import static io.vrouter.netlink.netfilter.ChainEntry.NF_INET_POST_ROUTING;
import static io.vrouter.netlink.netfilter.ChainEntry.NF_INET_PRE_ROUTING;

import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.netfilter.ChainEntry;
import io.vrouter.netlink.netfilter.Expression;
import io.vrouter.netlink.netfilter.RuleEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds chains of the operator and of programs other than Docker that act on forwarded IPv4
 * packets: a packet that passes the tables by would pass these by, too. A rule that only accepts
 * counts as none. Which packets a rule matches is not weighed: any other rule counts.
 *
 * <p>A worker reads, since a host may have 100,000 rules. Thread-safe.
 */
public final class OperatorRules {
  private static final Logger LOG = LoggerFactory.getLogger(OperatorRules.class);

  private static final int NFPROTO_NETDEV = 5;
  private static final int NFPROTO_BRIDGE = 7;
  private static final int NF_BR_BROUTING = 5;

  private static final Map<Integer, String> FAMILIES =
      Map.of(
          NFPROTO_INET,
          "inet",
          NFPROTO_IPV4,
          "ip",
          NFPROTO_BRIDGE,
          "bridge",
          NFPROTO_NETDEV,
          "netdev");
  private static final Set<Integer> HOOKS =
      Set.of(NF_INET_PRE_ROUTING, NF_INET_FORWARD, NF_INET_POST_ROUTING, NF_BR_BROUTING);
  private static final Set<String> TABLES =
      Set.of(NftRuleset.TABLE, DockerMark.TABLE, "ip docker-bridges");

  /** Docker's chain for the operator's own rules. */
  private static final String USER = "ip filter DOCKER-USER";

  /** Targets that change nothing for a packet that our own table lets through. */
  private static final Set<String> HARMLESS =
      Set.of("ACCEPT", "RETURN", "CONTINUE", "TCPMSS", "DOCKER-USER");

  /** Expressions that only look. */
  private static final Set<String> LOOKING =
      Set.of(
          "counter",
          "match",
          "payload",
          "bitwise",
          "cmp",
          "range",
          "lookup",
          "immediate",
          "target",
          "fib",
          "rt",
          "exthdr");

  /** {@code NFTA_META_SREG} and {@code NFTA_CT_SREG}: the expression writes. */
  private static final Map<String, Integer> WRITING = Map.of("meta", 3, "ct", 4);

  private final Supplier<Nftables> open;
  private final Executor worker;
  private final Path procNet;
  private final Runnable changed;
  private final AtomicBoolean waiting = new AtomicBoolean();

  /** On the worker only. */
  private OptionalInt generation = OptionalInt.empty();

  private volatile Optional<List<String>> found = Optional.empty();

  /**
   * Reads nothing yet.
   *
   * @param changed run on the worker when another answer than before was found
   */
  public OperatorRules(Executor worker, Runnable changed) {
    this(Nftables::open, worker, Path.of("/proc/net"), changed);
  }

  OperatorRules(Supplier<Nftables> open, Executor worker, Path procNet, Runnable changed) {
    this.open = open;
    this.worker = worker;
    this.procNet = procNet;
    this.changed = changed;
  }

  /** Starts a read, unless no rule has changed since the last one. Returns at once. */
  public void look() {
    if (!waiting.getAndSet(true)) {
      worker.execute(
          () -> {
            waiting.set(false);
            read();
          });
    }
  }

  /** The chains that the last read found, in words; empty before the first has ended. */
  public Optional<List<String>> found() {
    return found;
  }

  private void read() {
    Optional<List<String>> before = found;
    try (Nftables kernel = open.get()) {
      OptionalInt now = OptionalInt.of(kernel.generation());
      if (now.equals(generation)) {
        return;
      }
      List<String> chains = new ArrayList<>(legacy());
      for (ChainEntry chain : kernel.chains(OperatorRules::concerns)) {
        if (acts(kernel, chain)) {
          chains.add("chain %s of table %s".formatted(chain.name(), table(chain)));
        }
      }
      found = Optional.of(List.copyOf(chains));
      generation = now;
    } catch (NetlinkException e) {
      LOG.debug("chains can't be read", e);
    }
    if (!found.equals(before)) {
      changed.run();
    }
  }

  /** Tables of iptables-legacy have no messages to read them by. */
  private List<String> legacy() {
    try {
      return Files.readAllLines(procNet.resolve("ip_tables_names")).stream()
          .filter(name -> !name.isBlank())
          .map(name -> "table " + name.strip() + " of iptables-legacy")
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static boolean concerns(ChainEntry chain) {
    boolean hooked =
        chain.isBase() && (HOOKS.contains(chain.hook()) || chain.family() == NFPROTO_NETDEV);
    return FAMILIES.containsKey(chain.family())
        && !TABLES.contains(table(chain))
        && (hooked || isUser(chain));
  }

  private static boolean isUser(ChainEntry chain) {
    return (table(chain) + " " + chain.name()).equals(USER);
  }

  private static String table(ChainEntry chain) {
    return FAMILIES.get(chain.family()) + " " + chain.table();
  }

  private static boolean acts(Nftables kernel, ChainEntry chain) {
    boolean ofDocker = table(chain).equals("ip filter") && chain.name().equals("FORWARD");
    if (chain.isBase() && chain.policy() == ChainEntry.NF_DROP && !ofDocker) {
      return true;
    }
    // Ours precedes them, and a connection's source is translated once.
    if (table(chain).equals("ip nat") && chain.hook() == NF_INET_POST_ROUTING) {
      return false;
    }
    boolean[] acts = {false};
    kernel.rules(chain.family(), chain.table(), chain.name(), rule -> acts[0] |= acts(chain, rule));
    return acts[0];
  }

  private static boolean acts(ChainEntry chain, RuleEntry rule) {
    if (KernelDump.isOurs(rule)) {
      return false;
    }
    for (Expression expression : rule.expressions()) {
      Integer writes = WRITING.get(expression.name());
      boolean looks =
          writes == null ? LOOKING.contains(expression.name()) : expression.value(writes).isEmpty();
      if (!looks && !expression.name().equals("reject")) {
        return true;
      }
    }
    String target = KernelDump.target(rule);
    if (HARMLESS.contains(target) || (target.startsWith("DOCKER") && !isUser(chain))) {
      return false;
    }
    return !(table(chain).equals("ip raw") && isDockers(rule));
  }

  /** Docker keeps others from containers by raw rules on one address, which our mark passes. */
  private static boolean isDockers(RuleEntry rule) {
    return KernelDump.condition(rule, true).matches("-d [0-9.]+/32 .*")
        && KernelDump.target(rule).equals("DROP");
  }
}
