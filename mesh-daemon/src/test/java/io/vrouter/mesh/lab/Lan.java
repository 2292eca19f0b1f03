package io.vrouter.mesh.lab;

/**
 * The wire between the hosts: one bridge in a namespace of its own. It forwards multicast to all
 * ports, and answers as the LAN's default gateway without leading anywhere.
 */
final class Lan implements AutoCloseable {
  static final String PREFIX = "192.168.200.";
  static final String GATEWAY = PREFIX + "254";
  private static final String LENGTH = "/24";

  private final Space space;

  private Lan(Space space) {
    this.space = space;
  }

  static Lan create() {
    Space space = Space.create("lan");
    space.addDevice("lan", "type", "bridge", "mcast_snooping", "0");
    space.ok("ip", "addr", "add", GATEWAY + LENGTH, "dev", "lan");
    space.ok("ip", "link", "set", "lan", "up");
    return new Lan(space);
  }

  /** Plugs a host in: its {@code eth0} gets the address of that number and a default route. */
  void plug(Space host, int number) {
    String port = port(number);
    space.addDevice(port, "type", "veth", "peer", "name", "eth0", "netns", host.pid());
    space.ok("ip", "link", "set", port, "master", "lan", "up");
    host.ok("ip", "link", "set", "eth0", "addrgenmode", "none");
    host.ok("ip", "addr", "add", PREFIX + number + LENGTH, "dev", "eth0");
    host.ok("ip", "link", "set", "eth0", "up");
    host.ok("ip", "route", "add", "default", "via", GATEWAY);
  }

  /** Pulls the cable of a host: its {@code eth0} has no carrier any more. */
  void pull(int number) {
    space.ok("ip", "link", "set", port(number), "down");
  }

  /** Puts the cable of a host back. */
  void mend(int number) {
    space.ok("ip", "link", "set", port(number), "up");
  }

  /** Drops everything from and to a host in the middle of the path; its own link stays up. */
  void block(int number) {
    space.ok("nft", "add", "table", "bridge", "cut" + number);
    space.ok(
        "nft",
        "add",
        "chain",
        "bridge",
        "cut" + number,
        "forward",
        "{ type filter hook forward priority 0; policy accept; }");
    for (String side : new String[] {"iifname", "oifname"}) {
      space.ok(
          "nft", "add", "rule", "bridge", "cut" + number, "forward", side, port(number), "drop");
    }
  }

  /** Ends what {@link #block} began. */
  void unblock(int number) {
    space.ok("nft", "delete", "table", "bridge", "cut" + number);
  }

  Space space() {
    return space;
  }

  private static String port(int number) {
    return "p" + number;
  }

  @Override
  public void close() {
    space.close();
  }
}
