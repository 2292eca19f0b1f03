package io.vrouter.mesh.reconcile;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Tunnels;
import io.vrouter.mesh.plan.WireGuardAddress;
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

  /** Between two looks while a handshake has been missing for long. */
  static final Duration PATIENT = Duration.ofSeconds(10);

  private final RotatingKeys rotation;
  private final TunnelSessions sessions = new TunnelSessions();
  private final FormerKeys formerKeys = new FormerKeys();
  private final long start;
  private final Map<NodeId, InetAddress> chosen = new HashMap<>();
  private final Map<NodeId, Map<InetAddress, Long>> left = new HashMap<>();
  private final Map<NodeId, Long> waiting = new HashMap<>();
  private boolean looked;
  private boolean lingering;
  private Optional<Long> deadline = Optional.empty();
  private Tunnels tunnels = Tunnels.NONE;

  /**
   * Nothing known yet.
   *
   * @param retired receives the slot of a key that is not used any more; must return at once
   */
  TunnelBook(Consumer<Integer> retired, long now) {
    this.rotation = new RotatingKeys(retired);
    this.start = now;
  }

  /** This host's keys, newest first. */
  void keys(List<WireGuardKey> own) {
    rotation.keys(own);
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
    lingering &= now - start < RotatingKeys.RETIRING.toNanos();
    deadline = lingering ? Optional.of(start + RotatingKeys.RETIRING.toNanos()) : Optional.empty();
    forget(peers);
    sessions.look(rotation.keys(), peers, observed, now);
    rotation.advance(encryption, peers, peer -> hasAnswered(local, peer, now), now);
    rotation.deadline().ifPresent(this::soon);
    List<WireGuardKey> devices = rotation.devices();
    Map<NodeId, Tunnels.End> ends = new HashMap<>();
    Map<InetAddress, NodeId> taken = taken(local, peers);
    TunnelProblems problems = new TunnelProblems();
    for (RemoteHost peer : peers) {
      if (!peer.state().keepsDataPath()
          || !encryption.agrees(peer.record().tunnel().encryption())) {
        continue;
      }
      Optional<Tunnels.End> end = end(local, peer, devices, taken, now);
      end.ifPresentOrElse(it -> ends.put(peer.id(), it), () -> problems.colliding(peer));
      if (encryption != Encryption.NONE && peer.state() == MemberState.ALIVE) {
        note(peer, end, problems, now);
      }
    }
    formerKeys.update(peers, now);
    formerKeys.deadline().ifPresent(this::soon);
    tunnels =
        new Tunnels(
            devices, rotation.share(encryption, now), ends, formerKeys.keys(), lingering, true);
    return problems.problems();
  }

  private void forget(Collection<RemoteHost> peers) {
    Set<NodeId> live = new HashSet<>();
    for (RemoteHost peer : peers) {
      if (peer.state().keepsDataPath()) {
        live.add(peer.id());
      }
    }
    chosen.keySet().retainAll(live);
    left.keySet().retainAll(live);
    waiting.keySet().retainAll(live);
  }

  /** Whether the newest key has a session with the peer's end in use, or with any if none is. */
  private boolean hasAnswered(LocalState local, RemoteHost peer, long now) {
    boolean ipv4 = local.underlay().address() instanceof Inet4Address;
    InetAddress end = chosen.get(peer.id());
    List<WireGuardKey> theirs = peer.record().tunnel().keys();
    List<WireGuardKey> used =
        theirs.stream()
            .filter(key -> WireGuardAddress.of(peer.id(), key.slot(), ipv4).equals(end))
            .toList();
    int newest = rotation.keys().get(0).slot();
    return (used.isEmpty() ? theirs : used)
        .stream().anyMatch(key -> sessions.fresh(newest, key, now));
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
        if (fresh == null
            && !devices.isEmpty()
            && sessions.fresh(devices.get(0).slot(), key, now)) {
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

  private void note(RemoteHost peer, Optional<Tunnels.End> end, TunnelProblems problems, long now) {
    if (peer.record().tunnel().keys().isEmpty()) {
      problems.behind(peer);
    } else if (end.isPresent() && end.get().encrypted()) {
      waiting.remove(peer.id());
    } else {
      long since = waiting.computeIfAbsent(peer.id(), key -> now);
      boolean late = now - since > TunnelProblems.PATIENCE.toNanos();
      if (late) {
        problems.silent(peer);
      }
      soon(now + (late ? PATIENT : RotatingKeys.LOOK).toNanos());
    }
  }

  private void soon(long at) {
    deadline = Optional.of(deadline.filter(other -> other - at < 0).orElse(at));
  }
}
