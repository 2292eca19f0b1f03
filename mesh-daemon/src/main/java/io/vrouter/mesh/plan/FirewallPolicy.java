package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything our nft table depends on, as values: two equal policies render to the same text.
 *
 * <p>The sets are copied and iterate in order whatever order they came in.
 *
 * @param vxlanPort UDP port of the tunnels, 1 to 65,535
 * @param probePort closed UDP port that a peer's data path probe may hit, 1 to 65,535
 * @param zones one per VNI with a device here; what isn't in a zone is dropped on its device
 * @param known every prefix the mesh was ever seen to hold, here or elsewhere, withdrawn or not;
 *     those of the zones count as known without being named here. Fail closed rests on it: mesh
 *     traffic to a known prefix leaves by the zone's device or by the local device that holds the
 *     prefix, or not at all
 * @param outer WireGuard around the tunnels
 */
public record FirewallPolicy(
    int vxlanPort, int probePort, Set<Zone> zones, Set<Prefix> known, Outer outer) {
  /** Default probe port, near gossip's 7950. */
  public static final int DEFAULT_PROBE_PORT = 7952;

  private static final Comparator<InetAddress> BY_ADDRESS =
      Comparator.<InetAddress>comparingInt(address -> address.getAddress().length)
          .thenComparing(InetAddress::getAddress, Arrays::compareUnsigned);

  /** Nothing is let through. */
  public static final FirewallPolicy NONE =
      new FirewallPolicy(4789, DEFAULT_PROBE_PORT, Set.of(), Set.of());

  public FirewallPolicy {
    port(vxlanPort);
    port(probePort);
    zones = sorted(zones, Comparator.comparing(Zone::vni));
    known = sorted(known, Comparator.naturalOrder());
  }

  /** The policy of plain tunnels. */
  public FirewallPolicy(int vxlanPort, int probePort, Set<Zone> zones, Set<Prefix> known) {
    this(vxlanPort, probePort, zones, known, Outer.NONE);
  }

  /**
   * WireGuard around the tunnels.
   *
   * @param devices its devices: nothing but tunnel packets comes in or goes out by them, and
   *     addresses of its network are nowhere else
   * @param ports UDP ports where it listens
   * @param members underlay addresses that may send there
   */
  public record Outer(Set<String> devices, Set<Integer> ports, Set<InetAddress> members) {
    /** No WireGuard. */
    public static final Outer NONE = new Outer(Set.of(), Set.of(), Set.of());

    public Outer {
      devices = sorted(devices, Comparator.naturalOrder());
      ports = sorted(ports, Comparator.naturalOrder());
      members = sorted(members, BY_ADDRESS);
    }
  }

  /**
   * One VNI.
   *
   * @param overlaySubnet the subnet its overlay addresses come from
   * @param overlays this host's addresses on the device: none before the claim, two for the short
   *     while in which a lost claim is given up
   * @param local the networks that this host advertises in this VNI
   * @param peers the other hosts with a data path in this VNI, never this host
   */
  public record Zone(
      Vni vni,
      Prefix overlaySubnet,
      Set<InetAddress> overlays,
      Set<GuardedNetwork> local,
      Set<Remote> peers) {
    public Zone {
      overlays = sorted(overlays, BY_ADDRESS);
      local = sorted(local, GuardedNetwork.ORDER);
      peers = sorted(peers, Remote.ORDER);
    }

    /** The device that carries the VNI. */
    public String device() {
      return vni.device();
    }
  }

  /**
   * A network of this host that the mesh may reach.
   *
   * @param device the device that holds the prefix here, mostly a bridge; null while there is none,
   *     then the firewall lets nothing through to the prefix
   * @param gateway this host's own address in it, if it has one
   */
  public record GuardedNetwork(
      Prefix prefix, @Nullable String device, @Nullable InetAddress gateway) {
    private static final Comparator<GuardedNetwork> ORDER =
        Comparator.comparing(GuardedNetwork::prefix)
            .thenComparing(GuardedNetwork::device, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(GuardedNetwork::gateway, Comparator.nullsFirst(BY_ADDRESS));

    public GuardedNetwork {
      if (device != null && !expressible(device)) {
        throw new IllegalArgumentException(
            "device '%s' can't be named in a rule: 1 to 15 of A-Z a-z 0-9 . _ - @"
                .formatted(device));
      }
    }

    /**
     * Whether a rule can name the device. The kernel allows more than nft can quote, and iptables
     * takes a '+' at the end for any suffix.
     */
    public static boolean expressible(String device) {
      return device.matches("[A-Za-z0-9._@-]{1,15}");
    }
  }

  /**
   * Another host, in one VNI.
   *
   * @param mac of its tunnel device in this VNI: source of every frame that it sends
   * @param underlay source address of its tunnel packets
   * @param overlays its addresses on the device
   * @param prefixes the networks it advertises in this VNI and that this host accepted
   * @param gateways its own addresses in those networks
   * @param outside its address outside of WireGuard
   * @param end the end that this host sends to, of the same IP version: it replaces the source of
   *     the peer's packets
   */
  public record Remote(
      MacAddress mac,
      InetAddress underlay,
      Set<InetAddress> overlays,
      Set<Prefix> prefixes,
      Set<InetAddress> gateways,
      InetAddress outside,
      InetAddress end) {
    private static final Comparator<Collection<InetAddress>> BY_ADDRESSES =
        (a, b) ->
            Arrays.compare(
                a.toArray(InetAddress[]::new), b.toArray(InetAddress[]::new), BY_ADDRESS);
    private static final Comparator<Remote> ORDER =
        Comparator.comparing(Remote::underlay, BY_ADDRESS)
            .thenComparingLong(remote -> remote.mac().bits())
            .thenComparing(Remote::overlays, BY_ADDRESSES)
            .thenComparing(
                Remote::prefixes,
                (a, b) -> Arrays.compare(a.toArray(Prefix[]::new), b.toArray(Prefix[]::new)))
            .thenComparing(Remote::gateways, BY_ADDRESSES)
            .thenComparing(Remote::outside, BY_ADDRESS)
            .thenComparing(Remote::end, BY_ADDRESS);

    /** A host with one end: its own address. */
    public Remote(
        MacAddress mac,
        InetAddress underlay,
        Set<InetAddress> overlays,
        Set<Prefix> prefixes,
        Set<InetAddress> gateways) {
      this(mac, underlay, overlays, prefixes, gateways, underlay, underlay);
    }

    public Remote {
      overlays = sorted(overlays, BY_ADDRESS);
      prefixes = sorted(prefixes, Comparator.naturalOrder());
      gateways = sorted(gateways, BY_ADDRESS);
    }
  }

  private static void port(int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("'" + port + "' is not a port: 1 to 65535");
    }
  }

  private static <T> Set<T> sorted(Collection<T> from, Comparator<? super T> order) {
    TreeSet<T> ordered = new TreeSet<>(order);
    ordered.addAll(from);
    // A TreeSet's equality is its comparator's: zones that differ only in their peers were equal.
    return Collections.unmodifiableSet(new LinkedHashSet<>(ordered));
  }
}
