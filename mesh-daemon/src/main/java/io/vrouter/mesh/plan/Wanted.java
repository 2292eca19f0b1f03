package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.netlink.generic.AllowedIp;
import io.vrouter.netlink.generic.WgKey;
import io.vrouter.netlink.route.Inet4Conf;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.wire.IfLink;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Kernel objects as they should be. Devices are identified by name: a wanted one may not exist yet.
 */
public sealed interface Wanted {
  /** The name of the device that the object is or belongs to. */
  String device();

  /** The object's name, whatever its settings: of all kinds together it is unique. */
  String object();

  /**
   * A tunnel device.
   *
   * @param mtu in bytes
   * @param limit how many FDB entries it may learn
   */
  record Device(
      Vni vni, InetAddress local, int port, int mtu, MacAddress mac, String alias, int limit)
      implements Wanted {
    /**
     * Bounds what a flood of made-up source addresses can make the kernel learn: 4 times the hosts
     * of a /22.
     */
    public static final int FDB_LIMIT = 4096;

    @Override
    public String device() {
      return vni.device();
    }

    @Override
    public String object() {
      return "link " + device();
    }

    @Override
    public String toString() {
      return "%s type vxlan id %s local %s dstport %d learning limit %d address %s mtu %d alias '%s'"
          .formatted(device(), vni, local.getHostAddress(), port, limit, mac, mtu, alias);
    }
  }

  /**
   * A WireGuard device. The private key that belongs to {@code key} is the target's.
   *
   * @param port UDP, where it listens
   * @param mtu in bytes
   */
  record Tunnel(int slot, WgKey key, int port, int mtu, String alias, List<TunnelPeer> peers)
      implements Wanted {
    public Tunnel {
      peers = List.copyOf(peers);
    }

    /** The name of a device by its slot. */
    public static String name(int slot) {
      return "vrwg" + slot;
    }

    @Override
    public String device() {
      return name(slot);
    }

    @Override
    public String object() {
      return "link " + device();
    }

    @Override
    public String toString() {
      return "%s type wireguard port %d key %s mtu %d alias '%s'"
          .formatted(device(), port, key, mtu, alias);
    }
  }

  /**
   * A peer of a WireGuard device.
   *
   * @param allowed the only address that it may send from
   */
  record TunnelPeer(WgKey key, InetSocketAddress endpoint, AllowedIp allowed) {
    /** Seconds between keepalive packets: NAT and firewalls forget a flow after 30 s and more. */
    public static final int KEEPALIVE = 25;

    @Override
    public String toString() {
      return "peer %s endpoint %s:%d allowed %s"
          .formatted(key, endpoint.getAddress().getHostAddress(), endpoint.getPort(), allowed);
    }
  }

  /**
   * The route to the encrypted network by one of our WireGuard devices.
   *
   * @param source of this host's packets
   */
  record TunnelRoute(Prefix prefix, String device, InetAddress source, int metric)
      implements Wanted {
    @Override
    public String object() {
      return "route %s metric %d".formatted(prefix, metric);
    }

    @Override
    public String toString() {
      return "%s dev %s src %s proto %d metric %d"
          .formatted(prefix, device, source.getHostAddress(), Mark.PROTOCOL, metric);
    }
  }

  /** Our address in the overlay, or of a WireGuard device. */
  record Address(String device, InetAddress address, int length) implements Wanted {
    @Override
    public String object() {
      return "address %s/%d dev %s".formatted(address.getHostAddress(), length, device);
    }

    @Override
    public String toString() {
      return "%s/%d dev %s".formatted(address.getHostAddress(), length, device);
    }
  }

  /**
   * A flooding entry (all-zeros MAC), one per peer: the destination of frames without a better
   * entry.
   */
  record Flood(String device, InetAddress dst) implements Wanted {
    @Override
    public String object() {
      return "fdb 00:00:00:00:00:00 dev %s dst %s".formatted(device, dst.getHostAddress());
    }

    @Override
    public String toString() {
      return "00:00:00:00:00:00 dev %s dst %s".formatted(device, dst.getHostAddress());
    }
  }

  /**
   * The address of a peer's tunnel end.
   *
   * @param moving while the peer changes its underlay address: the entry is then dynamic, since a
   *     permanent one drops frames that still come from the old address
   */
  record Fdb(String device, MacAddress mac, InetAddress dst, boolean moving) implements Wanted {
    @Override
    public String object() {
      return "fdb %s dev %s".formatted(mac, device);
    }

