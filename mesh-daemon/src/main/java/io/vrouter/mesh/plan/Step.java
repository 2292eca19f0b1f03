package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.netlink.generic.WgKey;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One write to the kernel. Its text is what {@code meshctl plan} prints. */
public sealed interface Step {
  /**
   * The kernel object that the step makes, changes or removes. The name is unique to the object and
   * the same for every kind of step: repairs are counted by it.
   */
  String object();

  /** Whether the step removes something, so that it opens no way. */
  default boolean removes() {
    return false;
  }

  /** A step that removes something. */
  sealed interface Removal extends Step {
    @Override
    default boolean removes() {
      return true;
    }
  }

  /** A step at a device or at an object on it. */
  sealed interface OnDevice extends Step {
    /** The device's name. */
    String device();

    @Override
    default String object() {
      return "link " + device();
    }
  }

  /** A step that brings a wanted object about. */
  sealed interface Fulfilment extends OnDevice {
    /** The wanted object. */
    Wanted wanted();

    @Override
    default String device() {
      return wanted().device();
    }

    @Override
    default String object() {
      return wanted().object();
    }
  }

  /** Puts the nft table in place, replacing ours at once and as a whole. */
  record SetFirewall(FirewallPolicy policy) implements Step {
    @Override
    public String object() {
      return "nft table inet vrouter";
    }

    @Override
    public String toString() {
      return "set nft table inet vrouter: %d VNIs, %d known prefixes"
          .formatted(policy.zones().size(), policy.known().size());
    }
  }

  /** Removes the nft table and everything else of the firewall; succeeds when there is nothing. */
  record RemoveFirewall() implements Removal {
    @Override
    public String object() {
      return "nft table inet vrouter";
    }

    @Override
    public String toString() {
      return "del nft table inet vrouter";
    }
  }

  /**
   * Opens forwarding for the mesh in the chains of other programs that would drop it; succeeds when
   * there is none.
   */
  record OpenForwarding(FirewallPolicy policy) implements Step {
    @Override
    public String object() {
      return "forwarding in other chains";
    }

    @Override
    public String toString() {
      return "open forwarding in other chains: %d networks"
          .formatted(policy.zones().stream().mapToInt(zone -> zone.local().size()).sum());
    }
  }

  /**
   * Removes everything that is ours from the chains of other programs; succeeds when there is
   * nothing.
   */
  record CloseForwarding() implements Removal {
    @Override
    public String object() {
      return "forwarding in other chains";
    }

    @Override
    public String toString() {
      return "close forwarding in other chains";
    }
  }

  /** Makes a device, down. */
  record CreateDevice(Wanted.Device wanted) implements Fulfilment {
    @Override
    public String toString() {
      return "add link " + wanted;
    }
  }

  /**
   * Changes settings of our device in place.
   *
   * @param settings what differs, at least one
   */
  record ChangeDevice(Wanted.Device wanted, List<DeviceSetting> settings) implements Fulfilment {
    public ChangeDevice {
      settings = List.copyOf(settings);
    }

    @Override
    public String toString() {
      return "set %s of link %s"
          .formatted(
              settings.stream().map(DeviceSetting::toString).collect(Collectors.joining(", ")),
              wanted);
    }
  }

  /** Switches our device on. */
  record RaiseDevice(String device) implements OnDevice {
    @Override
    public String toString() {
      return "set link " + device + " up";
    }
  }

  /** Deletes our device with all objects on it. */
  record DeleteDevice(String device) implements OnDevice, Removal {
    @Override
    public String toString() {
      return "del link " + device;
    }
  }

  /** A step of a WireGuard device that rtnetlink alone can't do. */
  sealed interface OfTunnel extends Fulfilment {
    @Override
    Wanted.Tunnel wanted();
  }

  /** Makes a WireGuard device, down, without a key. */
  record CreateTunnel(Wanted.Tunnel wanted) implements OfTunnel {
    @Override
    public String toString() {
      return "add link " + wanted;
    }
  }

