package io.vrouter.mesh.firewall;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.netlink.Conntrack;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.netfilter.ConntrackCodec;
import io.vrouter.netlink.netfilter.ConntrackEntry;
import io.vrouter.netlink.wire.Family;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes connections between mesh addresses that were masqueraded while our table was absent: the
 * first packet decides the translation, so they would keep it until they end.
 */
final class StaleConnections {
  private static final Logger LOG = LoggerFactory.getLogger(StaleConnections.class);

  private final Supplier<Conntrack> open;
  private Optional<Problem> problem = Optional.empty();

  StaleConnections(Supplier<Conntrack> open) {
    this.open = open;
  }

  /** Of the calling thread's network namespace. */
  static StaleConnections here() {
    return new StaleConnections(Conntrack::open);
  }

  /** Why the last run failed. */
  Optional<Problem> problem() {
    return problem;
  }

  /** Deletes them; their next packets start connections that keep their source. */
  void forget(FirewallPolicy policy) {
    try (Conntrack conntrack = open.get()) {
      List<ConntrackEntry> stale = new ArrayList<>();
      for (int family : List.of(Family.AF_INET, Family.AF_INET6)) {
        boolean ipv4 = family == Family.AF_INET;
        if (sources(policy).stream().anyMatch(prefix -> prefix.isIpv4() == ipv4)) {
          stale.addAll(
              conntrack
                  .list(family, ConntrackCodec.IPS_SRC_NAT, entry -> isStale(entry, policy))
                  .entries());
        }
      }
      // A connection that ended meanwhile is as good as deleted: outcomes are for debugging only.
      if (!stale.isEmpty()) {
        conntrack.delete(stale).forEach(outcome -> LOG.debug("{}", outcome));
        LOG.info("{} masqueraded connections between mesh addresses deleted", stale.size());
      }
      problem = Optional.empty();
    } catch (NetlinkException e) {
      problem =
          Optional.of(
              new Problem(
                  "conntrack",
                  "connections that were masqueraded earlier may stay so: " + e.getMessage(),
                  "run 'modprobe nf_conntrack_netlink' on the host, or open them anew"));
    }
  }

  /** From a local network to another network of the same VNI, with a translated source. */
  static boolean isStale(ConntrackEntry entry, FirewallPolicy policy) {
    // Connections DNATed within this host need their hairpin translation.
    boolean direct = entry.replySource().equals(entry.destination());
    return entry.sourceTranslated()
        && direct
        && policy.zones().stream()
            .anyMatch(
                zone ->
                    zone.local().stream().anyMatch(it -> it.prefix().contains(entry.source()))
                        && reaches(zone, entry.destination()));
  }

  /** Whether the policy allows a pair of networks that the other refuses. */
  static boolean reachesMore(FirewallPolicy policy, FirewallPolicy other) {
    return !policy.zones().stream()
        .allMatch(zone -> other.zones().stream().anyMatch(it -> reachesAll(it, zone)));
  }

  private static boolean reachesAll(FirewallPolicy.Zone zone, FirewallPolicy.Zone all) {
    return zone.vni().equals(all.vni())
        && zone.local().containsAll(all.local())
        && zone.peers().containsAll(all.peers());
  }

  private static boolean reaches(FirewallPolicy.Zone zone, InetAddress destination) {
    return zone.local().stream().anyMatch(it -> it.prefix().contains(destination))
        || zone.peers().stream()
            .anyMatch(
                peer ->
                    peer.overlays().contains(destination)
                        || peer.prefixes().stream().anyMatch(it -> it.contains(destination)));
  }

  private static List<Prefix> sources(FirewallPolicy policy) {
    return policy.zones().stream()
        .flatMap(zone -> zone.local().stream())
        .map(FirewallPolicy.LocalNetwork::prefix)
        .toList();
  }
}
