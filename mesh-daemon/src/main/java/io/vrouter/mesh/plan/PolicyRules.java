package io.vrouter.mesh.plan;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.netlink.route.Rule;
import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.FibRules;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of this host's routing policy beyond those that every host has, and the packets of the
 * mesh that they may send elsewhere. Where there are none a look at the main table is enough.
 */
public final class PolicyRules {
  private static final int PRIORITY_MAIN = 32_766;
  private static final int PRIORITY_DEFAULT = 32_767;

  /** Selectors that a packet without mark, of any user, protocol and port, does not meet. */
  private static final Set<Integer> SPECIAL =
      Set.of(
          FibRules.FRA_FWMARK,
          FibRules.FRA_L3MDEV,
          FibRules.FRA_UID_RANGE,
          FibRules.FRA_IP_PROTO,
          FibRules.FRA_SPORT_RANGE,
          FibRules.FRA_DPORT_RANGE);

  private final List<Rule> rules;

  /** Filters the rules of a host, given in the order in which the kernel evaluates them. */
  public PolicyRules(List<Rule> all) {
    rules =
        all.stream()
            .filter(rule -> !isDefault(rule))
            .sorted(Comparator.comparing(Rule::priority, Integer::compareUnsigned))
            .toList();
  }

  /** Whether there are none beyond those that every host has. */
  public boolean isEmpty() {
    return rules.isEmpty();
  }

  /**
   * A packet of the mesh that this host forwards.
   *
   * @param source not an address of this host
   * @param input name of the device by which it comes in
   * @param output name of the device by which it must leave
   */
  public record Way(InetAddress destination, InetAddress source, String input, String output) {}

  /**
   * The packets to and from a peer's prefix that a rule may concern: one for each set of rules and
   * each direction, whatever the number of networks here.
   *
   * @param remote an address in the prefix
   */
  public List<Way> ways(Wanted.Route route, InetAddress remote, FirewallPolicy policy) {
    if (rules.isEmpty()) {
      return List.of();
    }
    List<Way> ways = new ArrayList<>();
    Set<List<Rule>> there = new HashSet<>();
    Set<List<Rule>> back = new HashSet<>();
    for (FirewallPolicy.Zone zone : policy.zones()) {
      if (!zone.vni().equals(route.vni())) {
        continue;
      }
      for (FirewallPolicy.GuardedNetwork network : zone.local()) {
        String device = network.device();
        InetAddress local = container(network);
        if (device == null || local == null || !isSameFamily(local, remote)) {
          continue;
        }
        Way out = new Way(remote, local, device, route.device());
        Way in = new Way(local, remote, route.device(), device);
        add(ways, out, there);
        add(ways, in, back);
      }
    }
    return ways;
  }

  private void add(List<Way> ways, Way way, Set<List<Rule>> seen) {
    List<Rule> concerning = rules.stream().filter(rule -> isFor(rule, way)).toList();
    if (!concerning.isEmpty() && seen.add(concerning)) {
      ways.add(way);
    }
  }

  /** The first rule that a packet meets and that does not lead to the main table. */
  public Optional<Rule> diverting(Way way) {
    return rules.stream()
        .filter(rule -> isFor(rule, way))
        .filter(
            rule ->
                rule.action() != FibRules.FR_ACT_TO_TBL || rule.table() != Rtnetlink.RT_TABLE_MAIN)
        .findFirst();
  }

  /** A rule in the syntax of ip-rule(8). */
  public static String text(Rule rule) {
    StringBuilder text = new StringBuilder(Integer.toUnsignedString(rule.priority()));
    text.append((rule.flags() & FibRules.FIB_RULE_INVERT) != 0 ? ": not" : ":");
    text.append(" from ").append(prefix(rule.source(), rule.sourceLength()));
    if (rule.destination() != null) {
      text.append(" to ").append(prefix(rule.destination(), rule.destinationLength()));
    }
    if (!rule.input().isEmpty()) {
      text.append(" iif ").append(rule.input());
    }
    for (Attribute attribute : rule.unknown()) {
      if (attribute.type() == FibRules.FRA_FWMARK) {
        text.append(" fwmark 0x").append(Integer.toHexString(attribute.payload().s32()));
      }
    }
    return text.append(
            switch (rule.action()) {
              case FibRules.FR_ACT_TO_TBL -> " lookup " + Integer.toUnsignedString(rule.table());
              case FibRules.FR_ACT_BLACKHOLE -> " blackhole";
              case FibRules.FR_ACT_UNREACHABLE -> " unreachable";
              case FibRules.FR_ACT_PROHIBIT -> " prohibit";
              default -> " action " + rule.action();
            })
        .toString();
  }

  private static String prefix(@Nullable InetAddress network, int length) {
    return network == null ? "all" : network.getHostAddress() + "/" + length;
  }

  private static boolean isDefault(Rule rule) {
    boolean all =
        rule.destination() == null
            && rule.source() == null
            && rule.input().isEmpty()
            && rule.output().isEmpty()
            && rule.tos() == 0
            && rule.flags() == 0
            && rule.action() == FibRules.FR_ACT_TO_TBL
            && rule.unknown().stream().noneMatch(it -> SPECIAL.contains(it.type()));
    return all
        && switch (rule.priority()) {
          case 0 -> rule.table() == Rtnetlink.RT_TABLE_LOCAL;
          case PRIORITY_MAIN -> rule.table() == Rtnetlink.RT_TABLE_MAIN;
          case PRIORITY_DEFAULT -> rule.table() == Rtnetlink.RT_TABLE_DEFAULT;
          default -> false;
        };
  }

  private static boolean isFor(Rule rule, Way way) {
    boolean selected =
        covers(rule.destination(), rule.destinationLength(), way.destination())
            && covers(rule.source(), rule.sourceLength(), way.source())
            && (rule.input().isEmpty() || rule.input().equals(way.input()))
            && rule.output().isEmpty()
            && rule.tos() == 0
            && rule.unknown().stream().noneMatch(it -> SPECIAL.contains(it.type()));
    boolean inverted = (rule.flags() & FibRules.FIB_RULE_INVERT) != 0;
    return selected != inverted && isSameFamily(rule, way.destination());
  }

  private static boolean isSameFamily(Rule rule, InetAddress address) {
    return rule.family() == Family.of(address);
  }

  private static boolean isSameFamily(InetAddress one, InetAddress other) {
    return one.getAddress().length == other.getAddress().length;
  }

  private static boolean covers(@Nullable InetAddress network, int length, InetAddress address) {
    return network == null
        || (isSameFamily(network, address) && new Prefix(network, length).contains(address));
  }

  /** The likely address of a container: the last but one, or the one before when that is ours. */
  private static @Nullable InetAddress container(FirewallPolicy.GuardedNetwork network) {
    byte[] octets = network.prefix().address().getAddress();
    int bits = octets.length * 8;
    if (network.prefix().length() > bits - 3) {
      return null;
    }
    for (int bit = network.prefix().length(); bit < bits; bit++) {
      octets[bit / 8] = (byte) (octets[bit / 8] | 0x80 >> bit % 8);
    }
    octets[octets.length - 1]--;
    InetAddress last = Addresses.of(octets);
    if (last.equals(network.gateway())) {
      octets[octets.length - 1]--;
      return Addresses.of(octets);
    }
    return last;
  }
}
