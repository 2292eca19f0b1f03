package io.vrouter.mesh.firewall;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.netlink.Conntrack;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.netfilter.ConntrackCodec;
import io.vrouter.netlink.netfilter.ConntrackEntry;
import io.vrouter.netlink.wire.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes connections between mesh addresses that were masqueraded while our table was absent: the
 * first packet decides the translation for the whole connection.
 *
 * <p>A busy host tracks hundreds of thousands of connections: they are read as a stream on a
 * separate thread, and at most {@value #LIMIT} are retained. Methods may be called from any thread.
 */
final class StaleConnections {
  /** Connections retained at once; about 460 octets each. */
  static final int LIMIT = 4096;

  private static final Logger LOG = LoggerFactory.getLogger(StaleConnections.class);

  /** Bound for new ones that appear as fast as old ones are deleted. */
  private static final int ROUNDS = 200;

  private final Supplier<Conntrack> open;
  private final Executor thread;
  private volatile Optional<Problem> problem = Optional.empty();
  private @Nullable Search waiting;

  /**
   * A search request.
   *
   * @param before the policy in force until now; null for none, or when it is unknown
   */
  private record Search(FirewallPolicy policy, @Nullable FirewallPolicy before) {}

  /**
   * Creates the object for one network namespace.
   *
   * @param thread runs one search at a time
   */
  StaleConnections(Supplier<Conntrack> open, Executor thread) {
    this.open = open;
    this.thread = thread;
  }

  /** Why the last run failed. */
  Optional<Problem> problem() {
    return problem;
  }

  /**
   * Deletes connections that the policy allows and the former one didn't; their next packets start
   * connections that keep their source. Returns at once. Merges with a waiting request.
   *
   * @param before the policy in force until now; null for all that the policy allows
   */
  void forget(FirewallPolicy policy, @Nullable FirewallPolicy before) {
    synchronized (this) {
      Search earlier = waiting;
      waiting = new Search(policy, earlier == null ? before : earlier.before());
      if (earlier != null) {
        return;
      }
    }
    thread.execute(this::run);
  }

  private void run() {
    Search search;
    synchronized (this) {
      search = waiting;
      waiting = null;
    }
    if (search != null) {
      search(Reach.of(search.policy(), search.before()));
    }
  }

  private void search(Reach reach) {
    if (reach.isEmpty()) {
      return;
    }
    try (Conntrack conntrack = open.get()) {
      for (int family : List.of(Family.AF_INET, Family.AF_INET6)) {
        search(conntrack, family, reach);
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

  private void search(Conntrack conntrack, int family, Reach reach) {
    List<ConntrackEntry> stale = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      stale.clear();
      conntrack.forEach(
          family,
          ConntrackCodec.IPS_SRC_NAT,
          entry -> {
            if (stale.size() < LIMIT && isStale(entry, reach)) {
              stale.add(entry);
            }
          });
      if (!stale.isEmpty()) {
        // A connection that ended meanwhile is as good as deleted: outcomes are logged for
        // debugging only.
        conntrack.delete(stale).forEach(outcome -> LOG.debug("{}", outcome));
        LOG.info("{} masqueraded connections between mesh addresses deleted", stale.size());
      }
      if (stale.size() < LIMIT) {
        return;
      }
    }
  }

  /** From a local network to another network of the same VNI, with a translated source. */
  private static boolean isStale(ConntrackEntry entry, Reach reach) {
    // Connections DNATed within this host need their hairpin translation.
    boolean direct = entry.replySource().equals(entry.destination());
    return entry.sourceTranslated() && direct && reach.covers(entry.source(), entry.destination());
  }
}
