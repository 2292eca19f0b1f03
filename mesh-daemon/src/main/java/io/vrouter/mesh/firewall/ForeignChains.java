package io.vrouter.mesh.firewall;

import static io.vrouter.netlink.netfilter.ChainEntry.NFPROTO_INET;
import static io.vrouter.netlink.netfilter.ChainEntry.NFPROTO_IPV4;
import static io.vrouter.netlink.netfilter.ChainEntry.NFPROTO_IPV6;
import static io.vrouter.netlink.netfilter.ChainEntry.NF_INET_FORWARD;
import static io.vrouter.netlink.netfilter.ChainEntry.NF_INET_PRE_ROUTING;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Remedy;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.netfilter.ChainEntry;
import io.vrouter.netlink.netfilter.Expression;
import io.vrouter.netlink.netfilter.RuleEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds foreign base chains that drop packets which the mesh forwards: an accept ends one base
 * chain only, so ours opens none of them. Read from the kernel, without a process; no rule is
 * retained. A host may have 100,000 rules, so a worker reads them.
 *
 * <p>Chains that {@link IptablesForwarding} and {@link DockerMark} open are excluded. A table with
 * a rule that names a tunnel device or our mark counts as opened by its owner: its rules don't show
 * whether all packets pass.
 */
final class ForeignChains {
  /** The code of the problems. */
  static final String CODE = "foreign-chain-drops";

  private static final Logger LOG = LoggerFactory.getLogger(ForeignChains.class);

  private static final Map<Integer, String> FAMILIES =
      Map.of(NFPROTO_INET, "inet", NFPROTO_IPV4, "ip", NFPROTO_IPV6, "ip6");

  /** Hooks that inner packets pass, with the priority from which on our mark is on them. */
  private static final Map<Integer, Hook> HOOKS =
      Map.of(
          NF_INET_PRE_ROUTING, new Hook("prerouting", -310, PacketMark.ARRIVED),
          NF_INET_FORWARD, new Hook("forward", -10, PacketMark.PASSED));

  private static final Set<String> OPENED =
      Set.of("ip filter FORWARD", "ip6 filter FORWARD", "ip raw PREROUTING", "ip6 raw PREROUTING");
  private static final Set<String> TABLES =
      Set.of(NftRuleset.TABLE, DockerMark.TABLE, "ip docker-bridges", "ip6 docker-bridges");

  /** Expressions of a rule that matches every packet. */
  private static final Set<String> UNCONDITIONAL = Set.of("counter", "log");

  private static final Set<String> DROPS = Set.of("DROP", "REJECT");

  private static final List<byte[]> OURS =
      List.of(
          "vxlan".getBytes(StandardCharsets.US_ASCII),
          PacketMark.octets(PacketMark.ARRIVED),
          PacketMark.octets(PacketMark.PASSED));

  private final Supplier<Nftables> open;
  private final Executor worker;
  private final BooleanSupplier firewallCmd;
  private final AtomicBoolean waiting = new AtomicBoolean();

  /** On the worker only. */
  private OptionalInt generation = OptionalInt.empty();

  private volatile List<Problem> found = List.of();
  private volatile List<Problem> reported = List.of();

  private record Hook(String name, int priority, String mark) {}

  ForeignChains(Supplier<Nftables> open, Executor worker) {
    this(open, worker, () -> onPath("firewall-cmd"));
  }

  /**
   * As above.
   *
   * @param firewallCmd whether firewalld's command is installed
   */
  ForeignChains(Supplier<Nftables> open, Executor worker, BooleanSupplier firewallCmd) {
    this.open = open;
    this.worker = worker;
    this.firewallCmd = firewallCmd;
  }

