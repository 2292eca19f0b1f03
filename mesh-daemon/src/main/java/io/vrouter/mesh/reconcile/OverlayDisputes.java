package io.vrouter.mesh.reconcile;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.Holding;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.record.Overlay;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether this host gives up its overlay address to a peer that claims the same one.
 *
 * <ul>
 *   <li>Only one of both claims stands here: the other gives way.
 *   <li>Neither or both: the higher number gives way. A claim that doesn't stand gives way to any
 *       rival that stays for {@link #PATIENCE}: that one stands on the other hosts.
 *   <li>This host's claim stands and the rival stays: so does the rival's, at its side. Two groups
 *       that never met may hold one address. After thrice {@link #PATIENCE} the higher number gives
 *       way; after four times, when the two hosts count the numbers differently, the higher id.
 * </ul>
 *
 * <p>A move costs no packet, but a liar could cause one after the other. So a standing claim is
 * given up at once only the first time, then at most once per pause of 1 min, 2 min ... 1 h.
 */
final class OverlayDisputes {
  /** Longer than the claims of two sides that meet take to all hosts. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration LEAST_PAUSE = Duration.ofMinutes(1);
  private static final Duration MOST_PAUSE = Duration.ofHours(1);

  private record Pause(long until, Duration length) {}

  private final Map<Vni, Long> began = new HashMap<>();
  private final Map<Vni, Pause> pauses = new HashMap<>();

  /** Drops the disputes of other VNIs. */
  void retain(Set<Vni> vnis) {
    began.keySet().retainAll(vnis);
    pauses.keySet().retainAll(vnis);
  }

  /** The times at which a dispute may be decided without a change. */
  Stream<Long> deadlines(long now) {
    return began.entrySet().stream()
        .flatMap(
            entry -> {
              Pause pause = pauses.get(entry.getKey());
              return Stream.concat(
                  Stream.of(1, 3, 4).map(times -> entry.getValue() + patience(times)),
                  Stream.ofNullable(pause).map(Pause::until));
            })
        .filter(at -> at - now > 0);
  }

  /**
   * The peer to which this host gives up its address, or null.
   *
   * @param movable whether this host will claim another one: a given address stays
   * @param standing claims that later ones don't displace
   */
  @Nullable RemoteHost winner(
      NodeId self,
      Overlay mine,
      boolean movable,
      Collection<RemoteHost> peers,
      Set<Holding> standing,
      long now) {
    Vni vni = mine.vni();
    boolean stands = standing.contains(holding(self, mine));
    List<RemoteHost> rivals = peers.stream().filter(peer -> isRival(peer, mine)).toList();
    if (rivals.isEmpty()) {
      began.remove(vni);
      return null;
    }
    long waited = now - began.computeIfAbsent(vni, key -> now);
    for (RemoteHost peer : rivals) {
      Overlay theirs = peer.record().overlay(vni).orElseThrow();
      boolean theirsStands = standing.contains(holding(peer.id(), theirs));
      boolean lower = peer.id().compareTo(self) < 0;
      boolean older =
          theirs.lamport() < mine.lamport() || (theirs.lamport() == mine.lamport() && lower);
      boolean lost;
      if (stands == theirsStands) {
        lost = older || (!stands && waited >= patience(1));
      } else {
        lost = theirsStands || ((!movable || mayYield(vni, now)) && yields(waited, older, lower));
      }
      if (lost) {
        if (movable) {
          began.remove(vni);
        }
        if (movable && stands && !theirsStands) {
          yielded(vni, now);
        }
        return peer;
      }
    }
    return null;
  }

  private static boolean isRival(RemoteHost peer, Overlay mine) {
    return peer.state().keepsDataPath()
        && peer.record()
            .overlay(mine.vni())
            .filter(theirs -> theirs.address().equals(mine.address()))
            .isPresent();
  }

  private static boolean yields(long waited, boolean older, boolean lower) {
    return waited >= patience(4) ? lower : (waited >= patience(3) && older);
  }

  private boolean mayYield(Vni vni, long now) {
    Pause pause = pauses.get(vni);
    return pause == null || now - pause.until >= 0;
  }

  private void yielded(Vni vni, long now) {
    Pause last = pauses.get(vni);
    Duration length = last == null ? LEAST_PAUSE : last.length.multipliedBy(2);
    length = length.compareTo(MOST_PAUSE) > 0 ? MOST_PAUSE : length;
    pauses.put(vni, new Pause(now + length.toNanos(), length));
  }

  private static long patience(int times) {
    return times * PATIENCE.toNanos();
  }

  private static Holding holding(NodeId id, Overlay overlay) {
    InetAddress address = overlay.address();
    return new Holding(
        Conflict.ClaimKind.OVERLAY,
        id,
        overlay.vni(),
        new Prefix(address, address.getAddress().length * 8));
  }
}
