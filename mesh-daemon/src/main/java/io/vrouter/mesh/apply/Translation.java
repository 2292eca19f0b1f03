package io.vrouter.mesh.apply;

import io.vrouter.mesh.plan.DeviceSetting;
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
import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.IfAddr;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Ndm;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A step as rtnetlink requests.
 *
 * @param parts in order; empty when no request is needed
 * @param missing the device that the step needs and that does not exist
 */
record Translation(Step.OnDevice step, List<Part> parts, @Nullable String missing) {
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
   * Translates a step.
   *
   * @param index the index of a device by name, null when it is not there
   */
  static Translation of(Step.OnDevice step, Function<String, @Nullable Integer> index) {
    if (step instanceof Step.DeleteRoute delete) {
      return new Translation(
          step, List.of(Part.of(RouteRequests.delete(route(delete)), Errno.ESRCH)), null);
    }
    Integer found = index.apply(step.device());
    if (found == null) {
      // The object to remove was deleted with its device.
      return new Translation(step, List.of(), step.removes() ? null : step.device());
    }
    return new Translation(step, parts(step, found), null);
  }

  /** Makes a device and nothing else; {@link #marking} follows with the index it received. */
  static Request creation(Wanted.Device wanted) {
    Vxlan vxlan =
        Vxlan.of(wanted.vni().value(), wanted.local(), wanted.port()).withLimit(wanted.limit());
    return LinkRequests.create(
        wanted.device(), LinkInfo.of(vxlan), wanted.mtu(), wanted.mac(), Mark.GROUP);
  }

  /**
   * Sets the alias, which people read as the mark, and the settings that the kernel ignores at
   * creation.
   */
  static List<Part> marking(Wanted.Device wanted, int index) {
    return List.of(
        setting(DeviceSetting.ALIAS, wanted, index),
        setting(DeviceSetting.FLAGS, wanted, index),
        setting(DeviceSetting.ADDR_GEN_MODE, wanted, index));
  }

  private static Part setting(DeviceSetting setting, Wanted.Device wanted, int index) {
    LinkChange change = LinkChange.of(index);
    Attribute attribute = setting.attribute();
    if (attribute != null) {
      LinkChange one = setting.isOfVxlan() ? change.vxlan(attribute) : change.attribute(attribute);
      return Part.of(one.request());
    }
    return switch (setting) {
      case ALIAS -> Part.of(change.alias(wanted.alias()).request());
      case MTU -> Part.of(change.mtu(wanted.mtu()).request());
      case ADDRESS -> Part.of(change.address(wanted.mac()).request());
      case MASTER -> Part.of(change.master(0).request());
      case FLAGS ->
          Part.of(change.flags(DeviceSetting.FLAGS_SET, DeviceSetting.FLAGS_COMPARED).request());
      case ADDR_GEN_MODE ->
          Part.of(
              change.addrGenMode(IfLink.IN6_ADDR_GEN_MODE_NONE).request(),
              Errno.EAFNOSUPPORT,
              Errno.EOPNOTSUPP);
      case PROTO_DOWN -> Part.of(carrier(change).request());
      case LOCAL -> Part.of(change.vxlanLocal(wanted.local()).request());
      case REMOTE -> Part.of(change.vxlan(noRemote(wanted)).request());
      case LEARNING -> Part.of(change.vxlan(u8(IfLink.IFLA_VXLAN_LEARNING, 1)).request());
      case AGEING -> Part.of(change.vxlan(u32(IfLink.IFLA_VXLAN_AGEING, Vxlan.AGEING)).request());
      default -> throw new IllegalArgumentException("not a setting without attribute: " + setting);
    };
  }

  /** The reasons first: the kernel keeps the device without carrier while one is set. */
  private static LinkChange carrier(LinkChange change) {
    AttributeWriter reasons = new AttributeWriter();
    reasons.u32(IfLink.IFLA_PROTO_DOWN_REASON_MASK, -1);
    reasons.u32(IfLink.IFLA_PROTO_DOWN_REASON_VALUE, 0);
    return change
        .attribute(new Attribute(IfLink.IFLA_PROTO_DOWN_REASON, reasons.toPayload()))
        .attribute(u8(IfLink.IFLA_PROTO_DOWN, 0));
  }

  private static Attribute noRemote(Wanted.Device wanted) {
    int octets = wanted.local().getAddress().length;
    int type = octets == 4 ? IfLink.IFLA_VXLAN_GROUP : IfLink.IFLA_VXLAN_GROUP6;
    return new Attribute(type, Payload.of(new byte[octets]));
  }

  private static Attribute u8(int type, int value) {
    return new Attribute(type, Payload.of((byte) value));
  }

  private static Attribute u32(int type, int value) {
    return Attributes.parse(new AttributeWriter().u32(type, value).toPayload().buffer())
        .list()
        .get(0);
  }

  private static List<Part> parts(Step.OnDevice step, int index) {
    if (step instanceof Step.ChangeDevice change) {
      return change.settings().stream()
          .map(setting -> setting(setting, change.wanted(), index))
          .toList();
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
    if (step instanceof Step.ChangeAddress change) {
      return List.of(Part.of(AddressRequests.replace(address(index, change.wanted()))));
    }
    if (step instanceof Step.DeleteAddress delete) {
      return List.of(
          Part.of(
              AddressRequests.delete(address(index, delete.gone()).withPeer(delete.peer())),
              Errno.EADDRNOTAVAIL));
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
      return List.of(Part.of(FdbRequests.delete(delete.entry().at(index)), Errno.ENOENT));
    }
    if (step instanceof Step.SetNeighbor set) {
      return List.of(
          Part.of(
              NeighborRequests.replace(
                  Neighbor.permanent(index, set.wanted().address(), set.wanted().mac())
                      .withProtocol(Mark.PROTOCOL))));
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
    if (step instanceof Step.SetTunnelRoute set) {
      return List.of(Part.of(RouteRequests.replace(route(index, set.wanted()))));
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
    LinkChange change = LinkChange.of(index);
    wanted.tunables().forEach(tunable -> change.inet4(tunable.index(), tunable.value()));
    return change.request();
  }

  private static Address address(int index, Wanted.Address wanted) {
    Address address = Address.of(index, wanted.address(), wanted.length());
    // The mesh guarantees uniqueness; duplicate address detection would be flooded and take 1 s.
    return Family.of(wanted.address()) == Family.AF_INET6
        ? address.withFlags(address.flags() | IfAddr.IFA_F_NODAD)
        : address;
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

  private static Route route(int index, Wanted.TunnelRoute wanted) {
    return new Route(
        wanted.prefix().address(),
        wanted.prefix().length(),
        null,
        index,
        Mark.PROTOCOL,
        Rtnetlink.RT_TABLE_MAIN,
        wanted.metric(),
        0,
        Rtnetlink.RTN_UNICAST,
        Rtnetlink.RT_SCOPE_LINK,
        0,
        wanted.source(),
        List.of(),
        List.of());
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
        gone.tos(),
        null,
        List.of(),
        List.of());
  }
}
