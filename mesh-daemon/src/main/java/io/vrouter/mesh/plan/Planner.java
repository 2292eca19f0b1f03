package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.route.Inet4Conf;
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
import org.jspecify.annotations.Nullable;

/**
 * The difference between what is wanted and what is there, as steps.
 *
 * <p>What is added comes before what is deleted, a device's entries before the device comes up, the
 * firewall before everything. Nothing that lacks our mark is touched; where it is in the way a
 * problem says so. All entries of a device that carries our mark count as ours: forwarding entries
 * can't be marked one by one.
 */
public final class Planner {
  private Planner() {}

  /**
   * The wanted firewall without the VNIs whose device is somebody else's: our rules would fall on
   * their traffic.
   */
  public static FirewallPolicy firewall(Desired desired, Observed observed) {
    Set<String> blocked = blocked(desired, observed).keySet();
    FirewallPolicy wanted = desired.firewall();
    Set<FirewallPolicy.Zone> zones = new HashSet<>(wanted.zones());
    zones.removeIf(zone -> blocked.contains(zone.device()));
    return new FirewallPolicy(wanted.vxlanPort(), wanted.probePort(), zones, wanted.known());
  }

  /** Plans. */
  public static Plan plan(Desired desired, Observed observed) {
    Map<String, Problem> blocked = blocked(desired, observed);
    List<Problem> problems = new ArrayList<>(blocked.values());
    Map<String, Link> links = new HashMap<>();
    for (Link link : observed.links()) {
      links.put(link.name(), link);
    }

    List<Step> first = new ArrayList<>();
    if (!observed.firewall().holds()) {
      first.add(new Step.SetFirewall(firewall(desired, observed)));
    }
    if (!observed.firewall().open()) {
      first.add(new Step.OpenForwarding(firewall(desired, observed)));
    }
    List<Step> raise = new ArrayList<>();
    Map<String, Link> ours = new HashMap<>();
    for (Wanted.Device wanted : desired.devices()) {
      if (!blocked.containsKey(wanted.device())) {
        Link link = device(wanted, links.get(wanted.device()), first);
        if (link != null) {
          ours.put(wanted.device(), link);
        }
        if (link == null || !link.isUp()) {
          raise.add(new Step.RaiseDevice(wanted.device()));
        }
      }
    }
    List<Step> last = new ArrayList<>();
    forwarding(desired, observed, links, ours, blocked.keySet(), first, last);

    EntryDiff entries = new EntryDiff(desired, observed, ours, blocked.keySet());
    RouteDiff routes = new RouteDiff(desired, observed, ours, blocked.keySet());
    problems.addAll(routes.problems);
    List<Step> steps = new ArrayList<>(first);
    steps.addAll(entries.add);
    steps.addAll(raise);
    steps.addAll(routes.add);
    steps.addAll(routes.delete);
    steps.addAll(entries.delete);
    if (!observed.interrupted().contains(Observed.Kind.LINK)) {
      unwantedDevices(desired, observed).forEach(steps::add);
    }
    steps.addAll(last);
    return new Plan(steps, problems);
  }

  /** Removes all that is ours and nothing else: at leave, and for what a killed run left behind. */
  public static Plan cleanup(Observed observed) {
    List<Step> steps = new ArrayList<>();
    RouteDiff.deleteAll(observed, steps);
    for (Link link : observed.links()) {
      if (Observed.isOurs(link)) {
        steps.add(new Step.DeleteDevice(link.name()));
      }
    }
    for (FormerSetting setting : observed.former()) {
      if (observed.link(setting.device()).filter(link -> differs(link, setting)).isPresent()) {
        steps.add(new Step.RestoreForwarding(setting));
      }
    }
    steps.add(new Step.CloseForwarding());
    steps.add(new Step.RemoveFirewall());
    return new Plan(steps, List.of());
  }