  private static boolean onPath(String program) {
    return Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "").split(":", -1))
        .filter(directory -> !directory.isEmpty())
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /**
   * Starts a read of the chains, unless no rule has changed since the last one. Returns at once.
   */
  void look(FirewallPolicy policy) {
    List<String> devices = policy.zones().stream().map(Zone::device).sorted().toList();
    if (!waiting.getAndSet(true)) {
      worker.execute(
          () -> {
            waiting.set(false);
            read(devices);
          });
    }
  }

  /** A problem for each such chain that the last look found. From any thread. */
  List<Problem> problems() {
    reported = found;
    return reported;
  }

  /** Whether the problems differ from those last returned. From any thread. */
  boolean changed() {
    return !found.equals(reported);
  }

  private void read(List<String> devices) {
    if (devices.isEmpty()) {
      found = List.of();
      generation = OptionalInt.empty();
      return;
    }
    try (Nftables kernel = open.get()) {
      OptionalInt now = OptionalInt.of(kernel.generation());
      if (now.equals(generation)) {
        return;
      }
      List<Problem> problems = new ArrayList<>();
      for (ChainEntry chain : kernel.chains(ForeignChains::concerns)) {
        String why = why(kernel, chain);
        if (!why.isEmpty() && !isOpen(kernel, chain)) {
          problems.add(problem(chain, why, devices));
        }
      }
      found = List.copyOf(problems);
      generation = now;
    } catch (NetlinkException e) {
      LOG.debug("chains of others can't be read", e);
    }
  }

  private static boolean concerns(ChainEntry chain) {
    return HOOKS.containsKey(chain.hook())
        && FAMILIES.containsKey(chain.family())
        && !TABLES.contains(table(chain))
        && !OPENED.contains(table(chain) + " " + chain.name());
  }

  private static String table(ChainEntry chain) {
    return FAMILIES.get(chain.family()) + " " + chain.table();
  }

  private static String why(Nftables kernel, ChainEntry chain) {
    if (chain.policy() == ChainEntry.NF_DROP) {
      return "its policy is drop";
    }
    boolean[] drops = {false};
    kernel.rules(chain.family(), chain.table(), chain.name(), rule -> drops[0] = drops(rule));
    return drops[0] ? "its last rule drops what is left" : "";
  }

  private static boolean drops(RuleEntry rule) {
    boolean drops = false;
    for (Expression expression : rule.expressions()) {
      if (expression.name().equals("reject")
          || expression.verdict().orElse(ChainEntry.NF_ACCEPT) == ChainEntry.NF_DROP
          || expression.target().filter(DROPS::contains).isPresent()) {
        drops = true;
      } else if (!UNCONDITIONAL.contains(expression.name())) {
        return false;
      }
    }
    return drops;
  }

  private static boolean isOpen(Nftables kernel, ChainEntry chain) {
    boolean[] open = {false};
    kernel.rules(
        chain.family(),
        chain.table(),
        null,
        rule -> open[0] |= rule.expressions().stream().anyMatch(ForeignChains::names));
    return open[0];
  }

  private static boolean names(Expression expression) {
    return OURS.stream().anyMatch(ours -> KernelDump.holds(expression.data(), ours));
  }

  private Problem problem(ChainEntry chain, String why, List<String> devices) {
    Hook hook = Objects.requireNonNull(HOOKS.get(chain.hook()));
    String where = table(chain) + " " + chain.name();
    boolean firewalld = chain.table().equals("firewalld") && firewallCmd.getAsBoolean();
    List<String> commands = firewalld ? zone(devices) : rules(where, hook, chain.priority());
    String foreign =
        firewalld ? "firewalld" : "table %s, chain %s".formatted(table(chain), chain.name());
    return new Problem(
            CODE,
            "chain %s of table %s (hook %s, priority %d) drops packets between hosts: %s"
                .formatted(chain.name(), table(chain), hook.name(), chain.priority(), why),
            String.join("; ", commands)
                + (firewalld ? "" : ", and the same in the file that the table is loaded from"))
        .with(Remedy.all(commands, foreign));
  }

  /** firewalld writes its table anew from its zones: a rule of nft would not last. */
  private static List<String> zone(List<String> devices) {
    return Stream.concat(
            devices.stream()
                .map(device -> "firewall-cmd --permanent --zone=trusted --add-interface=" + device),
            Stream.of("firewall-cmd --reload"))
        .toList();
  }

  private static List<String> rules(String where, Hook hook, int priority) {
    String insert = "nft insert rule " + where + " ";
    if (priority > hook.priority()) {
      // nft takes both; a shell would take the sign as its own
      return List.of(insert + PacketMark.has(hook.mark()).replace("&", "and") + " accept");
    }
    String devices = insert + "iifname \"vxlan*\" accept";
    return hook.name().equals("forward")
        ? List.of(devices, insert + "oifname \"vxlan*\" accept")
        : List.of(devices);
  }
}