  /** Sets mark, MTU and flags of our WireGuard device. */
  record ChangeTunnel(Wanted.Tunnel wanted) implements OfTunnel {
    @Override
    public String toString() {
      return "set link " + wanted;
    }
  }

  /** Sets the private key and the port of our WireGuard device. */
  record SetTunnelKey(Wanted.Tunnel wanted) implements OfTunnel {
    @Override
    public String object() {
      return "key of " + device();
    }

    @Override
    public String toString() {
      return "set key and port of " + wanted;
    }
  }

  /**
   * Changes peers of our WireGuard device.
   *
   * @param set those to add or to change
   * @param removed keys of those to remove
   */
  record SetTunnelPeers(Wanted.Tunnel wanted, List<Wanted.TunnelPeer> set, List<WgKey> removed)
      implements OfTunnel {
    public SetTunnelPeers {
      set = List.copyOf(set);
      removed = List.copyOf(removed);
    }

    @Override
    public String object() {
      return "peers of " + device();
    }

    @Override
    public String toString() {
      return "set %d and remove %d peers of %s".formatted(set.size(), removed.size(), device());
    }
  }

  /** Sets the route to the encrypted network, whatever has its prefix and metric. */
  record SetTunnelRoute(Wanted.TunnelRoute wanted) implements Fulfilment {
    @Override
    public String toString() {
      return "replace route " + wanted;
    }
  }

  /** Adds an address to our device. */
  record AddAddress(Wanted.Address wanted) implements Fulfilment {
    @Override
    public String toString() {
      return "add address " + wanted;
    }
  }

  /** Sets lifetime, metric and origin of our device's address to ours. */
  record ChangeAddress(Wanted.Address wanted) implements Fulfilment {
    @Override
    public String toString() {
      return "change address " + wanted;
    }
  }

  /**
   * Removes an address from our device.
   *
   * @param peer the other end of a point-to-point device, null for none
   */
  record DeleteAddress(Wanted.Address gone, @Nullable InetAddress peer)
      implements OnDevice, Removal {
    @Override
    public String device() {
      return gone.device();
    }

    @Override
    public String object() {
      return gone.object();
    }

    @Override
    public String toString() {
      return "del address " + gone;
    }
  }

  /** Appends an all-zeros FDB entry. */
  record AppendFlood(Wanted.Flood wanted) implements Fulfilment {
    @Override
    public String toString() {
      return "append fdb " + wanted;
    }
  }

  /** Sets a unicast FDB entry, whatever was there for the MAC. */
  record SetFdb(Wanted.Fdb wanted) implements Fulfilment {
    @Override
    public String toString() {
      return "replace fdb " + wanted;
    }
  }

  /**
   * Deletes one FDB entry of our device; the request always contains the attributes that identify
   * it.
   *
   * @param entry see {@link FdbEntry#identity}
   */
  record DeleteFdb(String device, FdbEntry entry) implements OnDevice, Removal {
    static DeleteFdb of(String device, FdbEntry entry) {
      return new DeleteFdb(device, entry.identity());
    }

    /** The entry's MAC address. */
    public MacAddress mac() {
      return entry.mac();
    }

    /** Underlay address the entry points to, null for an entry of a next hop group. */
    public @Nullable InetAddress dst() {
      return entry.dst();
    }

    @Override
    public String object() {
      InetAddress dst = entry.dst();
      return entry.mac().equals(MacAddress.ZERO) && dst != null
          ? new Wanted.Flood(device, dst).object()
          : "fdb %s dev %s".formatted(entry.mac(), device);
    }

    @Override
    public String toString() {
      InetAddress dst = entry.dst();
      return "del fdb %s dev %s%s%s%s%s"
          .formatted(
              entry.mac(),
              device,
              dst == null ? " nhid " + entry.nextHop() : " dst " + dst.getHostAddress(),
              entry.port() == 0 ? "" : " port " + entry.port(),
              entry.vni() == 0 ? "" : " vni " + entry.vni(),
              entry.via() == 0 ? "" : " via " + entry.via());
    }
  }

