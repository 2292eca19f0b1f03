package io.vrouter.mesh.firewall;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.netfilter.ChainEntry;
import io.vrouter.netlink.netfilter.Expression;
import io.vrouter.netlink.netfilter.RuleEntry;
import io.vrouter.netlink.wire.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The chains of iptables-nft that {@link IptablesChange} may write to, read from the kernel without
 * a process. Other chains, perhaps with 100,000 input rules, aren't read.
 *
 * <p>The parts that {@link IptablesChange} reads have the form of {@code iptables-save}: our own
 * rules, targets, and destinations. Any other condition is {@value #OTHER}.
 */
final class KernelDump {
  private static final String OTHER = "-m other";

  private static final int NF_DROP = 0;
  private static final int NF_ACCEPT = 1;
  private static final int NFT_JUMP = -3;
  private static final int NFT_GOTO = -4;
  private static final int NFT_RETURN = -5;

  private static final int NFTA_PAYLOAD_BASE = 2;
  private static final int NFTA_PAYLOAD_OFFSET = 3;
  private static final int NFTA_BITWISE_MASK = 4;
  private static final int NFTA_CMP_OP = 2;
  private static final int NFTA_CMP_DATA = 3;
  private static final int NFT_PAYLOAD_NETWORK_HEADER = 1;
  private static final int NFT_CMP_EQ = 0;

  private static final byte[] COMMENT = NftRuleset.MARK.getBytes(StandardCharsets.US_ASCII);

  private KernelDump() {}

  /** Reads the tables {@code filter} and {@code raw} of one family. */
  static IptablesDump of(Nftables kernel, boolean ipv4) {
    int family = ipv4 ? ChainEntry.NFPROTO_IPV4 : ChainEntry.NFPROTO_IPV6;
    Map<String, IptablesDump.TableRules> tables = new LinkedHashMap<>();
    for (ChainEntry chain : kernel.chains(it -> it.family() == family && isTable(it.table()))) {
      IptablesDump.TableRules table =
          tables.computeIfAbsent(
              chain.table(),
              name -> new IptablesDump.TableRules(new LinkedHashMap<>(), new LinkedHashMap<>()));
      String policy = chain.policy() == ChainEntry.NF_DROP ? "DROP" : "ACCEPT";
      table.policies().put(chain.name(), chain.isBase() ? policy : "-");
      if (IptablesChange.reads(chain.table(), chain.name())) {
        List<String> rules = new ArrayList<>();
        kernel.rules(family, chain.table(), chain.name(), rule -> rules.add(text(rule, ipv4)));
        table.rules().put(chain.name(), rules);
      }
    }
    return new IptablesDump(tables, List.of());
  }

  private static boolean isTable(String name) {
    return name.equals("filter") || name.equals("raw");
  }

  private static String text(RuleEntry rule, boolean ipv4) {
    String chain = "-A " + rule.chain() + " ";
    String target = target(rule);
    if (isOurs(rule)) {
      for (String known : List.of(ForwardingRules.PASSED, ForwardingRules.ARRIVED)) {
        if (known.endsWith(" -j " + target) && marks(rule, known)) {
          return chain + known;
        }
      }
      return chain + ForwardingRules.COMMENT + " -j " + target;
    }
    String condition = condition(rule, ipv4);
    return chain + (condition.isEmpty() ? "" : condition + " ") + "-j " + target;
  }

  static boolean isOurs(RuleEntry rule) {
    return rule.comment().equals(NftRuleset.MARK)
        || rule.expressions().stream()
            .anyMatch(it -> it.name().equals("match") && holds(it.data(), COMMENT));
  }

  private static boolean marks(RuleEntry rule, String known) {
    String mark = known.contains(PacketMark.PASSED) ? PacketMark.PASSED : PacketMark.ARRIVED;
    byte[] bits = PacketMark.octets(mark);
    return rule.expressions().stream().anyMatch(it -> holds(it.data(), bits));
  }

  /** Whether octets hold others. */
  static boolean holds(Payload data, byte[] part) {
    byte[] octets = data.toArray();
    for (int i = 0; i + part.length <= octets.length; i++) {
      if (Arrays.equals(octets, i, i + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  static String target(RuleEntry rule) {
    String target = "CONTINUE";
    for (Expression expression : rule.expressions()) {
      if (expression.name().equals("reject")) {
        target = "REJECT";
      } else if (expression.target().isPresent()) {
        target = expression.target().get();
      } else if (expression.verdict().isPresent()) {
        target =
            switch (expression.verdict().getAsInt()) {
              case NF_DROP -> "DROP";
              case NF_ACCEPT -> "ACCEPT";
              case NFT_RETURN -> "RETURN";
              case NFT_JUMP, NFT_GOTO -> expression.verdictChain().orElse("");
              default -> target;
            };
      }
    }
    return target;
  }

  static String condition(RuleEntry rule, boolean ipv4) {
    String condition = "";
    boolean destination = false;
    byte @Nullable [] mask = null;
    for (Expression expression : rule.expressions()) {
      switch (expression.name()) {
        case "counter", "immediate", "reject", "target", "log" -> {}
        case "payload" -> {
          mask = null;
          destination =
              expression.number(NFTA_PAYLOAD_BASE, -1) == NFT_PAYLOAD_NETWORK_HEADER
                  && expression.number(NFTA_PAYLOAD_OFFSET, -1) == (ipv4 ? 16 : 24);
          condition += destination ? "" : OTHER + " ";
        }
        case "bitwise" ->
            mask = expression.value(NFTA_BITWISE_MASK).map(Payload::toArray).orElse(null);
        case "cmp" -> {
          if (destination) {
            condition += destination(expression, mask, ipv4 ? 4 : 16) + " ";
          }
          destination = false;
        }
        default -> {
          destination = false;
          condition += OTHER + " ";
        }
      }
    }
    return condition.strip();
  }

  private static String destination(
      Expression compared, byte @Nullable [] mask, int octetsOfAnAddress) {
    byte[] value = compared.value(NFTA_CMP_DATA).map(Payload::toArray).orElse(new byte[0]);
    if (value.length == 0 || value.length > octetsOfAnAddress) {
      return OTHER;
    }
    int length = value.length * 8;
    if (mask != null) {
      length = 0;
      for (byte octet : mask) {
        length += Integer.bitCount(octet & 0xff);
      }
    }
    Payload address = Payload.of(Arrays.copyOf(value, octetsOfAnAddress));
    String not = compared.number(NFTA_CMP_OP, NFT_CMP_EQ) == NFT_CMP_EQ ? "" : "! ";
    return not + "-d " + Prefix.of(address.ip(), length);
  }
}
