package io.vrouter.mesh.trial;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The lanes between two hosts, the same list on both. Pure. */
final class PairLanes {
  /** Most lanes that must work, and most that must not. */
  static final int MOST = 400;

  /** Most octets of a host's sites in a message. */
  static final int MOST_OCTETS = 900;

  private static final int MOST_CLOSED = 12;

  private PairLanes() {}

  /** The sites that fit a message: those of the mesh first, each kind by address. */
  static List<Site> fitting(List<Site> sites) {
    List<Site> chosen = new ArrayList<>();
    int octets = 0;
    int closed = 0;
    for (Site site : sorted(sites)) {
      octets += site.length();
      if (octets > MOST_OCTETS || (!site.isOpen() && closed++ >= MOST_CLOSED)) {
        break;
      }
      chosen.add(site);
    }
    return chosen;
  }

  private static List<Site> sorted(List<Site> sites) {
    return sites.stream()
        .sorted(
            Comparator.comparing((Site site) -> !site.isOpen())
                .thenComparing(Site::vni)
                .thenComparing(site -> new java.math.BigInteger(1, site.address().getAddress())))
        .toList();
  }

  /** Every pair within a VNI must work; one site of each network and VNI tries what must not. */
  static List<Lane> of(List<Site> near, List<Site> far) {
    Set<Lane> open = new LinkedHashSet<>();
    Set<Lane> closed = new LinkedHashSet<>();
    for (Site one : near) {
      for (Site other : far) {
        if (!sameFamily(one, other)) {
          continue;
        }
        if (one.isOpen() && one.vni() == other.vni()) {
          open.add(new Lane(one, other, true));
        } else if (one.isOpen() || other.isOpen()) {
          if (isFirst(one, near) && isFirst(other, far)) {
            closed.add(new Lane(one, other, false));
          }
        }
      }
    }
    List<Lane> lanes = new ArrayList<>(open.stream().limit(MOST).toList());
    lanes.addAll(closed.stream().limit(MOST).toList());
    return List.copyOf(lanes);
  }

  private static boolean sameFamily(Site one, Site other) {
    return one.address() instanceof Inet4Address == other.address() instanceof Inet4Address;
  }

  /** Whether a site stands for its VNI; each network outside the mesh stands for itself. */
  private static boolean isFirst(Site site, List<Site> all) {
    return !site.isOpen()
        || all.stream()
            .filter(other -> other.vni() == site.vni() && sameFamily(site, other))
            .findFirst()
            .map(site::equals)
            .orElse(false);
  }
}
