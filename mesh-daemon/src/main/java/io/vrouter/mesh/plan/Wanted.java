package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.netlink.route.Inet4Conf;
import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Kernel objects as they should be. Devices go by name: what is wanted may not exist yet. */
public sealed interface Wanted {
  /** The name of the device it is or hangs on. */
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

  /** Our address in the overlay. */
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

  /** Where frames without a better entry are copied to: one all-zeros entry per peer. */
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
   * Where a peer's tunnel end is.
   *
   * @param moving while the peer changes its underlay address: the entry is then dynamic, since a
   *     permanent one drops what still comes from the old address
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

  /** A peer's overlay address, so that nobody has to ask for it. */
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
   * The way to a peer's prefix.
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
    /** With the device's MTU. */
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
    /** rp_filter of our devices. */
    public static final int RP_FILTER_LOOSE = 2;

    /** linux/ip.h, IPV4_DEVCONF_PROMOTE_SECONDARIES. */
    public static final int PROMOTE_SECONDARIES = 20;

    boolean isMetBy(Inet4Conf conf) {
      return conf.forwarding()
          && (!ours || (conf.rpFilter() == RP_FILTER_LOOSE && conf.get(PROMOTE_SECONDARIES) == 1));
    }

    @Override
    public String object() {
      return "forwarding of " + device;
    }

    @Override
    public String toString() {
      return "dev %s forwarding 1%s"
          .formatted(device, ours ? " rp_filter 2 promote_secondaries 1" : "");
    }
  }
}
