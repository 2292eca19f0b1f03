package io.vrouter.mesh.reconcile;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.Holding;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.mesh.record.Subnet;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges the Lamport numbers of peers' claims by their origins' former records: a number is set by
 * the claimer itself, and the lower one wins.
 *
 * <ul>
 *   <li>The numbers of one origin rise. A claim absent from its former record counts with a number
 *       above all of the former record's, and no claim with a lower one than before.
 *   <li>A claim that an origin made while unreachable counts with a number above all that this host
 *       knew when it lost the origin: claims that stood then are older.
 *   <li>A number more than {@link #MAX_STEP} above all others is void, and its claim with it. It
 *       raises no host's next number.
 * </ul>
 */
final class ClaimHistory {
  /** Most claims that a mesh makes between two states of one host. */
  static final long MAX_STEP = 1L << 20;

  /** How long after its return the claims of an origin still count as those from before. */
  private static final Duration MEETING = Duration.ofSeconds(5);

  private record ClaimKey(Conflict.ClaimKind kind, Vni vni, Prefix prefix) {
    Holding holding(NodeId id) {
      return new Holding(kind, id, vni, prefix);
    }

    boolean loses(NodeId id, Holding standing) {
      return !standing.id().equals(id)
          && standing.kind() == kind
          && standing.vni().equals(vni)
          && standing.prefix().overlaps(prefix);
    }
  }

  private static final class Origin {
    private Map<ClaimKey, Long> told = Map.of();
    private Map<ClaimKey, Long> counted = Map.of();
    private Set<ClaimKey> renewed = Set.of();
    private long highest;
    private boolean lost;
    private long floor;
    private @Nullable Long metAgain;
    private final Set<Holding> returned = new HashSet<>();
    private final Set<ClaimKey> beaten = new HashSet<>();
  }

  private final Map<NodeId, Origin> origins = new HashMap<>();

  /**
   * The result.
   *
   * @param peers with the numbers that count, without void claims
   * @param stands claims that later ones don't displace: those that stood, and those of origins
   *     that this host had lost and met again, which are settled by their numbers
   * @param renewed claims that their origins made anew with higher numbers: they gave way
   */
  record Judged(
      List<RemoteHost> peers, Set<Holding> stands, Set<Holding> renewed, List<Problem> problems) {}

  /**
   * Judges.
   *
   * @param lamport this host's highest number, 0 for none
   * @param standing claims whose paths work here
   */
  Judged judge(Collection<RemoteHost> peers, long lamport, Set<Holding> standing, long now) {
    Set<NodeId> known = new HashSet<>();
    peers.forEach(peer -> known.add(peer.id()));
    origins.keySet().retainAll(known);
    long limit = limit(peers, lamport);
    long highest = Math.max(lamport, highestCounted());
    List<RemoteHost> judged = new ArrayList<>();
    Set<Holding> stands = new HashSet<>(standing);
    Set<Holding> renewed = new HashSet<>();
    List<Problem> problems = new ArrayList<>();
    for (RemoteHost peer : peers) {
      Origin origin = origins.computeIfAbsent(peer.id(), id -> new Origin());
      boolean had = origin.lost;
      follow(origin, peer.state(), highest, now);
      count(origin, peer.record(), limit);
      beaten(origin, peer.id(), !had && origin.lost, standing);
      HostRecord record = counted(origin, peer.record());
      note(origin, peer.id(), record, now);
      judged.add(peer.with(record));
      stands.addAll(origin.returned);
      origin.renewed.forEach(key -> renewed.add(key.holding(peer.id())));
      if (origin.counted.size() < origin.told.size() && peer.state().keepsDataPath()) {
        problems.add(absurd(peer, limit));
      }
    }
    stands.removeAll(renewed);
    return new Judged(judged, stands, renewed, problems);
  }

  private static void follow(Origin origin, MemberState state, long highest, long now) {
    if (state == MemberState.FAILED && !origin.lost) {
      origin.lost = true;
      origin.floor = highest;
      origin.metAgain = null;
      origin.returned.clear();
    } else if (state.keepsDataPath() && origin.lost) {
      origin.lost = false;
      origin.metAgain = now;
    } else if (!state.keepsDataPath() && state != MemberState.FAILED) {
      // The origin released its claims itself.
      origin.lost = false;
      origin.metAgain = null;
      origin.returned.clear();
    }
  }

  /**
   * A claim that was in the way of another's standing one when this host lost its origin was no
   * owner's: it does not return as one that stands.
   */
  private static void beaten(Origin origin, NodeId id, boolean lostNow, Set<Holding> standing) {
    origin.beaten.retainAll(origin.told.keySet());
    if (lostNow) {
      origin.told.keySet().stream()
          .filter(key -> standing.stream().anyMatch(it -> key.loses(id, it)))
          .forEach(origin.beaten::add);
    }
  }

  private static void count(Origin origin, HostRecord record, long limit) {
    Map<ClaimKey, Long> told = claims(record);
    boolean first = origin.told.isEmpty() && origin.highest == 0;
    long floor = first ? 0 : Math.max(origin.highest, origin.floor);
    Map<ClaimKey, Long> counted = new HashMap<>();
    Set<ClaimKey> renewed = new HashSet<>();
    told.forEach(
        (key, number) -> {
          Long before = origin.counted.get(key);
          if (number > limit) {
            return;
          }
          if (before != null) {
            counted.put(key, Math.max(before, number));
            if (number > before) {
              renewed.add(key);
            }
          } else if (origin.told.containsKey(key)) {
            counted.put(key, number);
          } else {
            counted.put(key, number > floor ? number : floor + 1);
          }
        });
    origin.told = told;
    origin.counted = counted;
    origin.renewed = renewed;
    for (long number : counted.values()) {
      origin.highest = Math.max(origin.highest, number);
    }
  }

  private static HostRecord counted(Origin origin, HostRecord record) {
    if (origin.counted.equals(origin.told)) {
      return record;
    }
    List<Overlay> overlays = new ArrayList<>();
    for (Overlay overlay : record.overlays()) {
      Long number = origin.counted.get(key(overlay));
      if (number != null) {
        overlays.add(new Overlay(overlay.vni(), overlay.address(), number));
      }
    }
    List<Subnet> subnets = new ArrayList<>();
    for (Subnet subnet : record.subnets()) {
      Long number = origin.counted.get(key(subnet));
      if (number != null) {
        subnets.add(subnet.numbered(number));
      }
    }
    return record.with(overlays, subnets);
  }

  /** Claims that an origin returns with; later ones are new. */
  private static void note(Origin origin, NodeId id, HostRecord record, long now) {
    if (origin.metAgain == null) {
      return;
    }
    Set<Holding> holdings = new HashSet<>();
    claims(record).keySet().stream()
        .filter(key -> !origin.beaten.contains(key))
        .forEach(key -> holdings.add(key.holding(id)));
    if (now - origin.metAgain < MEETING.toNanos()) {
      origin.returned.addAll(holdings);
    }
    origin.returned.retainAll(holdings);
  }

  private static Map<ClaimKey, Long> claims(HostRecord record) {
    Map<ClaimKey, Long> claims = new HashMap<>();
    record.overlays().forEach(overlay -> claims.put(key(overlay), overlay.lamport()));
    record.subnets().forEach(subnet -> claims.put(key(subnet), subnet.lamport()));
    return claims;
  }

  private static ClaimKey key(Overlay overlay) {
    InetAddress address = overlay.address();
    return new ClaimKey(
        Conflict.ClaimKind.OVERLAY,
        overlay.vni(),
        new Prefix(address, address.getAddress().length * 8));
  }

  private static ClaimKey key(Subnet subnet) {
    return new ClaimKey(Conflict.ClaimKind.PREFIX, subnet.vni(), subnet.prefix());
  }

  private long highestCounted() {
    long highest = 0;
    for (Origin origin : origins.values()) {
      highest = Math.max(highest, origin.highest);
    }
    return highest;
  }

  /**
   * The highest number that counts. The hosts' highest numbers are followed upwards from the middle
   * one as long as no step is too large, so that few hosts can't pull the others along.
   */
  private static long limit(Collection<RemoteHost> peers, long lamport) {
    List<Long> highest = new ArrayList<>();
    TreeMap<Long, Boolean> numbers = new TreeMap<>();
    if (lamport > 0) {
      highest.add(lamport);
    }
    for (RemoteHost peer : peers) {
      long of = peer.record().highestLamport();
      if (of > 0) {
        highest.add(of);
        claims(peer.record()).values().forEach(number -> numbers.put(number, true));
      }
    }
    if (highest.isEmpty()) {
      return Long.MAX_VALUE;
    }
    highest.sort(null);
    long limit = highest.get((highest.size() - 1) / 2);
    for (long number : numbers.tailMap(limit, false).keySet()) {
      if (number - limit > MAX_STEP) {
        break;
      }
      limit = number;
    }
    return limit + MAX_STEP;
  }

  private static Problem absurd(RemoteHost peer, long limit) {
    return Problem.warning(
        "claim-number-void",
        "%s (%s) claims with numbers above %d, which no other host has come near: these claims are"
                .formatted(peer.record().node(), peer.id().abbreviated(), limit)
            + " void",
        "look at that host: its state directory was edited, or it isn't yours");
  }
}
