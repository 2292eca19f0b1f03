package io.vrouter.mesh.lab;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Space;

/** Counts the packets that come into a namespace, before any filter, by their source or target. */
final class PacketCount {
  private static final String TABLE = "labcount";

  private final Space space;

  private PacketCount(Space space) {
    this.space = space;
  }

  /** Counts what comes from this address. */
  static PacketCount from(Space space, String source) {
    return counting(space, "saddr", source);
  }

  /** Counts what is sent to this address or prefix. */
  static PacketCount to(Space space, String target) {
    return counting(space, "daddr", target);
  }

  private static PacketCount counting(Space space, String side, String address) {
    space.run("nft", "delete", "table", "ip", TABLE);
    space.ok("nft", "add", "table", "ip", TABLE);
    space.ok(
        "nft",
        "add",
        "chain",
        "ip",
        TABLE,
        "in",
        "{ type filter hook prerouting priority -400; policy accept; }");
    space.ok("nft", "add", "rule", "ip", TABLE, "in", "ip", side, address, "counter");
    return new PacketCount(space);
  }

  /** How many have come so far. */
  long count() {
    long packets = 0;
    for (JsonNode entry : space.json("nft", "-j", "list", "table", "ip", TABLE).path("nftables")) {
      for (JsonNode expression : entry.path("rule").path("expr")) {
        packets += expression.path("counter").path("packets").asLong(0);
      }
    }
    return packets;
  }
}
