package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.IfLink;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Our tunnel devices. */
final class DeviceDiff {
  /** Settings that only a new device gets, and their value there. Absent counts as that value. */
  private static final List<Integer> ZERO_FROM_THE_START =
      List.of(
          IfLink.IFLA_VXLAN_PROXY,
          IfLink.IFLA_VXLAN_RSC,
          IfLink.IFLA_VXLAN_L2MISS,
          IfLink.IFLA_VXLAN_L3MISS,
          IfLink.IFLA_VXLAN_UDP_ZERO_CSUM6_TX,
          IfLink.IFLA_VXLAN_UDP_ZERO_CSUM6_RX,
          IfLink.IFLA_VXLAN_REMCSUM_TX,
          IfLink.IFLA_VXLAN_REMCSUM_RX,
          IfLink.IFLA_VXLAN_GBP,
          IfLink.IFLA_VXLAN_GPE,
          IfLink.IFLA_VXLAN_TTL_INHERIT,
          IfLink.IFLA_VXLAN_VNIFILTER);

  /** Steps that precede the entries of the devices. */
  final List<Step> make = new ArrayList<>();

  /** Steps that follow the entries of the devices. */
  final List<Step> raise = new ArrayList<>();

  /** By name, the problem that blocks a wanted device. */
  final Map<String, Problem> blocked = new HashMap<>();

  /** By name, the wanted devices that exist and stay. */
  final Map<String, Link> ours = new HashMap<>();

  /** By index, the names of {@link #ours}. */
  final Map<Integer, String> names = new HashMap<>();

  /** The devices of {@link #ours} that lose all neighbours by a step of {@link #make}. */
  final Set<String> flushed = new HashSet<>();

  private final Observed observed;
  private final Set<String> deleted = new HashSet<>();

  DeviceDiff(KernelState desired, Observed observed) {
    this.observed = observed;
    for (Wanted.Device wanted : desired.devices()) {
      block(wanted);
      if (!blocked.containsKey(wanted.device())) {
        compare(wanted);
      }
    }
  }

  /** Deletes our devices that are not wanted. */
  List<Step> unwanted(KernelState desired) {
    Set<String> kept = new HashSet<>(deleted);
    desired.devices().forEach(device -> kept.add(device.device()));
    desired.tunnels().forEach(device -> kept.add(device.device()));
    List<Step> steps = new ArrayList<>();
    for (Link link : observed.links()) {
      boolean lingers = desired.lingering() && link.vxlan() == null;
      if (Observed.isOurs(link) && !kept.contains(link.name()) && !lingers) {
        steps.add(new Step.DeleteDevice(link.name()));
      }
    }
    return steps;
  }

  private void block(Wanted.Device wanted) {
    for (Link link : observed.links()) {
      if (!Observed.isOurs(link) && inTheWay(wanted, link)) {
        blocked.put(
            wanted.device(),
            new Problem(
                "foreign-device",
                "VNI %s can't have its device %s: device %s (index %d), which is not ours, has %s"
                    .formatted(
                        wanted.vni(),
                        wanted.device(),
                        link.name(),
                        link.index(),
                        link.name().equals(wanted.device()) ? "the name" : "the VNI and port"),
                "remove it with 'ip link del " + link.name() + "', or choose another --vni"));
      }
    }
  }

  private static boolean inTheWay(Wanted.Device wanted, Link link) {
    Vxlan vxlan = link.vxlan();
    return link.name().equals(wanted.device()) || (vxlan != null && isSameTunnel(wanted, vxlan));
  }

  private static boolean isSameTunnel(Wanted.Device wanted, Vxlan vxlan) {
    return !vxlan.collectMetadata()
        && vxlan.id() == wanted.vni().value()
        && vxlan.port() == wanted.port();
  }

  private void compare(Wanted.Device wanted) {
    String name = wanted.device();
    for (Link link : observed.links()) {
      Vxlan vxlan = link.vxlan();
      boolean renamed =
          Observed.isOurs(link)
              && !link.name().equals(name)
              && vxlan != null
              && isSameTunnel(wanted, vxlan);
      // The kernel reserves the VNI and port until the device is deleted.
      if (renamed && deleted.add(link.name())) {
        make.add(new Step.DeleteDevice(link.name()));
      }
    }
    Link link = observed.link(name).orElse(null);
    Vxlan vxlan = link == null ? null : link.vxlan();
    if (link == null || vxlan == null) {
      create(wanted);
    } else if (mustBeMadeAnew(wanted, vxlan)) {
      make.add(new Step.DeleteDevice(name));
      create(wanted);
    } else {
      change(wanted, link);
      ours.put(name, link);
      names.put(link.index(), name);
      if (!link.isUp()) {
        raise.add(new Step.RaiseDevice(name));
      }
    }
  }

  private void create(Wanted.Device wanted) {
    make.add(new Step.CreateDevice(wanted));
    raise.add(new Step.RaiseDevice(wanted.device()));
  }

  private void change(Wanted.Device wanted, Link link) {
    List<DeviceSetting> settings = new ArrayList<>();
    for (DeviceSetting setting : DeviceSetting.values()) {
      if (!setting.isMetBy(wanted, link)) {
        settings.add(setting);
        if (setting.flushesNeighbors(link)) {
          flushed.add(wanted.device());
        }
      }
    }
    if (!settings.isEmpty()) {
      make.add(new Step.ChangeDevice(wanted, settings));
    }
  }

  /**
   * Whether a setting differs that the kernel changes on no existing device (vxlan_core.c,
   * vxlan_nl2conf).
   */
  private static boolean mustBeMadeAnew(Wanted.Device wanted, Vxlan vxlan) {
    return !isSameTunnel(wanted, vxlan)
        || vxlan.limit() != wanted.limit()
        || vxlan.link() != 0
        || vxlan.portLow() != 0
        || vxlan.portHigh() != 0
        || !vxlan.udpCsum()
        || !isSameFamily(wanted, vxlan)
        || !ZERO_FROM_THE_START.stream()
            .allMatch(type -> DeviceSetting.isValue(vxlan.unknown(), type, 0));
  }

  private static boolean isSameFamily(Wanted.Device wanted, Vxlan vxlan) {
    InetAddress local = vxlan.local();
    boolean ipv4 = wanted.local().getAddress().length == 4;
    // Without an address the kernel doesn't show the family; only with encryption is there none.
    return local == null
        ? ipv4 || wanted.local().isAnyLocalAddress()
        : ipv4 == (local.getAddress().length == 4);
  }
}
