package io.vrouter.netlink.route;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.IfAddr;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An address of a device.
 *
 * @param ifIndex the device
 * @param address the device's own
 * @param prefixLength 0 to 32 or 128
 * @param scope RT_SCOPE_
 * @param flags IFA_F_
 * @param peer the other end of a point-to-point device; null when it has none
 * @param broadcast null for none
 * @param label empty for none; IPv4 only
 * @param unknown other attributes, kept
 */
public record Address(
    int ifIndex,
    InetAddress address,
    int prefixLength,
    int scope,
    int flags,
    @Nullable InetAddress peer,
    @Nullable InetAddress broadcast,
    String label,
    List<Attribute> unknown) {
  /** Copies the list. */
  public Address {
    unknown = List.copyOf(unknown);
  }

  /** A permanent one of universe scope and nothing else. */
  public static Address of(int ifIndex, InetAddress address, int prefixLength) {
    return new Address(
        ifIndex,
        address,
        prefixLength,
        Rtnetlink.RT_SCOPE_UNIVERSE,
        IfAddr.IFA_F_PERMANENT,
        null,
        null,
        "",
        List.of());
  }

  /** The same with other flags. */
  public Address withFlags(int newFlags) {
    return new Address(
        ifIndex, address, prefixLength, scope, newFlags, peer, broadcast, label, unknown);
  }

  /** The same with another end of a point-to-point device; null for none. */
  public Address withPeer(@Nullable InetAddress newPeer) {
    return new Address(
        ifIndex, address, prefixLength, scope, flags, newPeer, broadcast, label, unknown);
  }
}
