package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;

/**
 * An entry of the fast path's maps. Devices are indexes: an entry of a device that was made anew is
 * another entry. IPv4 only.
 */
public sealed interface FastEntry {
  /** The entry's name, whatever its value: of all kinds together it is unique. */
  String object();

  /** Whether another entry has the same key. */
  default boolean isAt(FastEntry other) {
    return object().equals(other.object());
  }

  /**
   * A peer's network.
   *
   * @param tunnel index of the device by which its packets come
   * @param mac of the peer's end, the only source of frames from the prefix
   */
  record PeerSource(int tunnel, MacAddress mac, Prefix prefix) implements FastEntry {
    @Override
    public String object() {
      return "fast path from %s of %s dev %d".formatted(prefix, mac, tunnel);
    }

    @Override
    public String toString() {
      return object();
    }
  }

  /**
   * A container of this host, for packets that come to it.
   *
   * @param tunnel index of the device by which they may come
   * @param port index of the host's end of its veth
   * @param mtu octets of the largest packet that fits
   * @param mac of the container
   * @param gateway MAC address of its bridge
   */
  record Container(
      int tunnel, InetAddress address, int port, int mtu, MacAddress mac, MacAddress gateway)
      implements FastEntry {
    @Override
    public String object() {
      return "fast path to %s by dev %d".formatted(address.getHostAddress(), tunnel);
    }

    @Override
    public String toString() {
      return "%s port %d lladdr %s gateway %s mtu %d".formatted(object(), port, mac, gateway, mtu);
    }
  }

  /**
   * A container of this host, for packets that it sends.
   *
   * @param port index of the host's end of its veth
   * @param tunnel index of the device by which they may leave
   * @param gateway MAC address of its bridge: frames to any other don't leave the network
   * @param own MAC address of the tunnel device
   */
  record ContainerPort(
      int port, InetAddress address, int tunnel, MacAddress gateway, MacAddress own)
      implements FastEntry {
    @Override
    public String object() {
      return "fast path of %s at port %d".formatted(address.getHostAddress(), port);
    }

    @Override
    public String toString() {
      return "%s dev %d gateway %s source %s".formatted(object(), tunnel, gateway, own);
    }
  }

  /**
   * A peer's network, for packets that leave.
   *
   * @param tunnel index of the device
   * @param mtu octets of the largest packet that fits
   * @param mac of the peer's end
   */
  record PeerDestination(int tunnel, Prefix prefix, int mtu, MacAddress mac) implements FastEntry {
    @Override
    public String object() {
      return "fast path to %s dev %d".formatted(prefix, tunnel);
    }

    @Override
    public String toString() {
      return "%s lladdr %s mtu %d".formatted(object(), mac, mtu);
    }
  }
}