  private static Map<String, Problem> blocked(Desired desired, Observed observed) {
    Map<String, Problem> blocked = new HashMap<>();
    for (Wanted.Device wanted : desired.devices()) {
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
    return blocked;
  }

  private static boolean inTheWay(Wanted.Device wanted, Link link) {
    Vxlan vxlan = link.vxlan();
    return link.name().equals(wanted.device())
        || (vxlan != null
            && !vxlan.collectMetadata()
            && vxlan.id() == wanted.vni().value()
            && vxlan.port() == wanted.port());
  }

  /** The device as the later steps will find it, null when it has to be made anew. */
  private static @Nullable Link device(
      Wanted.Device wanted, @Nullable Link link, List<Step> steps) {
    Vxlan vxlan = link == null ? null : link.vxlan();
    if (link == null || vxlan == null) {
      steps.add(new Step.CreateDevice(wanted));
      return null;
    }
    if (vxlan.id() != wanted.vni().value()
        || vxlan.port() != wanted.port()
        || vxlan.limit() != wanted.limit()
        || !vxlan.learning()
        || vxlan.link() != 0
        || !sameFamily(wanted, vxlan)) {
      // The kernel changes none of these in place (vxlan_core.c, vxlan_nl2conf).
      steps.add(new Step.DeleteDevice(wanted.device()));
      steps.add(new Step.CreateDevice(wanted));
      return null;
    }
    boolean same =
        link.mtu() == wanted.mtu()
            && wanted.mac().equals(link.address())
            && link.alias().equals(wanted.alias())
            && wanted.local().equals(vxlan.local())
            && generatesNoAddress(link);
    if (!same) {
      steps.add(new Step.ChangeDevice(wanted));
    }
    return link;
  }

  private static boolean sameFamily(Wanted.Device wanted, Vxlan vxlan) {
    InetAddress local = vxlan.local();
    return local != null && local.getAddress().length == wanted.local().getAddress().length;
  }

  private static boolean generatesNoAddress(Link link) {
    int mode = link.afSpec().addrGenMode();
    return mode < 0 || mode == IfLink.IN6_ADDR_GEN_MODE_NONE;
  }

  private static void forwarding(
      Desired desired,
      Observed observed,
      Map<String, Link> links,
      Map<String, Link> ours,
      Set<String> blocked,
      List<Step> set,
      List<Step> restore) {
    Set<String> wantedDevices = new HashSet<>();
    for (Wanted.Forwarding wanted : desired.forwarding()) {
      String device = wanted.device();
      wantedDevices.add(device);
      Link link = wanted.ours() ? ours.get(device) : links.get(device);
      if (blocked.contains(device) || (link == null && !wanted.ours())) {
        continue;
      }
      if (link == null) {
        set.add(new Step.SetForwarding(wanted, null));
      } else {
        Inet4Conf conf = link.inet4();
        if (conf != null && !wanted.isMetBy(conf)) {
          FormerSetting setting =
              wanted.ours() ? null : new FormerSetting(device, conf.forwarding() ? 1 : 0);
          set.add(new Step.SetForwarding(wanted, setting));
        }
      }
    }
    for (FormerSetting setting : observed.former()) {
      Link link = links.get(setting.device());
      if (link != null && !wantedDevices.contains(setting.device()) && differs(link, setting)) {
        restore.add(new Step.RestoreForwarding(setting));
      }
    }
  }

  private static boolean differs(Link link, FormerSetting setting) {
    Inet4Conf conf = link.inet4();
    return conf != null && conf.forwarding() != (setting.forwarding() != 0);
  }

  private static List<Step> unwantedDevices(Desired desired, Observed observed) {
    Set<String> wanted = new HashSet<>();
    desired.devices().forEach(device -> wanted.add(device.device()));
    List<Step> steps = new ArrayList<>();
    for (Link link : observed.links()) {
      if (Observed.isOurs(link) && !wanted.contains(link.name())) {
        steps.add(new Step.DeleteDevice(link.name()));
      }
    }
    return steps;
  }
}
