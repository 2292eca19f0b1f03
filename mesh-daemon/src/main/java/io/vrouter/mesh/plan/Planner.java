package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.route.Inet4Conf;
import io.vrouter.netlink.route.Link;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The difference between the desired and the observed state, as steps.
 *
 * <p>Additions precede deletions, a device's entries precede its activation, the firewall precedes
 * everything but {@link FdbDiff#loosen} and removals from the fast path. An object that lacks our
 * mark is never changed; one that is in the way becomes a problem. All entries of a device that
 * carries our mark count as ours: forwarding entries can't be marked one by one.
 */
public final class Planner {
  private Planner() {}

  /** As below, of the kernel's part. */
  public static FirewallPolicy firewall(Desired desired, Observed observed) {
    return firewall(desired.kernel(), observed);
  }

  /**
   * The wanted firewall without the VNIs whose device belongs to another program: our rules would
   * apply to its traffic.
   */
  public static FirewallPolicy firewall(KernelState desired, Observed observed) {
    Set<String> blocked = new DeviceDiff(desired, observed).blocked.keySet();
    FirewallPolicy wanted = desired.firewall();
    Set<FirewallPolicy.Zone> zones = new HashSet<>(wanted.zones());
    zones.removeIf(zone -> blocked.contains(zone.device()));
    return new FirewallPolicy(
        wanted.vxlanPort(), wanted.probePort(), zones, wanted.known(), wanted.outer());
  }

  /** As below, of the kernel's part. */
  public static Plan plan(Desired desired, Observed observed) {
    return plan(desired.kernel(), observed);
  }

  /** Computes the plan. */
  public static Plan plan(KernelState desired, Observed observed) {
    DeviceDiff devices = new DeviceDiff(desired, observed);
    Set<String> blocked = devices.blocked.keySet();
    Map<String, Link> links = new HashMap<>();
    for (Link link : observed.links()) {
      links.put(link.name(), link);
    }

    TunnelDiff tunnels = new TunnelDiff(desired, observed, devices);
    FdbDiff fdb = new FdbDiff(desired, observed, devices);
    FastPathDiff fastPath = new FastPathDiff(desired, observed, firewall(desired, observed));
    List<Step> first = new ArrayList<>(fastPath.remove);
    Observed.TableWrite write = observed.firewall().write();
    if (!observed.firewall().holds() && write == Observed.TableWrite.NONE) {
      first.addAll(fdb.loosen);
      first.add(new Step.SetFirewall(firewall(desired, observed)));
    }
    if (!observed.firewall().open()) {
      first.add(new Step.OpenForwarding(firewall(desired, observed)));
    }
    first.addAll(devices.make);
    first.addAll(tunnels.make);
    List<Step> last = new ArrayList<>();
    forwarding(desired, observed, links, devices.ours, blocked, first, last);

    AddressDiff addresses = new AddressDiff(desired, observed, devices);
    Set<String> flushed = new HashSet<>(devices.flushed);
    flushed.addAll(addresses.emptied);
    NeighborDiff neighbors = new NeighborDiff(desired, observed, devices, flushed);
    RouteDiff routes = new RouteDiff(desired, observed, devices, addresses.emptied);
    List<Problem> problems = new ArrayList<>(devices.blocked.values());
    problems.addAll(routes.problems);
    List<Step> steps = new ArrayList<>(first);
    steps.addAll(addresses.add);
    steps.addAll(tunnels.raise);
    steps.addAll(fdb.add);
    steps.addAll(neighbors.add);
    steps.addAll(devices.raise);
    steps.addAll(routes.add);
    steps.addAll(routes.delete);
    steps.addAll(tunnels.delete);
    steps.addAll(neighbors.delete);
    steps.addAll(fdb.delete);
    steps.addAll(addresses.delete);
    if (!observed.interrupted().contains(Observed.DumpKind.LINK)) {
      steps.addAll(devices.unwanted(desired));
    }
    steps.addAll(last);
    if (write == Observed.TableWrite.NONE) {
      // It passes the table by, so it waits for a table that is in force.
      steps.addAll(fastPath.add);
    }
    return new Plan(guarded(steps, write), problems);
  }

  /** The steps that may be carried out while the firewall is being written. */
  private static List<Step> guarded(List<Step> steps, Observed.TableWrite write) {
    return switch (write) {
      case NONE -> steps;
      case CREATION -> steps.stream().filter(Step::removes).toList();
      case CHANGE -> {
        Set<String> made = new HashSet<>();
        for (Step step : steps) {
          if (step instanceof Step.CreateDevice || step instanceof Step.CreateTunnel) {
            made.add(((Step.OnDevice) step).device());
          }
        }
        yield steps.stream()
            .filter(step -> !(step instanceof Step.OnDevice on && made.contains(on.device())))
            .toList();
      }
    };
  }

  /** Removes all objects of ours and nothing else: at leave, and after a run that was killed. */
  public static Plan cleanup(Observed observed) {
    List<Step> steps = new ArrayList<>();
    observed.fastPath().hooks().forEach(hook -> steps.add(new Step.DetachFastPath(hook)));
    observed.fastPath().outdated().forEach(hook -> steps.add(new Step.DetachFastPath(hook)));
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

  private static void forwarding(
      KernelState desired,
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
}
