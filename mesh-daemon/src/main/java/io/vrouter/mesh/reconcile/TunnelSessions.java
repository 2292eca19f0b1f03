package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.mesh.record.WireGuardKey;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The sessions of this host's WireGuard devices with the peers' keys, by the handshakes that the
 * devices show. A handshake is timed by our clock: the device's time is the wall clock's, so only
 * its changes count.
 */
final class TunnelSessions {
  /** A session without a new handshake ends after 180 s (REJECT_AFTER_TIME). */
  static final Duration FRESH = Duration.ofSeconds(200);

  private final Map<TunnelSession, Seen> seen = new HashMap<>();

  /** A device here and a peer's key. */
  private record TunnelSession(int slot, WireGuardKey key) {}

  /** A handshake as the device shows it, and when that was first seen, by our clock. */
  private record Seen(long handshake, long at) {}

  /** Takes in what the devices show; sessions with other keys are forgotten. */
  void look(List<WireGuardKey> own, Collection<RemoteHost> peers, Observed observed, long now) {
    Set<WireGuardKey> known = new HashSet<>();
    for (RemoteHost peer : peers) {
      if (peer.state().keepsDataPath()) {
        known.addAll(peer.record().tunnel().keys());
      }
    }
    seen.keySet().removeIf(session -> !known.contains(session.key()));
    for (WireGuardKey key : own) {
      look(key.slot(), known, observed, now);
    }
  }

  private void look(int slot, Set<WireGuardKey> known, Observed observed, long now) {
    var device = observed.tunnel(Wanted.Tunnel.name(slot));
    if (device.isEmpty()) {
      seen.keySet().removeIf(session -> session.slot() == slot);
      return;
    }
    Map<String, Long> handshakes = new HashMap<>();
    device.get().peers().forEach(it -> handshakes.put(it.key().toString(), it.handshake()));
    for (WireGuardKey key : known) {
      long handshake = handshakes.getOrDefault(key.toString(), 0L);
      TunnelSession session = new TunnelSession(slot, key);
      Seen before = seen.get(session);
      if (before == null || before.handshake() != handshake) {
        seen.put(session, new Seen(handshake, now));
      }
    }
  }

  /** Whether a device here has a session with a peer's key. */
  boolean fresh(int slot, WireGuardKey key, long now) {
    Seen session = seen.get(new TunnelSession(slot, key));
    return session != null && session.handshake() != 0 && now - session.at() < FRESH.toNanos();
  }
}
