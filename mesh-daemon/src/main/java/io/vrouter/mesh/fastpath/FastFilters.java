package io.vrouter.mesh.fastpath;

import io.vrouter.mesh.plan.FastHook;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.netlink.Outcome;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.bpf.Tc;
import io.vrouter.netlink.bpf.TcFilter;
import io.vrouter.netlink.bpf.TcQdisc;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Request;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Filters at our tunnels and at bridges' ports as they were read.
 *
 * @param ofDevices by index of the device: ours at its ingress
 * @param alone indexes of devices where no other filter is
 * @param occupied indexes of devices where other programs act on packets
 */
record FastFilters(
    Map<Integer, List<TcFilter>> ofDevices, Set<Integer> alone, Set<Integer> occupied) {
  /** Nothing was read. */
  static final FastFilters NONE = new FastFilters(Map.of(), Set.of(), Set.of());

  /** After the filters of most other programs. */
  private static final int PRIORITY = 49_158;

  private static final int HANDLE = 1;

  /** Ends the name of a filter whose clsact was added for it. */
  private static final String WITH_QDISC = " +clsact";

  FastFilters {
    ofDevices = Map.copyOf(ofDevices);
    alone = Set.copyOf(alone);
    occupied = Set.copyOf(occupied);
  }

  static FastFilters read(RtNetlink netlink, Collection<Link> links) {
    Map<Integer, List<TcFilter>> ours = new HashMap<>();
    Set<Integer> alone = new HashSet<>();
    Set<Integer> occupied = new HashSet<>();
    Map<Integer, Link> ends = new HashMap<>();
    links.stream()
        .filter(link -> Observed.isOurs(link) || link.master() != 0 || link.kind().equals("bridge"))
        .forEach(link -> ends.put(link.index(), link));
    for (TcQdisc qdisc : netlink.qdiscs().entries()) {
      int index = qdisc.ifIndex();
      Link link = ends.get(index);
      if (link == null) {
        continue;
      }
      if (!qdisc.kind().equals("clsact")) {
        // A queue of the tunnel itself holds on both paths.
        if (!qdisc.kind().equals("noqueue") && !Observed.isOurs(link)) {
          occupied.add(index);
        }
        continue;
      }
      List<TcFilter> all = new ArrayList<>(netlink.filters(index, Tc.INGRESS).entries());
      List<TcFilter> mine = all.stream().filter(FastObjects::isOurs).toList();
      ours.put(index, mine);
      boolean others =
          all.size() > mine.size() || !netlink.filters(index, Tc.EGRESS).entries().isEmpty();
      (others ? occupied : alone).add(index);
    }
    return new FastFilters(ours, alone, occupied);
  }

  /** Ours at a device. */
  List<TcFilter> ours(int ifIndex) {
    return ofDevices.getOrDefault(ifIndex, List.of());
  }

  /** All of ours. */
  List<TcFilter> ours() {
    return ofDevices.values().stream().flatMap(Collection::stream).toList();
  }

  /** Puts a program at the hook, in place of ours. */
  void attach(RtNetlink netlink, FastHook hook, int program) {
    boolean added = ours(hook.ifIndex()).stream().anyMatch(it -> it.name().endsWith(WITH_QDISC));
    Outcome clsact = netlink.batch(List.of(Tc.addClsact(hook.ifIndex()))).get(0);
    if (clsact.ok()) {
      added = true;
    } else if (clsact.errno() != Errno.EEXIST) {
      throw clsact.toException();
    }
    String name =
        FastObjects.MARK
            + (hook.program() == FastHook.Program.FROM_TUNNEL ? "from" : "towards")
            + " tunnel "
            + FastObjects.VERSION
            + (added ? WITH_QDISC : "");
    netlink.request(
        Tc.setFilter(
            new TcFilter(hook.ifIndex(), Tc.INGRESS, PRIORITY, HANDLE, "bpf", name, 0), program));
  }

  /** Takes ours off the hook, and clsact where it was added for it and is empty. */
  void detach(RtNetlink netlink, FastHook hook) {
    for (TcFilter filter : ours(hook.ifIndex())) {
      boolean last = filter.name().endsWith(WITH_QDISC) && alone.contains(hook.ifIndex());
      gone(netlink, last ? Tc.deleteClsact(hook.ifIndex()) : Tc.deleteFilter(filter));
    }
  }

  private static void gone(RtNetlink netlink, Request request) {
    Outcome outcome = netlink.batch(List.of(request)).get(0);
    if (!outcome.ok()
        && !Set.of(Errno.ENOENT, Errno.ENODEV, Errno.EINVAL).contains(outcome.errno())) {
      throw outcome.toException();
    }
  }
}
