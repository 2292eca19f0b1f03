package io.vrouter.mesh.firewall;

import io.vrouter.netlink.netfilter.ChainEntry;
import io.vrouter.netlink.netfilter.Expression;
import io.vrouter.netlink.netfilter.RuleEntry;
import io.vrouter.netlink.wire.Payload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fate of a peer's first UDP packet to a port of this host in the chains of one table. Pure.
 * Conditions other than protocol, port, input device and connection state may hold or not: what
 * depends on them is {@link Fate#PERHAPS}.
 */
final class PortRules {
  /** The fate of the packet in a chain. */
  enum Fate {
    ACCEPTED,
    DROPPED,
    /** It depends on conditions that aren't read, such as sets and addresses. */
    PERHAPS,
    /** No rule decides. */
    LEFT
  }

  private static final int DEPTH = 16;
  private static final int UDP = 17;

  private static final int NFT_JUMP = -3;
  private static final int NFT_GOTO = -4;
  private static final int NFT_RETURN = -5;

  private static final int NFTA_PAYLOAD_BASE = 2;
  private static final int NFTA_PAYLOAD_OFFSET = 3;
  private static final int NFT_PAYLOAD_NETWORK_HEADER = 1;
  private static final int NFT_PAYLOAD_TRANSPORT_HEADER = 2;
  private static final int NFTA_META_KEY = 2;
  private static final int NFT_META_IIF = 4;
  private static final int NFT_META_IIFNAME = 6;
  private static final int NFT_META_NFPROTO = 15;
  private static final int NFT_META_L4PROTO = 16;
  private static final int NFTA_CT_KEY = 2;
  private static final int NFT_CT_STATE = 0;
  private static final int NFTA_BITWISE_MASK = 4;
  private static final int NFTA_CMP_OP = 2;
  private static final int NFTA_CMP_DATA = 3;
  private static final int NFT_CMP_EQ = 0;
  private static final int NFTA_MATCH_NAME = 1;
  private static final int NFTA_MATCH_INFO = 3;

  /** IP_CT_NEW and untracked, as bits of nft's {@code ct state} and of xt_conntrack. */
  private static final int FIRST_PACKETS = 8 | 64;

  /** {@code state_mask} in {@code struct xt_conntrack_mtinfo3}. */
  private static final int CONNTRACK_STATES = 150;

  private static final Set<String> WITHOUT_EFFECT = Set.of("counter", "log");
  private static final Set<String> DROPS = Set.of("DROP", "REJECT");

  private final Map<String, List<RuleEntry>> chains;
  private final int port;

  PortRules(Map<String, List<RuleEntry>> chains, int port) {
    this.chains = chains;
    this.port = port;
  }

  /** The fate in a base chain, its policy included. */
  Fate fate(ChainEntry chain) {
    Fate fate = fate(chain.name(), 0);
    return fate == Fate.LEFT && chain.policy() == ChainEntry.NF_DROP ? Fate.DROPPED : fate;
  }

  private Fate fate(String chain, int depth) {
    boolean perhaps = depth > DEPTH;
    for (RuleEntry rule :
        depth > DEPTH ? List.<RuleEntry>of() : chains.getOrDefault(chain, List.of())) {
      Conditions conditions = Conditions.of(rule, port);
      if (conditions == Conditions.NEVER) {
        continue;
      }
      Fate fate = verdict(rule, depth);
      if (fate == Fate.LEFT) {
        if (returns(rule) && conditions == Conditions.ALWAYS) {
          break;
        }
        continue;
      }
      if (conditions == Conditions.ALWAYS && fate != Fate.PERHAPS) {
        return perhaps ? Fate.PERHAPS : fate;
      }
      perhaps |= fate != Fate.DROPPED;
    }
    return perhaps ? Fate.PERHAPS : Fate.LEFT;
  }

  private Fate verdict(RuleEntry rule, int depth) {
    for (Expression expression : rule.expressions()) {
      if (expression.name().equals("reject")
          || expression.target().filter(DROPS::contains).isPresent()) {
        return Fate.DROPPED;
      }
      int code = expression.verdict().orElse(NFT_RETURN);
      if (code == ChainEntry.NF_ACCEPT) {
        return Fate.ACCEPTED;
      }
      if (code == ChainEntry.NF_DROP) {
        return Fate.DROPPED;
      }
      if (code == NFT_JUMP || code == NFT_GOTO) {
        return fate(expression.verdictChain().orElse(""), depth + 1);
      }
    }
    return Fate.LEFT;
  }

  private static boolean returns(RuleEntry rule) {
    return rule.expressions().stream()
        .anyMatch(expression -> expression.verdict().orElse(0) == NFT_RETURN);
  }

  /** Whether such a packet matches a rule. */
  private enum Conditions {
    ALWAYS,
    SOMETIMES,
    NEVER;

    /** The last value that a rule loads. */
    private enum Loaded {
      PORT,
      PROTOCOL,
      DEVICE,
      DEVICE_INDEX,
      STATE,
      FAMILY,
      OTHER
    }

    static Conditions of(RuleEntry rule, int port) {
      Conditions all = ALWAYS;
      Loaded loaded = Loaded.OTHER;
      for (Expression expression : rule.expressions()) {
        Conditions one = ALWAYS;
        switch (expression.name()) {
          case "payload" -> loaded = payload(expression);
          case "meta" -> loaded = meta(expression);
          case "ct" ->
              loaded =
                  expression.number(NFTA_CT_KEY, -1) == NFT_CT_STATE ? Loaded.STATE : Loaded.OTHER;
          case "bitwise" -> one = loaded == Loaded.STATE ? state(expression) : ALWAYS;
          case "cmp" -> one = compared(expression, loaded, port);
          case "match" -> one = matched(expression, port);
          case "immediate", "reject", "target" -> {}
          default -> one = WITHOUT_EFFECT.contains(expression.name()) ? ALWAYS : SOMETIMES;
        }
        if (one == NEVER) {
          return NEVER;
        }
        all = one == SOMETIMES ? SOMETIMES : all;
      }
      return all;
    }

    private static Loaded payload(Expression expression) {
      int base = expression.number(NFTA_PAYLOAD_BASE, -1);
      int offset = expression.number(NFTA_PAYLOAD_OFFSET, -1);
      if (base == NFT_PAYLOAD_TRANSPORT_HEADER && offset == 2) {
        return Loaded.PORT;
      }
      return base == NFT_PAYLOAD_NETWORK_HEADER && offset == 9 ? Loaded.PROTOCOL : Loaded.OTHER;
    }

    private static Loaded meta(Expression expression) {
      return switch (expression.number(NFTA_META_KEY, -1)) {
        case NFT_META_L4PROTO -> Loaded.PROTOCOL;
        case NFT_META_NFPROTO -> Loaded.FAMILY;
        case NFT_META_IIFNAME -> Loaded.DEVICE;
        case NFT_META_IIF -> Loaded.DEVICE_INDEX;
        default -> Loaded.OTHER;
      };
    }

    private static Conditions state(Expression bitwise) {
      int mask =
          bitwise.value(NFTA_BITWISE_MASK).map(Payload::toArray).map(Conditions::host32).orElse(-1);
      return (mask & FIRST_PACKETS) == 0 ? NEVER : ALWAYS;
    }

    private static Conditions compared(Expression cmp, Loaded loaded, int port) {
      byte[] value = cmp.value(NFTA_CMP_DATA).map(Payload::toArray).orElse(new byte[0]);
      boolean equal = cmp.number(NFTA_CMP_OP, -1) == NFT_CMP_EQ;
      return switch (loaded) {
        case PORT ->
            value.length == 2 && equal
                ? when(ByteBuffer.wrap(value).getShort() == (short) port)
                : SOMETIMES;
        case PROTOCOL -> value.length == 1 && equal ? when(value[0] == UDP) : SOMETIMES;
        case FAMILY ->
            value.length == 1 && equal ? when(value[0] == ChainEntry.NFPROTO_IPV4) : SOMETIMES;
        case DEVICE -> equal && isLoopback(value) ? NEVER : SOMETIMES;
        case DEVICE_INDEX -> equal && value.length == 4 && host32(value) == 1 ? NEVER : SOMETIMES;
        // The bits were looked at with the mask.
        case STATE -> ALWAYS;
        case OTHER -> SOMETIMES;
      };
    }

    private static boolean isLoopback(byte[] name) {
      return Arrays.equals(Arrays.copyOf(name, 3), new byte[] {'l', 'o', 0});
    }

    private static Conditions matched(Expression match, int port) {
      String name = match.data().attributes().find(NFTA_MATCH_NAME).map(Payload::string).orElse("");
      byte[] info =
          match.data().attributes().find(NFTA_MATCH_INFO).map(Payload::toArray).orElse(new byte[0]);
      ByteBuffer read = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder());
      if (name.equals("comment")) {
        return ALWAYS;
      }
      if (name.equals("conntrack") && info.length >= CONNTRACK_STATES + 2) {
        return (read.getShort(CONNTRACK_STATES) & FIRST_PACKETS) == 0 ? NEVER : SOMETIMES;
      }
      if (name.equals("udp") && info.length >= 9 && info[8] == 0) {
        boolean anySource = read.getShort(0) == 0 && read.getShort(2) == -1;
        boolean inside =
            Short.toUnsignedInt(read.getShort(4)) <= port
                && port <= Short.toUnsignedInt(read.getShort(6));
        return inside && !anySource ? SOMETIMES : when(inside);
      }
      return Set.of("tcp", "icmp", "icmp6").contains(name) ? NEVER : SOMETIMES;
    }

    private static Conditions when(boolean holds) {
      return holds ? ALWAYS : NEVER;
    }

    private static int host32(byte[] octets) {
      return octets.length < 4
          ? -1
          : ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder()).getInt();
    }
  }
}
