package io.vrouter.netlink.fake;

import static io.vrouter.netlink.wire.Rtnetlink.RT_TABLE_DEFAULT;
import static io.vrouter.netlink.wire.Rtnetlink.RT_TABLE_LOCAL;
import static io.vrouter.netlink.wire.Rtnetlink.RT_TABLE_MAIN;

import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.Rule;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.FibRules;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the fake kernel holds. */
final class FakeState {
  final TreeMap<Integer, Link> links = new TreeMap<>();
  final List<Address> addresses = new ArrayList<>();
  final List<Neighbor> neighbors = new ArrayList<>();

  /** By device, by MAC address, the destinations in their order. */
  final TreeMap<Integer, Map<MacAddress, List<FdbEntry>>> fdb = new TreeMap<>();

  final List<Route> routes = new ArrayList<>();

  /** By priority, as the kernel asks them. */
  final List<Rule> rules =
      new ArrayList<>(
          List.of(
              all(Family.AF_INET, 0, RT_TABLE_LOCAL),
              all(Family.AF_INET6, 0, RT_TABLE_LOCAL),
              all(Family.AF_INET, 32_766, RT_TABLE_MAIN),
              all(Family.AF_INET6, 32_766, RT_TABLE_MAIN),
              all(Family.AF_INET, 32_767, RT_TABLE_DEFAULT)));

  final Set<Integer> takenUdpPorts = new HashSet<>();

  /** What listeners have to be told, by multicast group. */
  final List<Notice> notices = new ArrayList<>();

  int nextIndex = 2;

  /** One message to a multicast group. */
  record Notice(int group, Message message) {}

  private static Rule all(int family, int priority, int table) {
    return new Rule(
        family, null, 0, null, 0, 0, table, FibRules.FR_ACT_TO_TBL, 0, priority, "", "", List.of());
  }

  void put(Rule rule) {
    rules.add(rule);
    rules.sort(Comparator.comparing(Rule::priority, Integer::compareUnsigned));
  }

  void tell(int group, int type, Payload body) {
    notices.add(new Notice(group, new Message(type, 0, 0, 0, body)));
  }

  Link link(int ifIndex) throws Refusal {
    Link link = links.get(ifIndex);
    if (link == null) {
      throw new Refusal(Errno.ENODEV, "");
    }
    return link;
  }

  Optional<Link> linkNamed(String name) {
    return links.values().stream().filter(link -> link.name().equals(name)).findFirst();
  }

  Map<MacAddress, List<FdbEntry>> fdbOf(int ifIndex) {
    return fdb.computeIfAbsent(ifIndex, unused -> new LinkedHashMap<>());
  }

  /** The address with everything behind the prefix zero. */
  static InetAddress network(InetAddress address, int prefixLength) {
    byte[] octets = address.getAddress();
    for (int bit = prefixLength; bit < 8 * octets.length; bit++) {
      octets[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    return Payload.of(octets).ip();
  }

  static boolean covers(InetAddress network, int prefixLength, InetAddress address) {
    return network.getAddress().length == address.getAddress().length
        && network(address, prefixLength).equals(network);
  }
}
