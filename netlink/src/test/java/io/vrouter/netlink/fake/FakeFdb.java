package io.vrouter.netlink.fake;

import static io.vrouter.netlink.wire.Ndm.*;
import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.route.FdbCodec;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Netlink;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The FDB of drivers/net/vxlan/vxlan_core.c, oddities included. */
final class FakeFdb {
  private final FakeState state;

  FakeFdb(FakeState state) {
    this.state = state;
  }

  void newEntry(Message message) throws Refusal {
    FdbEntry wanted = FdbCodec.decode(message.body());
    Vxlan vxlan = vxlan(wanted.ifIndex());
    InetAddress dst = wanted.dst();
    if ((wanted.state() & (NUD_PERMANENT | NUD_REACHABLE)) == 0 || dst == null) {
      throw new Refusal(Errno.EINVAL, "");
    }
    InetAddress local = vxlan.local();
    if (local != null && Family.of(local) != Family.of(dst)) {
      throw new Refusal(Errno.EAFNOSUPPORT, "");
    }
    Map<MacAddress, List<FdbEntry>> fdb = state.fdbOf(wanted.ifIndex());
    List<FdbEntry> entries = fdb.get(wanted.mac());
    if (entries != null) {
      update(message, wanted, entries);
    } else {
      create(message, wanted, vxlan, fdb);
    }
  }

  private void create(
      Message message, FdbEntry wanted, Vxlan vxlan, Map<MacAddress, List<FdbEntry>> fdb)
      throws Refusal {
    if (!message.has(Netlink.NLM_F_CREATE)) {
      throw new Refusal(Errno.ENOENT, "");
    }
    if (message.has(Netlink.NLM_F_REPLACE) && !isUnicast(wanted.mac())) {
      throw cannotReplace();
    }
    if (vxlan.limit() != 0 && fdb.size() >= vxlan.limit()) {
      throw new Refusal(Errno.ENOSPC, "");
    }
    fdb.put(wanted.mac(), new ArrayList<>(List.of(wanted)));
    tell(RTM_NEWNEIGH, wanted);
  }

  private void update(Message message, FdbEntry wanted, List<FdbEntry> entries) throws Refusal {
    if (message.has(Netlink.NLM_F_EXCL)) {
      throw new Refusal(Errno.EEXIST, "");
    }
    // The state is the address's, not the destination's, and it changes before anything can fail.
    entries.replaceAll(entry -> entry.withState(wanted.state()));
    if (message.has(Netlink.NLM_F_REPLACE)) {
      if (!isUnicast(wanted.mac())) {
        throw cannotReplace();
      }
      entries.clear();
      entries.add(wanted);
      tell(RTM_NEWNEIGH, wanted);
    } else if (message.has(Netlink.NLM_F_APPEND)
        && !isUnicast(wanted.mac())
        && entries.stream().noneMatch(entry -> sameDestination(entry, wanted))) {
      entries.add(wanted);
      tell(RTM_NEWNEIGH, wanted);
    }
  }

  void delEntry(Message message) throws Refusal {
    FdbEntry wanted = FdbCodec.decode(message.body());
    vxlan(wanted.ifIndex());
    Map<MacAddress, List<FdbEntry>> fdb = state.fdbOf(wanted.ifIndex());
    List<FdbEntry> entries = fdb.get(wanted.mac());
    if (entries == null) {
      throw new Refusal(Errno.ENOENT, "");
    }
    for (FdbEntry entry : List.copyOf(entries)) {
      if (wanted.dst() == null || sameDestination(entry, wanted)) {
        entries.remove(entry);
        tell(RTM_DELNEIGH, entry);
      }
    }
    fdb.values().removeIf(List::isEmpty);
  }

  /** Of a device that goes down dynamic entries go. */
  void down(int ifIndex) {
    Map<MacAddress, List<FdbEntry>> fdb = state.fdb.get(ifIndex);
    if (fdb == null) {
      return;
    }
    for (List<FdbEntry> entries : fdb.values()) {
      for (FdbEntry entry : List.copyOf(entries)) {
        if ((entry.state() & (NUD_PERMANENT | NUD_NOARP)) == 0) {
          entries.remove(entry);
          tell(RTM_DELNEIGH, entry);
        }
      }
    }
    fdb.values().removeIf(List::isEmpty);
  }

  /** Puts an entry there as if someone else, or a frame, had. */
  void seed(FdbEntry entry) {
    List<FdbEntry> entries =
        state.fdbOf(entry.ifIndex()).computeIfAbsent(entry.mac(), unused -> new ArrayList<>());
    entries.add(entry);
    tell(RTM_NEWNEIGH, entry);
  }

  private Vxlan vxlan(int ifIndex) throws Refusal {
    Link link = state.link(ifIndex);
    Vxlan vxlan = link.vxlan();
    if (vxlan == null) {
      throw new Refusal(Errno.EOPNOTSUPP, "");
    }
    return vxlan;
  }

  private static boolean sameDestination(FdbEntry entry, FdbEntry wanted) {
    InetAddress dst = entry.dst();
    return dst != null
        && dst.equals(wanted.dst())
        && entry.port() == wanted.port()
        && entry.vni() == wanted.vni();
  }

  private static boolean isUnicast(MacAddress mac) {
    return !mac.equals(MacAddress.ZERO) && !mac.isGroup();
  }

  private static Refusal cannotReplace() {
    return new Refusal(Errno.EOPNOTSUPP, "Cannot replace non-unicast fdb entries");
  }

  private void tell(int type, FdbEntry entry) {
    state.tell(RTNLGRP_NEIGH, type, FdbCodec.encode(entry));
  }
}
