package io.vrouter.mesh.reconcile;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipView;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FastEntry;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Step;
import io.vrouter.mesh.plan.VtepMac;
import io.vrouter.mesh.plan.WireGuardAddress;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.mesh.record.Subnet;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Keeps the kernel entries of an earlier run for hosts without a known record.
 *
 * <p>Membership keeps the members' records over a restart, so each former peer is present from the
 * first pass on, with its own state. No entry of a peer that wasn't given up is removed until the
 * first push/pull with another member, since a saved record may lack what its host published last.
 * Entries of hosts without a record stay for {@link #GRACE} besides: the record may be lost while
 * the data path works.
 */
final class Adoption {
  /** As long as a member may take to restart. */
  static final Duration GRACE = Duration.ofSeconds(60);

  private final long until;
  private boolean looked;
  private boolean over;
  private boolean held;

  Adoption(long now) {
    until = now + GRACE.toNanos();
  }

  /** Whether a push/pull with another member has completed. */
  static boolean met(MembershipView view) {
    return view.settled()
        && view.members().values().stream()
            .anyMatch(it -> !it.id().equals(view.self()) && it.state() == MemberState.ALIVE);
  }

  /**
   * The plan without the removal of unknown hosts' entries and, until a member was met, without any
   * removal and without the firewall that would refuse their packets.
   *
   * @param peers all hosts with a record, in any state
   * @param met see {@link #met}
   * @param firewallStands asked only where it decides
   */
  Plan kept(
      Plan plan,
      Observed observed,
      Collection<RemoteHost> peers,
      boolean met,
      BooleanSupplier firewallStands,
      long now) {
    if (!looked) {
      looked = true;
      over = observed.links().stream().noneMatch(Observed::isOurs);
    }
    over |= met && now - until >= 0;
    held = false;
    if (over) {
      return plan;
    }
    // A saved record may be older than the entries: until a member was met it explains no removal,
    // unless its host was given up.
    Known known =
        new Known(peers.stream().filter(peer -> met || !peer.state().keepsDataPath()).toList());
    List<Step> steps = plan.steps().stream().filter(step -> !known.lacks(step)).toList();
    held = steps.size() < plan.steps().size();
    if (held && !met && now - until < 0 && firewallStands.getAsBoolean()) {
      steps = steps.stream().filter(step -> !narrows(step)).toList();
    }
    return new Plan(steps, plan.problems());
  }

  /** Whether the last plan was cut. */
  boolean held() {
    return held;
  }

  /** When the grace ends; empty when nothing is held, or another event is awaited. */
  Optional<Long> deadline(long now) {
    return held && now - until < 0 ? Optional.of(until) : Optional.empty();
  }

  private static boolean narrows(Step step) {
    return step instanceof Step.SetFirewall || step instanceof Step.OpenForwarding;
  }

  /** The entries that known hosts' records explain. */
  private static final class Known {
    private final Set<InetAddress> underlays = new HashSet<>();
    private final Set<InetAddress> overlays = new HashSet<>();
    private final Set<MacAddress> macs = new HashSet<>();
    private final Set<Prefix> prefixes = new HashSet<>();

    Known(Collection<RemoteHost> peers) {
      for (RemoteHost peer : peers) {
        underlays.add(peer.record().underlay());
        for (int slot = 0; slot < WireGuardKey.SLOTS; slot++) {
          underlays.add(WireGuardAddress.of(peer.id(), slot, true));
          underlays.add(WireGuardAddress.of(peer.id(), slot, false));
        }
        peer.record().subnets().stream().map(Subnet::prefix).forEach(prefixes::add);
        for (Overlay overlay : peer.record().overlays()) {
          overlays.add(overlay.address());
          macs.add(VtepMac.of(peer.id(), overlay.vni()));
        }
      }
    }

    /** Whether the step removes an entry that may belong to a host without a record. */
    boolean lacks(Step step) {
      if (step instanceof Step.DeleteRoute route) {
        InetAddress via = route.via();
        return via != null && !overlays.contains(via) && !prefixes.contains(route.prefix());
      }
      if (step instanceof Step.DeleteFdb fdb) {
        return !underlays.contains(fdb.dst()) && !macs.contains(fdb.mac());
      }
      if (step instanceof Step.DeleteFastEntry fast) {
        return (fast.gone() instanceof FastEntry.PeerSource sender && !macs.contains(sender.mac()))
            || (fast.gone() instanceof FastEntry.PeerDestination to && !macs.contains(to.mac()));
      }
      return step instanceof Step.DeleteNeighbor neighbor && !overlays.contains(neighbor.address());
    }
  }
}
