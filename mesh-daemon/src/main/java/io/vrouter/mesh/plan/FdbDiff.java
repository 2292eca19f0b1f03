package io.vrouter.mesh.plan;

import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.wire.Ndm;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Forwarding entries of our devices. All of them count as ours: they can't be marked one by one.
 */
final class FdbDiff {
  /**
   * Makes entries that will lead to another valid end of their peer dynamic, before the firewall
   * gives the peer's packets the source of that end: a permanent entry would drop them until it is
   * changed itself.
   */
  final List<Step> loosen = new ArrayList<>();

  final List<Step> add = new ArrayList<>();
  final List<Step> delete = new ArrayList<>();

  private final KernelState desired;
  private final DeviceDiff devices;
  private final Set<Wanted.Flood> floods;
  private final Map<Mac, Wanted.Fdb> unicast = new HashMap<>();

  /** Devices with a peer that moves. */
  private final Set<String> moving = new HashSet<>();

  private final Set<Wanted.Flood> floodsThere = new HashSet<>();
  private final Set<Mac> rightThere = new HashSet<>();
  private final Map<String, Set<MacAddress>> there = new HashMap<>();
  private final Map<String, List<Step>> learned = new HashMap<>();

  private record Mac(String device, MacAddress mac) {}

  /** Compares with what is on the devices that stay. */
  FdbDiff(KernelState desired, Observed observed, DeviceDiff devices) {
    this.desired = desired;
    this.devices = devices;
    this.floods = new HashSet<>(desired.floods());
    for (Wanted.Fdb entry : desired.fdb()) {
      unicast.put(new Mac(entry.device(), entry.mac()), entry);
      if (entry.moving()) {
        moving.add(entry.device());
      }
    }
    for (FdbEntry entry : observed.fdb()) {
      String device = devices.names.get(entry.ifIndex());
      if (device != null) {
        there.computeIfAbsent(device, key -> new HashSet<>()).add(entry.mac());
        compare(device, entry);
      }
    }
    for (Wanted.Flood flood : desired.floods()) {
      if (!isBlocked(flood) && !floodsThere.contains(flood)) {
        add.add(new Step.AppendFlood(flood));
      }
    }
    for (Wanted.Fdb entry : desired.fdb()) {
      if (!isBlocked(entry) && !rightThere.contains(new Mac(entry.device(), entry.mac()))) {
        add.add(new Step.SetFdb(entry));
      }
    }
    makeRoom();
    if (observed.interrupted().contains(Observed.DumpKind.FDB)) {
      delete.clear();
    }
  }

  private void compare(String device, FdbEntry entry) {
    Mac mac = new Mac(device, entry.mac());
    InetAddress dst = entry.dst();
    if (dst == null && entry.nextHop() == 0) {
      return;
    }
    Wanted.Fdb wanted = unicast.get(mac);
    InetAddress plain = isPlain(entry) ? dst : null;
    Step.DeleteFdb deletion = Step.DeleteFdb.of(device, entry);
    if (entry.mac().equals(MacAddress.ZERO)) {
      if (plain == null || !(isWanted(device, plain) || isLeft(device, plain))) {
        delete.add(deletion);
      } else if (isPermanent(entry)) {
        floodsThere.add(new Wanted.Flood(device, plain));
      }
    } else if (wanted == null) {
      if (plain == null
          || entry.isPermanent()
          || !points(device, plain)
          || isGone(device, entry.mac())) {
        delete.add(deletion);
      } else {
        learned.computeIfAbsent(device, key -> new ArrayList<>()).add(deletion);
      }
    } else if (plain != null && isRight(wanted, entry, plain)) {
      rightThere.add(mac);
    } else if (plain != null
        && isPermanent(entry)
        && !plain.equals(wanted.dst())
        && points(device, plain)) {
      loosen.add(new Step.SetFdb(new Wanted.Fdb(device, mac.mac(), plain, true)));
    } else if (dst == null) {
      // The kernel replaces no entry of a next hop group by one with an address.
      add.add(deletion);
    }
  }

  /**
   * The device's limit (IFLA_VXLAN_LIMIT) counts all its addresses. Learned entries are deleted
   * first when the wanted ones would not fit: a member that sends from many addresses must not keep
   * others out.
   */
  private void makeRoom() {
    List<Step> first = new ArrayList<>();
    for (Wanted.Device device : desired.devices()) {
      Set<MacAddress> macs = new HashSet<>(there.getOrDefault(device.device(), Set.of()));
      int before = macs.size();
      for (Step step : add) {
        if (step instanceof Step.SetFdb set && set.device().equals(device.device())) {
          macs.add(set.wanted().mac());
        } else if (step instanceof Step.AppendFlood flood
            && flood.device().equals(device.device())) {
          macs.add(MacAddress.ZERO);
        }
      }
      if (macs.size() > before && macs.size() > device.limit()) {
        first.addAll(learned.getOrDefault(device.device(), List.of()));
        for (Step step : delete) {
          if (((Step.DeleteFdb) step).device().equals(device.device())) {
            first.add(step);
          }
        }
      }
    }
    delete.removeAll(first);
    add.addAll(0, first);
  }

  /**
   * While a peer moves, the kernel follows its packets: the old and the new address are both right.
   */
  private boolean isRight(Wanted.Fdb wanted, FdbEntry entry, InetAddress dst) {
    return wanted.moving()
        ? !entry.isPermanent() && points(wanted.device(), dst)
        : isPermanent(entry) && dst.equals(wanted.dst());
  }

  private static boolean isPermanent(FdbEntry entry) {
    return entry.state() == (Ndm.NUD_NOARP | Ndm.NUD_PERMANENT);
  }

  /**
   * Whether the entry uses the device's own port, VNI and routes, without flags that we don't set.
   */
  private static boolean isPlain(FdbEntry entry) {
    return entry.port() == 0
        && entry.vni() == 0
        && entry.via() == 0
        && entry.nextHop() == 0
        && (entry.flags() & ~Ndm.NTF_OFFLOADED) == Ndm.NTF_SELF;
  }

  private boolean isBlocked(Wanted wanted) {
    return devices.blocked.containsKey(wanted.device());
  }

  private boolean isWanted(String device, InetAddress dst) {
    return floods.contains(new Wanted.Flood(device, dst));
  }

  /** Whether a peer is moving away from the address: an entry for it stays, but none is added. */
  private boolean isLeft(String device, InetAddress dst) {
    return moving.contains(device) && points(device, dst);
  }

  private boolean points(String device, InetAddress dst) {
    return isWanted(device, dst) || desired.vteps().getOrDefault(device, Set.of()).contains(dst);
  }

  private boolean isGone(String device, MacAddress mac) {
    return desired.goneMacs().getOrDefault(device, Set.of()).contains(mac);
  }
}
