package io.vrouter.mesh.plan;

import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.wire.Ndm;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Permanent neighbours of our devices; all other neighbours are the kernel's. */
final class NeighborDiff {
  final List<Step> add = new ArrayList<>();
  final List<Step> delete = new ArrayList<>();

  /**
   * Compares with what is on the devices that stay.
   *
   * @param flushed devices that lose all neighbours by an earlier step
   */
  NeighborDiff(KernelState desired, Observed observed, DeviceDiff devices, Set<String> flushed) {
    Set<Wanted.Neighbor> right = new HashSet<>();
    Map<String, Set<InetAddress>> wanted = new HashMap<>();
    for (Wanted.Neighbor neighbor : desired.neighbors()) {
      wanted.computeIfAbsent(neighbor.device(), key -> new HashSet<>()).add(neighbor.address());
    }
    for (Neighbor neighbor : observed.neighbors()) {
      String device = devices.names.get(neighbor.ifIndex());
      if (device == null
          || flushed.contains(device)
          || !neighbor.isPermanent()
          || (neighbor.flags() & Ndm.NTF_PROXY) != 0) {
        continue;
      }
      MacAddress mac = neighbor.lladdr();
      if (mac != null && isAsSet(neighbor)) {
        right.add(new Wanted.Neighbor(device, neighbor.destination(), mac));
      }
      if (!wanted.getOrDefault(device, Set.of()).contains(neighbor.destination())) {
        delete.add(new Step.DeleteNeighbor(device, neighbor.destination()));
      }
    }
    for (Wanted.Neighbor neighbor : desired.neighbors()) {
      if (!devices.blocked.containsKey(neighbor.device()) && !right.contains(neighbor)) {
        add.add(new Step.SetNeighbor(neighbor));
      }
    }
    if (observed.interrupted().contains(Observed.DumpKind.NEIGHBOR)) {
      delete.clear();
    }
  }

  private static boolean isAsSet(Neighbor neighbor) {
    return neighbor.state() == Ndm.NUD_PERMANENT
        && (neighbor.flags() & ~Ndm.NTF_OFFLOADED) == 0
        && neighbor.protocol() == Mark.PROTOCOL
        && DeviceSetting.isValue(neighbor.unknown(), Ndm.NDA_FLAGS_EXT, 0);
  }
}
