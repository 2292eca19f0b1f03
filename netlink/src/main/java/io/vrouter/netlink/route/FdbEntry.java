package io.vrouter.netlink.route;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.Ndm;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A forwarding entry: the VTEP (VXLAN) or port (bridge) behind which a MAC address is.
 *
 * @param ifIndex the VXLAN device, or the bridge's port
 * @param mac {@link MacAddress#ZERO} for the flooding entries of VXLAN
 * @param dst underlay address of the VTEP; null at a bridge's port
 * @param state NUD_; 0 of a bridge's learned entries
 * @param flags NTF_; SELF at VXLAN, MASTER or 0 at a bridge's port
 * @param port UDP port when it differs from the device's, else 0
 * @param vni VNI when it differs from the device's, else 0
 * @param vlan 0 for none
 * @param master index of the bridge, 0 at VXLAN itself
 * @param unknown other attributes, kept; NDA_CACHEINFO changes by itself
 */
public record FdbEntry(
    int ifIndex,
    MacAddress mac,
    @Nullable InetAddress dst,
    int state,
    int flags,
    int port,
    int vni,
    int vlan,
    int master,
    List<Attribute> unknown) {
  /** Copies the list. */
  public FdbEntry {
    unknown = List.copyOf(unknown);
  }

  /** A permanent entry of a VXLAN device: NTF_SELF, NUD_NOARP and NUD_PERMANENT. */
  public static FdbEntry permanent(int ifIndex, MacAddress mac, InetAddress dst) {
    return new FdbEntry(
        ifIndex, mac, dst, Ndm.NUD_NOARP | Ndm.NUD_PERMANENT, Ndm.NTF_SELF, 0, 0, 0, 0, List.of());
  }

  /** A flooding entry of a VXLAN device: frames without a better entry go to all of these. */
  public static FdbEntry flood(int ifIndex, InetAddress dst) {
    return permanent(ifIndex, MacAddress.ZERO, dst);
  }

  /** The same in another state; NUD_REACHABLE is dynamic: a frame from elsewhere moves it. */
  public FdbEntry withState(int newState) {
    return new FdbEntry(ifIndex, mac, dst, newState, flags, port, vni, vlan, master, unknown);
  }

  /** Index of the device that packets leave by (NDA_IFINDEX), 0 for the routes' choice. */
  public int via() {
    return new Attributes(unknown).find(Ndm.NDA_IFINDEX).map(Payload::s32).orElse(0);
  }

  /** The next hop group in place of {@code dst} (NDA_NH_ID), 0 for none. */
  public int nextHop() {
    return new Attributes(unknown).find(Ndm.NDA_NH_ID).map(Payload::s32).orElse(0);
  }

  /** The attributes that identify the entry on its device: for a deletion. */
  public FdbEntry identity() {
    return new FdbEntry(
        ifIndex,
        mac,
        dst,
        Ndm.NUD_NOARP | Ndm.NUD_PERMANENT,
        Ndm.NTF_SELF,
        port,
        vni,
        vlan,
        master,
        unknown.stream()
            .filter(it -> it.type() == Ndm.NDA_IFINDEX || it.type() == Ndm.NDA_NH_ID)
            .toList());
  }

  /** The same at another device. */
  public FdbEntry at(int newIfIndex) {
    return new FdbEntry(newIfIndex, mac, dst, state, flags, port, vni, vlan, master, unknown);
  }

  /** Whether it never ages and no frame moves it. */
  public boolean isPermanent() {
    return (state & Ndm.NUD_PERMANENT) != 0;
  }
}
