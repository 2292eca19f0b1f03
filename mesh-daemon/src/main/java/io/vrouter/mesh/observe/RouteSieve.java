package io.vrouter.mesh.observe;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.Mark;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.wire.Rtnetlink;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Selects the routes of a dump on which a decision can depend: a router has hundreds of thousands,
 * and they would fill the heap.
 *
 * <p>Default routes, connected routes, ours and those on our devices are all selected. Of the rest
 * {@link #PER_QUESTION} are selected for each prefix in question that contains them, {@link
 * #PER_CELL} for each range of the pool in private space, and one for each of {@link #GATEWAYS}
 * gateways. One sieve serves one dump of each family, repeated or not: its answers repeat.
 */
final class RouteSieve {
  static final int PER_QUESTION = 4;
  static final int PER_CELL = 2;
  static final int CELLS = 2_048;
  static final int GATEWAYS = 1_024;

  /** Length of the prefixes that the pool hands out as ranges: one in use is as good as more. */
  private static final int CELL_LENGTH = 18;

  /** The identity of a route: the kernel has no two of them that are equal. */
  private record Key(Prefix prefix, int oif, int metric, int tos) {}

  /** Routes that are equal to one decision. */
  private record Sort(Prefix within, boolean equal, boolean device, boolean ourMetric) {}

  private final Set<Integer> ours;
  private final Set<Prefix> questions;
  private final TreeSet<Integer> lengths = new TreeSet<>();
  private final Map<Sort, Set<Key>> answers = new HashMap<>();
  private final Map<Prefix, Set<Key>> cells = new HashMap<>();
  private final Map<InetAddress, Key> gateways = new HashMap<>();

  /**
   * A sieve for one look.
   *
   * @param ours indexes of our devices
   * @param questions prefixes for which it matters what this host routes to them or a part of them
   */
  RouteSieve(Set<Integer> ours, Collection<Prefix> questions) {
    this.ours = Set.copyOf(ours);
    this.questions = new HashSet<>(questions);
    questions.forEach(prefix -> lengths.add(prefix.length()));
  }

  /** Whether a route of the main table is selected. */
  boolean selects(Route route) {
    if (route.protocol() == Mark.PROTOCOL
        || route.protocol() == Rtnetlink.RTPROT_KERNEL
        || route.prefixLength() == 0
        || ours.contains(route.oif())) {
      return true;
    }
    Prefix prefix = Observed.prefix(route);
    Key key = new Key(prefix, route.oif(), route.metric(), route.tos());
    boolean selected = answers(route, prefix, key);
    if (prefix.isPrivate()) {
      Prefix cell = Prefix.of(prefix.address(), Math.min(prefix.length(), CELL_LENGTH));
      Set<Key> there = cells.get(cell);
      if (there == null && cells.size() < CELLS) {
        there = new HashSet<>();
        cells.put(cell, there);
      }
      selected |= there != null && takes(there, key, PER_CELL);
    }
    selected |= leadsBy(route.gateway(), key);
    for (Route.NextHop hop : route.multipath()) {
      selected |= leadsBy(hop.gateway(), key);
    }
    return selected;
  }

  private boolean answers(Route route, Prefix prefix, Key key) {
    boolean selected = false;
    for (int length : lengths.headSet(prefix.length(), true)) {
      Prefix question = Prefix.of(prefix.address(), length);
      if (questions.contains(question)) {
        Sort sort =
            new Sort(
                question, question.equals(prefix), route.oif() != 0, route.metric() == Mark.METRIC);
        selected |= takes(answers.computeIfAbsent(sort, it -> new HashSet<>()), key, PER_QUESTION);
      }
    }
    return selected;
  }

  private boolean leadsBy(@Nullable InetAddress gateway, Key key) {
    if (gateway == null) {
      return false;
    }
    Key known = gateways.get(gateway);
    if (known == null && gateways.size() < GATEWAYS) {
      gateways.put(gateway, key);
      return true;
    }
    return key.equals(known);
  }

  private static boolean takes(Set<Key> taken, Key key, int most) {
    return taken.contains(key) || (taken.size() < most && taken.add(key));
  }
}
