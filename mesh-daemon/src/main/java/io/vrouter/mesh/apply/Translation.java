package io.vrouter.mesh.apply;

import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.Step;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.AddressRequests;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.FdbRequests;
import io.vrouter.netlink.route.LinkChange;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.LinkRequests;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.NeighborRequests;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteRequests;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Ndm;
import io.vrouter.netlink.wire.Request;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A step in rtnetlink's words.
 *
 * @param parts in order; empty when nothing has to be asked
 * @param missing the device that the step needs and that is not there
 */
record Translation(Step.OnDevice step, List<Part> parts, @Nullable String missing) {
  /** asm-generic/errno.h: the device has no IPv6. */
  private static final int EAFNOSUPPORT = 97;

  /**
   * One request.
   *
   * @param tolerated error numbers that mean the same as success
   */
  record Part(Request request, Set<Integer> tolerated) {
    static Part of(Request request, Integer... tolerated) {
      return new Part(request, Set.of(tolerated));
    }

    boolean tolerates(int errno) {
      return tolerated.contains(errno);
    }
  }

  /**
   * Translates.
   *
   * @param index the index of a device by name, null when it is not there
   */
  static Translation of(Step.OnDevice step, Function<String, @Nullable Integer> index) {
    if (step instanceof Step.CreateDevice create) {
      return new Translation(step, create(create.wanted()), null);
    }
    if (step instanceof Step.DeleteRoute delete) {
      return new Translation(
          step, List.of(Part.of(RouteRequests.delete(route(delete)), Errno.ESRCH)), null);
    }
    Integer found = index.apply(step.device());
    if (found == null) {
      // What is to go has gone with its device.
      return new Translation(step, List.of(), step.removes() ? null : step.device());
    }
    return new Translation(step, parts(step, found), null);
  }

  private static List<Part> create(Wanted.Device wanted) {
    Vxlan vxlan =
        Vxlan.of(wanted.vni().value(), wanted.local(), wanted.port()).withLimit(wanted.limit());
    // One datagram: the kernel takes all of it or the process died before, so that no device of
    // ours is ever left without its mark.
    return List.of(
        Part.of(
            LinkRequests.create(wanted.device(), LinkInfo.of(vxlan), wanted.mtu(), wanted.mac())),
        Part.of(LinkChange.of(wanted.device()).alias(wanted.alias()).request()),
        noGeneratedAddress(LinkChange.of(wanted.device())));
  }

  private static Part noGeneratedAddress(LinkChange change) {
    return Part.of(
        change.addrGenMode(IfLink.IN6_ADDR_GEN_MODE_NONE).request(),
        EAFNOSUPPORT,
        Errno.EOPNOTSUPP);
  }

  private static List<Part> parts(Step.OnDevice step, int index) {
    if (step instanceof Step.ChangeDevice change) {
      Wanted.Device wanted = change.wanted();
      return List.of(
          Part.of(
              LinkChange.of(index)
                  .alias(wanted.alias())
                  .mtu(wanted.mtu())
                  .address(wanted.mac())
                  .request()),
          Part.of(LinkChange.of(index).vxlanLocal(wanted.local()).request()),
          noGeneratedAddress(LinkChange.of(index)));
    }
    if (step instanceof Step.RaiseDevice) {
      return List.of(Part.of(LinkChange.of(index).up().request()));
    }
    if (step instanceof Step.DeleteDevice) {
      return List.of(Part.of(LinkRequests.delete(index), Errno.ENODEV));
    }
    if (step instanceof Step.AddAddress add) {
      return List.of(Part.of(AddressRequests.add(address(index, add.wanted())), Errno.EEXIST));
    }
    if (step instanceof Step.DeleteAddress delete) {
      return List.of(
          Part.of(AddressRequests.delete(address(index, delete.gone())), Errno.EADDRNOTAVAIL));
    }
    if (step instanceof Step.AppendFlood append) {
      return List.of(Part.of(FdbRequests.append(FdbEntry.flood(index, append.wanted().dst()))));
    }
    if (step instanceof Step.SetFdb set) {
      FdbEntry entry = FdbEntry.permanent(index, set.wanted().mac(), set.wanted().dst());
      return List.of(
          Part.of(
              FdbRequests.replace(
                  set.wanted().moving() ? entry.withState(Ndm.NUD_REACHABLE) : entry)));
    }
    if (step instanceof Step.DeleteFdb delete) {
      return List.of(
          Part.of(
              FdbRequests.delete(FdbEntry.permanent(index, delete.mac(), delete.dst())),
              Errno.ENOENT));
    }
    if (step instanceof Step.SetNeighbor set) {
      return List.of(
          Part.of(
              NeighborRequests.replace(
                  Neighbor.permanent(index, set.wanted().address(), set.wanted().mac()))));
    }
    if (step instanceof Step.DeleteNeighbor delete) {
      Neighbor gone = new Neighbor(index, delete.address(), null, 0, 0, 0, List.of());
      return List.of(Part.of(NeighborRequests.delete(gone), Errno.ENOENT));
    }
    if (step instanceof Step.AddRoute add) {
      return List.of(Part.of(RouteRequests.add(route(index, add.wanted()))));
    }
    if (step instanceof Step.ReplaceRoute replace) {
      return List.of(Part.of(RouteRequests.replace(route(index, replace.wanted()))));
    }
    if (step instanceof Step.SetForwarding set) {
      return List.of(Part.of(forwarding(index, set.wanted())));
    }
    if (step instanceof Step.RestoreForwarding restore) {
      return List.of(
          Part.of(
              LinkChange.of(index)
                  .inet4(IfLink.IPV4_DEVCONF_FORWARDING, restore.former().forwarding())
                  .request(),
              Errno.ENODEV));
    }
    throw new IllegalArgumentException("not a step of rtnetlink: " + step);
  }

  private static Request forwarding(int index, Wanted.Forwarding wanted) {
    LinkChange change = LinkChange.of(index).inet4(IfLink.IPV4_DEVCONF_FORWARDING, 1);
    if (wanted.ours()) {
      change
          .inet4(IfLink.IPV4_DEVCONF_RP_FILTER, Wanted.Forwarding.RP_FILTER_LOOSE)
          .inet4(Wanted.Forwarding.PROMOTE_SECONDARIES, 1);
    }
    return change.request();
  }

  private static Address address(int index, Wanted.Address wanted) {
    return Address.of(index, wanted.address(), wanted.length());
  }

  private static Route route(int index, Wanted.Route wanted) {
    return Route.onlink(
            wanted.prefix().address(),
            wanted.prefix().length(),
            wanted.via(),
            index,
            Mark.PROTOCOL,
            wanted.metric())
        .withMtu(wanted.mtu());
  }

  private static Route route(Step.DeleteRoute gone) {
    InetAddress via = gone.via();
    return new Route(
        gone.prefix().address(),
        gone.prefix().length(),
        via,
        gone.ifIndex(),
        Mark.PROTOCOL,
        Rtnetlink.RT_TABLE_MAIN,
        gone.metric(),
        0,
        gone.type(),
        Rtnetlink.RT_SCOPE_NOWHERE,
        0,
        null,
        List.of(),
        List.of());
  }
}
