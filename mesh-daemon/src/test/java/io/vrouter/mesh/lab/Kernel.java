package io.vrouter.mesh.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vrouter.netlink.lab.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What the kernel of one namespace holds, as iproute2 and nft print it. */
final class Kernel {
  /** The number under which our routes are marked. */
  static final int PROTOCOL = 158;

  static final String DEVICE = "vxlan1000";
  private static final String FLOOD = "00:00:00:00:00:00";

  private final Space space;

  Kernel(Space space) {
    this.space = space;
  }

  /** The prefixes of our routes in the main table. */
  Set<String> meshRoutes() {
    Set<String> prefixes = new TreeSet<>();
    for (JsonNode route :
        space.json("ip", "-j", "route", "show", "proto", Integer.toString(PROTOCOL))) {
      prefixes.add(route.path("dst").asText());
    }
    return prefixes;
  }

  /** The routes to exactly this prefix, one line each. */
  List<String> routesTo(String prefix) {
    return space.ok("ip", "route", "show", "exact", prefix).lines().map(String::strip).toList();
  }

  /** The underlay addresses that frames for unknown MACs are flooded to. */
  Set<String> floodPeers() {
    return fdb(entry -> entry.path("mac").asText().equals(FLOOD));
  }

  /** The underlay addresses that any entry of the device's FDB points at. */
  Set<String> fdbPeers() {
    return fdb(entry -> true);
  }

  private Set<String> fdb(Predicate<JsonNode> wanted) {
    Set<String> peers = new TreeSet<>();
    if (hasDevice(DEVICE)) {
      for (JsonNode entry : space.json("bridge", "-j", "fdb", "show", "dev", DEVICE)) {
        if (entry.has("dst") && wanted.test(entry)) {
          peers.add(entry.path("dst").asText());
        }
      }
    }
    return peers;
  }

  /** The addresses that have a permanent neighbour on our device. */
  Set<String> neighbors() {
    Set<String> neighbors = new TreeSet<>();
    if (hasDevice(DEVICE)) {
      for (JsonNode entry :
          space.json("ip", "-j", "neigh", "show", "dev", DEVICE, "nud", "permanent")) {
        neighbors.add(entry.path("dst").asText());
      }
    }
    return neighbors;
  }

  /**
   * A VXLAN device of the mesh's VNI made by hand, as without a daemon: with this overlay address,
   * to the underlay address of the host.
   */
  void tunnel(String underlay, String overlay) {
    space.ip(
        "link add %s type vxlan id 1000 dstport 4789 local %s".formatted(DEVICE, underlay),
        "addr add %s/24 dev %s".formatted(overlay, DEVICE),
        "link set %s up".formatted(DEVICE));
  }

  /** Has the tunnel made by hand copy frames without a better entry to an underlay address. */
  void floods(String dst) {
    space.does("bridge fdb append 00:00:00:00:00:00 dev %s dst %s".formatted(DEVICE, dst));
  }

  boolean hasDevice(String name) {
    return space.run("ip", "link", "show", "dev", name).exit() == 0;
  }

  /** The first IPv4 address of a device, empty when it has none. */
  String address(String device) {
    JsonNode links = space.json("ip", "-j", "-4", "addr", "show", "dev", device);
    return links.path(0).path("addr_info").path(0).path("local").asText("");
  }

  /**
   * Everything a daemon could have left behind: links with their details, addresses, routes of all
   * tables, rules, permanent neighbours and FDB entries, per-device switches, nft rules. What the
   * kernel itself changes as time goes by (timers, learned entries, caches) is left out.
   */
  List<String> snapshot() {
    List<String> all = new ArrayList<>();
    for (JsonNode link : space.json("ip", "-j", "-d", "link", "show")) {
      dropTimers(link.path("linkinfo").path("info_data"));
      dropTimers(link.path("linkinfo").path("info_slave_data"));
      all.add("link: " + link);
    }
    add(all, "address", space.ok("ip", "-o", "addr", "show"));
    add(all, "route", space.ok("ip", "-4", "route", "show", "table", "all"));
    add(all, "route6", space.ok("ip", "-6", "route", "show", "table", "all"));
    add(all, "rule", space.ok("ip", "rule", "show"));
    add(all, "neighbor", space.ok("ip", "neigh", "show", "nud", "permanent"));
    space
        .ok("bridge", "fdb", "show")
        .lines()
        .filter(entry -> entry.contains("permanent"))
        .forEach(entry -> add(all, "fdb", entry));
    add(all, "switch", space.ok("ip", "-o", "-4", "netconf", "show"));
    all.add("nft: " + space.ok("nft", "list", "ruleset"));
    return all;
  }

  private static void add(List<String> all, String kind, String text) {
    text.lines().forEach(line -> all.add(kind + ": " + line.strip()));
  }

  private static void dropTimers(JsonNode details) {
    if (details instanceof ObjectNode fields) {
      List<String> timers = new ArrayList<>();
      fields.fieldNames().forEachRemaining(timers::add);
      timers.removeIf(field -> !field.endsWith("_timer"));
      fields.remove(timers);
    }
  }
}
