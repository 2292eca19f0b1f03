package io.vrouter.mesh.firewall;

import static io.vrouter.netlink.netfilter.ChainEntry.NFPROTO_INET;
import static io.vrouter.netlink.netfilter.ChainEntry.NFPROTO_IPV4;
import static io.vrouter.netlink.netfilter.ChainEntry.NF_INET_LOCAL_IN;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Remedy;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.netfilter.ChainEntry;
import io.vrouter.netlink.netfilter.RuleEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds input chains of others that drop what members send to this host's UDP ports. Reads the
 * kernel once; iptables-legacy's chains aren't there. Names only what is certain: a chain that may
 * accept by a condition that isn't read counts as open.
 */
public final class ClosedPorts {
  /** The code of the problems. */
  public static final String CODE = "port-filtered";

  private static final Map<Integer, String> FAMILIES =
      Map.of(NFPROTO_INET, "inet", NFPROTO_IPV4, "ip");

  /** The use of a port. */
  public enum PortUse {
    /** Members that contact each other at once pass a chain that lets answers in: a warning. */
    GOSSIP("gossip"),
    VXLAN("VXLAN"),
    WIREGUARD("WireGuard");

    private final String text;

    PortUse(String text) {
      this.text = text;
    }
  }

  private ClosedPorts() {}

  /**
   * A problem for each chain and port that it closes.
   *
   * @param ports uses by UDP port
   * @throws io.vrouter.netlink.NetlinkException when the kernel can't be read
   */
  public static List<Problem> find(Nftables kernel, Map<Integer, PortUse> ports) {
    List<Problem> problems = new ArrayList<>();
    for (ChainEntry base : kernel.chains(ClosedPorts::concerns)) {
      Map<String, List<RuleEntry>> chains = new HashMap<>();
      kernel
          .rules(base.family(), base.table())
          .forEach(rule -> chains.computeIfAbsent(rule.chain(), it -> new ArrayList<>()).add(rule));
      new TreeMap<>(ports)
          .forEach(
              (port, use) -> {
                if (new PortRules(chains, port).fate(base) == PortRules.Fate.DROPPED) {
                  problems.add(problem(base, chains, port, use));
                }
              });
    }
    return problems;
  }

  private static boolean concerns(ChainEntry chain) {
    return chain.hook() == NF_INET_LOCAL_IN
        && FAMILIES.containsKey(chain.family())
        && !chain.table().equals(NftRuleset.TABLE);
  }

  private static Problem problem(
      ChainEntry chain, Map<String, List<RuleEntry>> chains, int port, PortUse use) {
    String table = FAMILIES.get(chain.family()) + " " + chain.table();
    List<String> commands = commands(chain, chains, table, port);
    boolean lasts = !commands.get(0).startsWith("nft") && !commands.get(0).startsWith("iptables");
    return new Problem(
            CODE,
            use == PortUse.GOSSIP ? Problem.Severity.WARNING : Problem.Severity.ERROR,
            "chain %s of table %s drops what members send to UDP port %d (%s) of this host"
                .formatted(chain.name(), table, port, use.text),
            String.join("; ", commands)
                + (lasts ? "" : ", and the same where that firewall keeps its rules"),
            null)
        .with(Remedy.all(commands, "table %s, chain %s".formatted(table, chain.name())));
  }

  private static List<String> commands(
      ChainEntry chain, Map<String, List<RuleEntry>> chains, String table, int port) {
    if (chain.table().equals("firewalld")) {
      return List.of(
          "firewall-cmd --permanent --add-port=%d/udp".formatted(port), "firewall-cmd --reload");
    }
    if (table.equals("ip filter") && chain.name().equals("INPUT")) {
      return chains.containsKey("ufw-before-input")
          ? List.of("ufw allow %d/udp".formatted(port))
          : List.of("iptables -I INPUT -p udp --dport %d -j ACCEPT".formatted(port));
    }
    return List.of(
        "nft insert rule %s %s udp dport %d accept".formatted(table, chain.name(), port));
  }
}
