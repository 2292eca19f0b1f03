package io.vrouter.mesh.reconcile;

import io.vrouter.membership.MemberState;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.record.TunnelShare;
import io.vrouter.mesh.record.WireGuardKey;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * This host's WireGuard keys, and the change from one to the next: the new key is advertised and
 * answered before it sends, and the former one is given up once the new one has sent for {@link
 * #RETIRING}.
 */
final class RotatingKeys {
  /** Between two looks while something is in motion. */
  static final Duration LOOK = Duration.ofMillis(500);

  /** From the use of a new key to the end of the former one, in two halves. */
  static final Duration RETIRING = Duration.ofSeconds(6);

  /** A peer without an answer holds a change of keys up this long. */
  static final Duration ROTATION = Duration.ofMinutes(2);

  private final Consumer<Integer> retired;
  private List<WireGuardKey> keys = List.of();
  private List<WireGuardKey> devices = List.of();
  private @Nullable Long rotating;
  private @Nullable Long sending;
  private @Nullable Integer gone;
  private Optional<Long> deadline = Optional.empty();

  /**
   * No keys yet.
   *
   * @param retired receives the slot of a key that is not used any more; must return at once
   */
  RotatingKeys(Consumer<Integer> retired) {
    this.retired = retired;
  }

  /** This host's keys, newest first. */
  void keys(List<WireGuardKey> own) {
    Integer former = gone;
    if (former != null && own.stream().noneMatch(key -> key.slot() == former)) {
      gone = null;
    }
    keys = own;
  }

  /** As given, newest first. */
  List<WireGuardKey> keys() {
    return keys;
  }

  /** The keys whose devices are wanted, the sending one first, as of the last {@link #advance}. */
  List<WireGuardKey> devices() {
    return devices;
  }

  /** When to look again without an event. */
  Optional<Long> deadline() {
    return deadline;
  }

  /**
   * Decides anew.
   *
   * @param answered whether the newest key has a session with a peer, for the end in use
   */
  void advance(
      Encryption encryption,
      Collection<RemoteHost> peers,
      Predicate<RemoteHost> answered,
      long now) {
    deadline = Optional.empty();
    devices = encryption == Encryption.NONE ? List.of() : decide(peers, answered, now);
  }

  private List<WireGuardKey> decide(
      Collection<RemoteHost> peers, Predicate<RemoteHost> answered, long now) {
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
    boolean ready =
        peers.stream()
            .filter(peer -> peer.state() == MemberState.ALIVE)
            .filter(peer -> !peer.record().tunnel().keys().isEmpty())
            .allMatch(answered);
    if (sending == null && (ready || now - began > ROTATION.toNanos())) {
      sending = now;
    }
    Long since = sending;
    deadline = Optional.of(now + LOOK.toNanos());
    if (since == null) {
      return List.of(all.get(1), newest);
    }
    if (now - since < RETIRING.toNanos()) {
      return all;
    }
    deadline = Optional.empty();
    gone = all.get(1).slot();
    retired.accept(all.get(1).slot());
    rotating = null;
    sending = null;
    return List.of(newest);
  }

  /** A former key is advertised for half of its time, so that it is unused when it goes. */
  TunnelShare share(Encryption encryption, long now) {
    Long since = sending;
    boolean alone = since != null && now - since >= RETIRING.toNanos() / 2;
    List<WireGuardKey> told =
        keys.stream().filter(devices::contains).limit(alone ? 1 : WireGuardKey.SLOTS).toList();
    return new TunnelShare(encryption, encryption == Encryption.NONE ? List.of() : told);
  }
}
