package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.record.TunnelShare;
import io.vrouter.mesh.record.WireGuardKey;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The WireGuard devices of this host and the address by which each peer is reached.
 *
 * @param devices this host's; packets leave by the first
 * @param share the part of the record
 * @param ends per peer; one without an end has no data path
 * @param former keys that were in peers' records until lately: their packets are still accepted
 * @param lingering whether former devices stay for a moment although none is wanted
 * @param all whether the ends of all peers are here: if not, a peer without one is reached by its
 *     underlay address
 */
public record Tunnels(
    List<WireGuardKey> devices,
    TunnelShare share,
    Map<NodeId, End> ends,
    Map<NodeId, List<WireGuardKey>> former,
    boolean lingering,
    boolean all) {
  /** No encryption. */
  public static final Tunnels NONE =
      new Tunnels(List.of(), TunnelShare.NONE, Map.of(), Map.of(), false, false);

  public Tunnels {
    devices = List.copyOf(devices);
    ends = Map.copyOf(ends);
    former = Map.copyOf(former);
  }

  /**
   * A peer's end.
   *
   * @param remote the destination of VXLAN packets to it
   * @param also other sources from which its VXLAN packets may come now
   * @param encrypted whether {@code remote} is inside WireGuard and a handshake took place
   */
  public record End(InetAddress remote, Set<InetAddress> also, boolean encrypted) {
    public End {
      also = Set.copyOf(also);
    }
  }
}
