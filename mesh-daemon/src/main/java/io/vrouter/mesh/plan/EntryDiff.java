package io.vrouter.mesh.plan;

import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Neighbor;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Addresses, forwarding entries and neighbours of our devices. */
final class EntryDiff {
  private static final int NTF_PROXY = 0x08;

  final List<Step> add = new ArrayList<>();
  final List<Step> delete = new ArrayList<>();

  private final Desired desired;
  private final Map<Integer, String> names = new HashMap<>();
  private final Set<String> blocked;
  private final Set<String> flushed;

  /**
   * Compares.
   *
   * @param devices which there are, which can't be, and which lose their neighbours
   */
  EntryDiff(Desired desired, Observed observed, DeviceDiff devices) {
    this.desired = desired;
    this.blocked = devices.blocked.keySet();
    this.flushed = devices.flushed;
    devices.ours.forEach((name, link) -> names.put(link.index(), name));
    Set<Observed.Kind> interrupted = observed.interrupted();
    List<Step> deleteNeighbors = new ArrayList<>();
    List<Step> deleteFdb = new ArrayList<>();
    List<Step> deleteAddresses = new ArrayList<>();
    addresses(observed, deleteAddresses);
    fdb(observed, deleteFdb);
    neighbors(observed, deleteNeighbors);
    if (!interrupted.contains(Observed.Kind.NEIGHBOR)) {
      delete.addAll(deleteNeighbors);
    }
    if (!interrupted.contains(Observed.Kind.FDB)) {
      delete.addAll(deleteFdb);
    }
    if (!interrupted.contains(Observed.Kind.ADDRESS)) {
      delete.addAll(deleteAddresses);
    }
  }

  private void addresses(Observed observed, List<Step> deletes) {
    Set<Wanted.Address> there = new HashSet<>();
    Set<Wanted.Address> wanted = new HashSet<>(desired.addresses());
    for (Address address : observed.addresses()) {
      String device = names.get(address.ifIndex());
      if (device != null) {
        Wanted.Address found =
            new Wanted.Address(device, address.address(), address.prefixLength());
        there.add(found);
        if (!wanted.contains(found)) {
          deletes.add(new Step.DeleteAddress(found));
        }
      }
    }
    for (Wanted.Address address : desired.addresses()) {
      if (!blocked.contains(address.device()) && !there.contains(address)) {
        add.add(new Step.AddAddress(address));
      }
    }
  }

  private record Mac(String device, MacAddress mac) {}

  private void fdb(Observed observed, List<Step> deletes) {
    Set<Wanted.Flood> floods = new HashSet<>(desired.floods());
    Map<Mac, Wanted.Fdb> unicast = new HashMap<>();
    desired.fdb().forEach(entry -> unicast.put(new Mac(entry.device(), entry.mac()), entry));
    Set<Wanted.Flood> floodsThere = new HashSet<>();
    Set<Mac> rightThere = new HashSet<>();
    for (FdbEntry entry : observed.fdb()) {
      String device = names.get(entry.ifIndex());
      InetAddress dst = entry.dst();
      if (device == null || dst == null || entry.port() != 0 || entry.vni() != 0) {
        continue;
      }
      Mac mac = new Mac(device, entry.mac());
      Wanted.Fdb wanted = unicast.get(mac);
      if (entry.mac().equals(MacAddress.ZERO)) {
        Wanted.Flood flood = new Wanted.Flood(device, dst);
        floodsThere.add(flood);
        if (!floods.contains(flood) && !points(device, dst)) {
          deletes.add(new Step.DeleteFdb(device, entry.mac(), dst));
        }
      } else if (wanted == null) {
        if (entry.isPermanent() || !points(device, dst) || isGone(device, entry.mac())) {
          deletes.add(new Step.DeleteFdb(device, entry.mac(), dst));
        }
      } else if (isRight(wanted, entry, dst)) {
        rightThere.add(mac);
      }
    }
    for (Wanted.Flood flood : desired.floods()) {
      if (!blocked.contains(flood.device()) && !floodsThere.contains(flood)) {
        add.add(new Step.AppendFlood(flood));
      }
    }
    for (Wanted.Fdb entry : desired.fdb()) {
      if (!blocked.contains(entry.device())
          && !rightThere.contains(new Mac(entry.device(), entry.mac()))) {
        add.add(new Step.SetFdb(entry));
      }
    }
  }

  /** While a peer moves, the kernel follows its packets: either address is right. */
  private boolean isRight(Wanted.Fdb wanted, FdbEntry entry, InetAddress dst) {
    return wanted.moving()
        ? !entry.isPermanent() && points(wanted.device(), dst)
        : entry.isPermanent() && dst.equals(wanted.dst());
  }

  private boolean points(String device, InetAddress dst) {
    return desired.vteps().getOrDefault(device, Set.of()).contains(dst);
  }

  private boolean isGone(String device, MacAddress mac) {
    return desired.goneMacs().getOrDefault(device, Set.of()).contains(mac);
  }

  private void neighbors(Observed observed, List<Step> deletes) {
    Set<Wanted.Neighbor> there = new HashSet<>();
    Map<String, Set<InetAddress>> wanted = new HashMap<>();
    for (Wanted.Neighbor neighbor : desired.neighbors()) {
      wanted.computeIfAbsent(neighbor.device(), key -> new HashSet<>()).add(neighbor.address());
    }
    for (Neighbor neighbor : observed.neighbors()) {
      String device = names.get(neighbor.ifIndex());
      MacAddress mac = neighbor.lladdr();
      if (device == null
          || flushed.contains(device)
          || !neighbor.isPermanent()
          || (neighbor.flags() & NTF_PROXY) != 0) {
        continue;
      }
      if (mac != null) {
        there.add(new Wanted.Neighbor(device, neighbor.destination(), mac));
      }
      if (!wanted.getOrDefault(device, Set.of()).contains(neighbor.destination())) {
        deletes.add(new Step.DeleteNeighbor(device, neighbor.destination()));
      }
    }
    for (Wanted.Neighbor neighbor : desired.neighbors()) {
      if (!blocked.contains(neighbor.device()) && !there.contains(neighbor)) {
        add.add(new Step.SetNeighbor(neighbor));
      }
    }
  }
}