  /** Sets a permanent neighbour on our device. */
  record SetNeighbor(Wanted.Neighbor wanted) implements Fulfilment {
    @Override
    public String toString() {
      return "replace neighbor " + wanted;
    }
  }

  /** Deletes a neighbour of our device. */
  record DeleteNeighbor(String device, InetAddress address) implements OnDevice, Removal {
    @Override
    public String object() {
      return "neighbor %s dev %s".formatted(address.getHostAddress(), device);
    }

    @Override
    public String toString() {
      return "del neighbor %s dev %s".formatted(address.getHostAddress(), device);
    }
  }

  /** Adds a route; fails when any route has its prefix and metric. */
  record AddRoute(Wanted.Route wanted) implements Fulfilment {
    @Override
    public String toString() {
      return "add route " + wanted;
    }
  }

  /** Replaces our own route that has the same prefix and metric. */
  record ReplaceRoute(Wanted.Route wanted) implements Fulfilment {
    @Override
    public String toString() {
      return "replace route " + wanted;
    }
  }

  /**
   * Deletes our own route.
   *
   * @param via null when it has no next hop
   * @param ifIndex 0 when it has no device of its own
   * @param type RTN_
   * @param tos type of service it is for, 0 for any
   */
  record DeleteRoute(
      Prefix prefix,
      @Nullable InetAddress via,
      String device,
      int ifIndex,
      int metric,
      int type,
      int tos)
      implements OnDevice, Removal {
    @Override
    public String object() {
      return "route %s metric %d".formatted(prefix, metric);
    }

    @Override
    public String toString() {
      return "del route %s%s dev %s proto %d metric %d%s"
          .formatted(
              prefix,
              via == null ? "" : " via " + via.getHostAddress(),
              device,
              Mark.PROTOCOL,
              metric,
              tos == 0 ? "" : " tos " + tos);
    }
  }

  /**
   * Makes a device forward.
   *
   * @param former the setting to restore; null for our own device, whose settings end with it
   */
  record SetForwarding(Wanted.Forwarding wanted, @Nullable FormerSetting former)
      implements Fulfilment {
    @Override
    public String toString() {
      return "set link " + wanted;
    }
  }

  /** Restores a device's former settings. */
  record RestoreForwarding(FormerSetting former) implements OnDevice, Removal {
    @Override
    public String device() {
      return former.device();
    }

    @Override
    public String object() {
      return new Wanted.Forwarding(device(), false).object();
    }

    @Override
    public String toString() {
      return "restore link " + former;
    }
  }

  /** A step of the fast path. */
  sealed interface OfFastPath extends Step {}

  /** Sets an entry of the fast path's maps, whatever is at its key. */
  record SetFastEntry(FastEntry wanted) implements OfFastPath {
    @Override
    public String object() {
      return wanted.object();
    }

    @Override
    public String toString() {
      return "set " + wanted;
    }
  }

  /** Deletes an entry of the fast path's maps. */
  record DeleteFastEntry(FastEntry gone) implements OfFastPath, Removal {
    @Override
    public String object() {
      return gone.object();
    }

    @Override
    public String toString() {
      return "del " + gone;
    }
  }

  /** Puts a program at a device's ingress, in place of an older one without a gap. */
  record AttachFastPath(FastHook hook) implements OfFastPath {
    @Override
    public String object() {
      return hook.object();
    }

    @Override
    public String toString() {
      return "set " + object();
    }
  }

  /** Takes our program off a device's ingress. */
  record DetachFastPath(FastHook hook) implements OfFastPath, Removal {
    @Override
    public String object() {
      return hook.object();
    }

    @Override
    public String toString() {
      return "del " + object();
    }
  }
}