    @Override
    public String toString() {
      return "%s dev %s dst %s%s"
          .formatted(mac, device, dst.getHostAddress(), moving ? " dynamic" : "");
    }
  }

  /**
   * A peer's overlay address with its MAC address, so that no ARP or neighbour discovery is needed.
   */
  record Neighbor(String device, InetAddress address, MacAddress mac) implements Wanted {
    @Override
    public String object() {
      return "neighbor %s dev %s".formatted(address.getHostAddress(), device);
    }

    @Override
    public String toString() {
      return "%s lladdr %s dev %s".formatted(address.getHostAddress(), mac, device);
    }
  }

  /**
   * The route to a peer's prefix.
   *
   * @param via the peer's overlay address
   * @param gateway the peer's own address in the prefix, when known
   * @param mtu octets of the largest packet that the path carries, 0 for the device's MTU
   */
  record Route(
      Prefix prefix,
      InetAddress via,
      String device,
      int metric,
      Vni vni,
      NodeId node,
      @Nullable InetAddress gateway,
      int mtu)
      implements Wanted {
    /** A route with the device's MTU. */
    public Route(
        Prefix prefix,
        InetAddress via,
        String device,
        int metric,
        Vni vni,
        NodeId node,
        @Nullable InetAddress gateway) {
      this(prefix, via, device, metric, vni, node, gateway, 0);
    }

    /**
     * The same with another MTU.
     *
     * @param octets 0 for the device's
     */
    public Route withMtu(int octets) {
      return new Route(prefix, via, device, metric, vni, node, gateway, octets);
    }

    @Override
    public String object() {
      return "route %s metric %d".formatted(prefix, metric);
    }

    @Override
    public String toString() {
      return "%s via %s dev %s onlink proto %d metric %d%s"
          .formatted(
              prefix,
              via.getHostAddress(),
              device,
              Mark.PROTOCOL,
              metric,
              mtu == 0 ? "" : " mtu " + mtu);
    }
  }

  /**
   * A device that must forward IPv4.
   *
   * @param ours whether it is our tunnel device. It then also gets a loose reverse path filter (RFC
   *     3704 section 2.4: during a change the way back may be another than the way here) and keeps
   *     its second address when the first goes
   */
  record Forwarding(String device, boolean ours) implements Wanted {
    /** The settings that the data path needs on the device, in the order of {@link Tunable}. */
    public List<Tunable> tunables() {
      return ours ? List.of(Tunable.values()) : List.of(Tunable.FORWARDING);
    }

    boolean isMetBy(Inet4Conf conf) {
      return tunables().stream().allMatch(it -> conf.get(it.index()) == it.value());
    }

    @Override
    public String object() {
      return "forwarding of " + device;
    }

    @Override
    public String toString() {
      return tunables().stream()
          .map(it -> " " + it + " " + it.value())
          .collect(Collectors.joining("", "dev " + device, ""));
    }
  }

  /**
   * Every setting of /proc/sys/net/ipv4/conf/DEVICE that the data path needs. All are written by
   * RTM_NEWLINK (IFLA_AF_SPEC), which works where /proc/sys is read-only, and read with the links.
   *
   * <p>net.ipv4.ip_forward is none of them: the kernel reads the setting of the device by which a
   * packet comes in. But setting it sets all devices (net/ipv4/devinet.c, inet_forward_change), and
   * is reported for each of them.
   */
  enum Tunable {
    /** A change is reported by RTM_NEWNETCONF. */
    FORWARDING(IfLink.IPV4_DEVCONF_FORWARDING, 1),

    /**
     * Loose: during a change the way back may be another than the way here (RFC 3704 section 2.4).
     * The kernel takes the larger of this and the value for all devices. A change is reported by
     * RTM_NEWNETCONF.
     */
    RP_FILTER(IfLink.IPV4_DEVCONF_RP_FILTER, 2),

    /** A change is not reported: the audit finds it. */
    PROMOTE_SECONDARIES(IfLink.IPV4_DEVCONF_PROMOTE_SECONDARIES, 1);

    private final int index;
    private final int value;

    Tunable(int index, int value) {
      this.index = index;
      this.value = value;
    }

    /** The index, IPV4_DEVCONF_. */
    public int index() {
      return index;
    }

    /** The required value. */
    public int value() {
      return value;
    }

    /** The name below /proc/sys/net/ipv4/conf/DEVICE. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
