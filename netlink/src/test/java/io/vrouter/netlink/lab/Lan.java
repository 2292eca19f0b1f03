package io.vrouter.netlink.lab;

/**
 * The wire between hosts: one bridge in a namespace of its own. It forwards multicast to all ports,
 * and answers as the LAN's default gateway without leading anywhere.
 */
public final class Lan implements AutoCloseable {
  /** What the addresses of {@link #create()} begin with. */
  public static final String PREFIX = "192.168.200.";

  /** The default gateway of {@link #create()}. */
  public static final String GATEWAY = PREFIX + "254";

  private final String prefix;
  private final Space space = Space.create("lan");

  private Lan(String prefix) {
    this.prefix = prefix;
    space.addDevice("lan", "type", "bridge", "mcast_snooping", "0");
    space.ip("addr add %s254/24 dev lan".formatted(prefix), "link set lan up");
  }

  public static Lan create() {
    return create(PREFIX);
  }

  /**
   * {@code prefix} are the first three numbers of the hosts' addresses, such as {@code 10.66.0.}
   */
  public static Lan create(String prefix) {
    return new Lan(prefix);
  }

  /** Plugs a host in: its {@code eth0} gets the address of that number and a default route. */
  public void plug(Space host, int number) {
    String port = port(number);
    space.cable(port, host, "eth0");
    space.ip("link set %s master lan".formatted(port));
    host.ip(
        "addr add %s%d/24 dev eth0".formatted(prefix, number),
        "link set eth0 up",
        "route add default via %s254".formatted(prefix));
  }

  /** Pulls the cable of a host: its {@code eth0} has no carrier any more. */
  public void pull(int number) {
    space.ip("link set %s down".formatted(port(number)));
  }

  /** Puts the cable of a host back. */
  public void mend(int number) {
    space.ip("link set %s up".formatted(port(number)));
  }

  /** Drops everything from and to a host in the middle of the path; its own link stays up. */
  public void block(int number) {
    space.nft(
        """
        table bridge cut%1$d {
          chain forward {
            type filter hook forward priority 0
            iifname "%2$s" drop
            oifname "%2$s" drop
          }
        }
        """
            .formatted(number, port(number)));
  }

  /** Ends what {@link #block} began. */
  public void unblock(int number) {
    space.ok("nft", "delete", "table", "bridge", "cut" + number);
  }

  public Space space() {
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
