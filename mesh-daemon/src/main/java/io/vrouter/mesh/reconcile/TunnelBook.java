package io.vrouter.mesh.reconcile;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Tunnels;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.mesh.plan.WireGuardAddress;
import io.vrouter.mesh.record.TunnelShare;
import io.vrouter.mesh.record.WireGuardKey;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which of a peer's ends packets are sent to, and by which of this host's WireGuard devices they
 * leave. Every change is made before it is relied on: a peer's new end is used once a handshake
 * with it took place, and its former one is accepted for {@link #LEFT} more. So a mesh is switched
 * to encryption and back, and keys are changed, without a lost packet.
 */
final class TunnelBook {
  /** How long the former end of a peer is accepted. */
  static final Duration LEFT = Duration.ofSeconds(10);

  /** A session without a new handshake ends after 180 s (REJECT_AFTER_TIME). */
  static final Duration FRESH = Duration.ofSeconds(200);

  /** Between two looks while something is in motion. */
  static final Duration LOOK = Duration.ofMillis(500);

  /** Between two looks while a handshake has been missing for long. */
  static final Duration PATIENT = Duration.ofSeconds(10);

  /** A handshake takes one round trip, or 5 s when a packet of it is lost. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  /** From the use of a new key to the end of the former one, in two halves. */
  static final Duration RETIRING = Duration.ofSeconds(6);

  /** A peer without an answer holds a change of keys up this long. */
  static final Duration ROTATION = Duration.ofMinutes(2);

  /** Most hosts that a problem names. */
  private static final int NAMED = 8;

  private final Consumer<Integer> retired;
  private final long start;
  private final Map<TunnelSession, Seen> seen = new HashMap<>();
  private final Map<NodeId, InetAddress> chosen = new HashMap<>();
  private final Map<NodeId, Map<InetAddress, Long>> left = new HashMap<>();
  private final Map<NodeId, Long> waiting = new HashMap<>();
  private List<WireGuardKey> keys = List.of();
  private @Nullable Long rotating;
  private @Nullable Long sending;
  private @Nullable Integer gone;
  private boolean looked;
  private boolean lingering;
  private Optional<Long> deadline = Optional.empty();
  private Tunnels tunnels = Tunnels.NONE;

  /** A device here and a peer's key. */
  private record TunnelSession(int slot, WireGuardKey key) {}

  /** A handshake as the device shows it, and when that was first seen, by our clock. */
  private record Seen(long handshake, long at) {}

  /**
   * Nothing known yet.
   *
   * @param retired receives the slot of a key that is not used any more; must return at once
   */
  TunnelBook(Consumer<Integer> retired, long now) {
    this.retired = retired;
    this.start = now;
  }

  /** This host's keys, newest first. */
  void keys(List<WireGuardKey> own) {
    Integer former = gone;
    if (former != null && own.stream().noneMatch(key -> key.slot() == former)) {
      gone = null;
    }
    keys = own;
  }

  /** As of the last {@link #advance}. */
  Tunnels tunnels() {
    return tunnels;
  }

  /** When to look again without an event. */
  Optional<Long> deadline() {
    return deadline;
  }

  /** Decides anew; returns problems. */
  List<Problem> advance(
      LocalState local, Collection<RemoteHost> peers, Observed observed, long now) {
    Encryption encryption = local.options().encryption();
    if (!looked) {
      looked = true;
      lingering =
          encryption == Encryption.NONE
              && observed.links().stream()
                  .anyMatch(link -> Observed.isOurs(link) && link.vxlan() == null);
    }
    lingering &= now - start < RETIRING.toNanos();
    deadline = lingering ? Optional.of(start + RETIRING.toNanos()) : Optional.empty();
    forget(peers);
    look(peers, observed, now);
    List<WireGuardKey> devices = devices(encryption, peers, now);
    Map<NodeId, Tunnels.End> ends = new HashMap<>();
    Map<InetAddress, NodeId> taken = taken(local, peers);
    List<String> behind = new ArrayList<>();
    List<String> silent = new ArrayList<>();
    List<String> colliding = new ArrayList<>();
    for (RemoteHost peer : peers) {
      if (!peer.state().keepsDataPath()
          || !encryption.agrees(peer.record().tunnel().encryption())) {
        continue;
      }
      Optional<Tunnels.End> end = end(local, peer, devices, taken, now);
      end.ifPresentOrElse(it -> ends.put(peer.id(), it), () -> colliding.add(name(peer)));
      if (encryption != Encryption.NONE && peer.state() == MemberState.ALIVE) {
        note(peer, end, behind, silent, now);
      }
    }
    tunnels = new Tunnels(devices, share(encryption, devices, now), ends, lingering, true);
    return problems(behind, silent, colliding);
  }

  private void forget(Collection<RemoteHost> peers) {
    Set<NodeId> live = new HashSet<>();
    Set<WireGuardKey> known = new HashSet<>();
    for (RemoteHost peer : peers) {
      if (peer.state().keepsDataPath()) {
        live.add(peer.id());
        known.addAll(peer.record().tunnel().keys());
      }
    }
    chosen.keySet().retainAll(live);
    left.keySet().retainAll(live);
    waiting.keySet().retainAll(live);
    seen.keySet().removeIf(session -> !known.contains(session.key()));
  }

  private void look(Collection<RemoteHost> peers, Observed observed, long now) {
    for (WireGuardKey own : keys) {
      var device = observed.tunnel(Wanted.Tunnel.name(own.slot()));
      if (device.isEmpty()) {
        seen.keySet().removeIf(session -> session.slot() == own.slot());
        continue;
      }
      Map<String, Long> handshakes = new HashMap<>();
      device.get().peers().forEach(it -> handshakes.put(it.key().toString(), it.handshake()));
      for (RemoteHost peer : peers) {
        for (WireGuardKey key : peer.record().tunnel().keys()) {
          long handshake = handshakes.getOrDefault(key.toString(), 0L);
          Seen before = seen.get(new TunnelSession(own.slot(), key));
          if (before == null || before.handshake() != handshake) {
            seen.put(new TunnelSession(own.slot(), key), new Seen(handshake, now));
          }
        }
      }
    }
  }

  private boolean fresh(int slot, WireGuardKey key, long now) {
    Seen session = seen.get(new TunnelSession(slot, key));
    return session != null && session.handshake() != 0 && now - session.at() < FRESH.toNanos();
  }

  /** This host's devices, the sending one first; a new one sends once all peers answered it. */
  private List<WireGuardKey> devices(
      Encryption encryption, Collection<RemoteHost> peers, long now) {
    if (encryption == Encryption.NONE) {
      return List.of();
    }
    Integer former = gone;
    List<WireGuardKey> all =
        keys.stream().filter(key -> former == null || key.slot() != former).toList();
    if (all.size() < 2) {
      rotating = null;
      sending = null;
      return all;
    }
    Long began = rotating;
    if (began == null) {
      began = now;
      rotating = now;
    }
    WireGuardKey newest = all.get(0);
    boolean answered =
        peers.stream()
            .filter(peer -> peer.state() == MemberState.ALIVE)
            .map(peer -> peer.record().tunnel().keys())
            .filter(theirs -> !theirs.isEmpty())
            .allMatch(theirs -> theirs.stream().anyMatch(key -> fresh(newest.slot(), key, now)));
    if (sending == null && (answered || now - began > ROTATION.toNanos())) {
      sending = now;
    }
    Long since = sending;
    if (since == null) {
      soon(now + LOOK.toNanos());
      return List.of(all.get(1), newest);
    }
    if (now - since >= RETIRING.toNanos()) {
      gone = all.get(1).slot();
      retired.accept(all.get(1).slot());
      rotating = null;
      sending = null;
      return List.of(newest);
    }
    soon(now + LOOK.toNanos());
    return all;
  }

  /** A former key is advertised for half of its time, so that it is unused when it goes. */
  private TunnelShare share(Encryption encryption, List<WireGuardKey> devices, long now) {
    Long since = sending;
    boolean alone = since != null && now - since >= RETIRING.toNanos() / 2;
    List<WireGuardKey> told =
        keys.stream().filter(devices::contains).limit(alone ? 1 : WireGuardKey.SLOTS).toList();
    return new TunnelShare(encryption, encryption == Encryption.NONE ? List.of() : told);
  }

  /** Addresses by their holder: among peers the one that has a path already, then the lower id. */
  private Map<InetAddress, NodeId> taken(LocalState local, Collection<RemoteHost> peers) {
    Map<InetAddress, NodeId> taken = new HashMap<>();
    boolean ipv4 = local.underlay().address() instanceof Inet4Address;
    for (int slot = 0; slot < WireGuardKey.SLOTS; slot++) {
      taken.put(WireGuardAddress.of(local.self(), slot, ipv4), local.self());
    }
    for (RemoteHost peer : peers) {
      for (WireGuardKey key : peer.record().tunnel().keys()) {
        taken.merge(
            WireGuardAddress.of(peer.id(), key.slot(), ipv4),
            peer.id(),
            (one, other) -> prior(one, other, local.self()));
      }
    }
    return taken;
  }

  private NodeId prior(NodeId one, NodeId other, NodeId self) {
    if (one.equals(self) || other.equals(self)) {
      return self;
    }
    if (chosen.containsKey(one) != chosen.containsKey(other)) {
      return chosen.containsKey(one) ? one : other;
    }
    return one.compareTo(other) <= 0 ? one : other;
  }

  private Optional<Tunnels.End> end(
      LocalState local,
      RemoteHost peer,
      List<WireGuardKey> devices,
      Map<InetAddress, NodeId> taken,
      long now) {
    Encryption encryption = local.options().encryption();
    InetAddress plain = peer.record().underlay();
    boolean ipv4 = local.underlay().address() instanceof Inet4Address;
    List<InetAddress> inside = new ArrayList<>();
    InetAddress fresh = null;
    for (WireGuardKey key : peer.record().tunnel().keys()) {
      InetAddress address = WireGuardAddress.of(peer.id(), key.slot(), ipv4);
      if (peer.id().equals(taken.get(address))) {
        inside.add(address);
        if (fresh == null && !devices.isEmpty() && fresh(devices.get(0).slot(), key, now)) {
          fresh = address;
        }
      }
    }
    if (encryption == Encryption.WIREGUARD && inside.isEmpty()) {
      return Optional.empty();
    }
    InetAddress before = chosen.get(peer.id());
    InetAddress remote = plain;
    if (encryption == Encryption.WIREGUARD) {
      boolean stays = before != null && inside.contains(before);
      remote = stays ? Objects.requireNonNull(before) : inside.get(inside.size() - 1);
    }
    if (fresh != null) {
      remote = fresh;
    }
    if (before != null
        && !WireGuardAddress.isInside(before)
        && !WireGuardAddress.isInside(remote)) {
      // MovedUnderlays' part.
      before = null;
    }
    Set<InetAddress> also = new HashSet<>(left(peer.id(), before, remote, now));
    if (encryption != Encryption.NONE || lingering) {
      also.addAll(inside);
    }
    if (encryption == Encryption.PREFER) {
      also.add(plain);
    }
    also.remove(remote);
    return Optional.of(new Tunnels.End(remote, also, fresh != null));
  }

  /** Notes a choice; returns the former ones that still count. */
  private Set<InetAddress> left(
      NodeId peer, @Nullable InetAddress before, InetAddress remote, long now) {
    chosen.put(peer, remote);
    Map<InetAddress, Long> former = left.computeIfAbsent(peer, key -> new HashMap<>());
    if (before != null && !before.equals(remote)) {
      former.put(before, now + LEFT.toNanos());
    }
    former.values().removeIf(until -> now - until >= 0);
    former.values().forEach(this::soon);
    return former.keySet();
  }

  private void note(
      RemoteHost peer,
      Optional<Tunnels.End> end,
      List<String> behind,
      List<String> silent,
      long now) {
    if (peer.record().tunnel().keys().isEmpty()) {
      behind.add(name(peer));
    } else if (end.isPresent() && end.get().encrypted()) {
      waiting.remove(peer.id());
    } else {
      long since = waiting.computeIfAbsent(peer.id(), key -> now);
      boolean late = now - since > PATIENCE.toNanos();
      if (late) {
        silent.add(name(peer));
      }
      soon(now + (late ? PATIENT : LOOK).toNanos());
    }
  }

  private void soon(long at) {
    deadline = Optional.of(deadline.filter(other -> other - at < 0).orElse(at));
  }

  private static List<Problem> problems(
      List<String> behind, List<String> silent, List<String> colliding) {
    List<Problem> problems = new ArrayList<>();
    if (!behind.isEmpty()) {
      problems.add(
          Problem.warning(
              "encryption-behind",
              "no encryption with %s: no WireGuard there".formatted(names(behind)),
              "set --encryption prefer there, too; once no host is named, set wireguard on all"));
    }
    if (!silent.isEmpty()) {
      problems.add(
          Problem.warning(
              "wireguard-silent",
              "no WireGuard handshake with %s for %d s"
                  .formatted(names(silent), PATIENCE.toSeconds()),
              "let the UDP port of --wireguard-port (51820 and the next) pass between the hosts,"
                  + " and see 'meshctl status' there"));
    }
    if (!colliding.isEmpty()) {
      problems.add(
          Problem.warning(
              "wireguard-address-taken",
              "no path to %s: another host has the same WireGuard address"
                  .formatted(names(colliding)),
              "give that host a new identity: stop meshd, remove its state directory, start it"));
    }
    return problems;
  }

  private static String names(List<String> hosts) {
    List<String> some = hosts.stream().sorted().limit(NAMED).toList();
    return String.join(", ", some)
        + (hosts.size() > NAMED ? " and %d more".formatted(hosts.size() - NAMED) : "");
  }

  private static String name(RemoteHost peer) {
    return peer.record().node() + " (" + peer.id().abbreviated() + ")";
  }
}
