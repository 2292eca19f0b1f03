package io.vrouter.netlink.route;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.Ndm;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A neighbour: the link-layer address of an IP address.
 *
 * @param ifIndex the device
 * @param destination the IP address
 * @param lladdr null while it is not known
 * @param state NUD_
 * @param flags NTF_
 * @param protocol RTPROT_ of its origin, 0 for none
 * @param unknown other attributes, kept; NDA_CACHEINFO and NDA_PROBES change by themselves
 */
public record Neighbor(
    int ifIndex,
    InetAddress destination,
    @Nullable MacAddress lladdr,
    int state,
    int flags,
    int protocol,
    List<Attribute> unknown) {
  /** Copies the list. */
  public Neighbor {
    unknown = List.copyOf(unknown);
  }

  /** A neighbour that never ages. */
  public static Neighbor permanent(int ifIndex, InetAddress destination, MacAddress lladdr) {
    return new Neighbor(ifIndex, destination, lladdr, Ndm.NUD_PERMANENT, 0, 0, List.of());
  }

  /**
   * A copy of another origin.
   *
   * @param newProtocol RTPROT_, 0 for none
   */
  public Neighbor withProtocol(int newProtocol) {
    return new Neighbor(ifIndex, destination, lladdr, state, flags, newProtocol, unknown);
  }

  /** Whether it never ages. */
  public boolean isPermanent() {
    return (state & Ndm.NUD_PERMANENT) != 0;
  }
}
