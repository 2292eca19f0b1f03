package io.vrouter.mesh.path;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Probing of one peer. At most one probe is outstanding; a size counts as silent after two
 * unanswered probes, the smallest after three.
 *
 * <pre>
 * phase        probes            answered               silent
 * FULL         tunnel's MTU      OK, again later        SMALL
 * SMALL        64 octets         SEARCH                 UNREACHABLE
 * SEARCH       the middle        lower bound rises      upper bound falls;
 *                                                       8 octets apart: DEGRADED
 * DEGRADED     the size found,   again later            SMALL
 *              the tunnel's MTU  OK, FULL               DEGRADED
 *              every 20 s
 * UNREACHABLE  64 octets         FULL                   again later
 * </pre>
 */
final class PeerPath {
  /** Octets of the smallest probe, both families. */
  static final int SMALL_SIZE = 64;

  /** Timeout of one probe, above the round trip of any link between hosts. */
  static final Duration PATIENCE = Duration.ofMillis(700);

  /**
   * Interval between two probes of a search: a kernel answers 6 at once, then 1 per second
   * (icmp_ratelimit), and a search takes 9 answers.
   */
  static final Duration SPACING = Duration.ofMillis(500);

  static final Duration RAISE = Duration.ofSeconds(20);

  /** A new peer may not have created its tunnel yet. */
  static final Duration NEWCOMER = Duration.ofSeconds(10);

  private static final int GRAIN = 8;
  private static final int TRIES = 2;
  private static final int SMALL_TRIES = 3;

  private enum Phase {
    FULL,
    SMALL,
    SEARCH,
    DEGRADED,
    UNREACHABLE
  }

  private final long begun;
  private PathTarget target;
  private PathState state;
  private Phase phase = Phase.FULL;
  private int tries;
  private int low;
  private int high;
  private int size;
  private long raiseAt;
  private boolean raising;

  /** When the next probe is due, or when the outstanding one counts as silent. */
  private long next;

  private boolean waiting;
  private long sentAt;

  /** When the first of the unanswered probes was sent; null while they are answered. */
  private @Nullable Long silentFrom;

  PeerPath(PathTarget target, long now, long first) {
    this.target = target;
    this.begun = now;
    this.next = first;
    this.state = PathState.unknown(now);
  }

  PathTarget target() {
    return target;
  }

  PathState state() {
    return state;
  }

  long next() {
    return next;
  }

  /** Sets another address or MTU: verified at once; the former result stays until then. */
  void target(PathTarget changed, long now) {
    if (!changed.equals(target)) {
      target = changed;
      enter(Phase.FULL, now);
    }
  }

  /**
   * Runs what is due.
   *
   * @param interval nanoseconds to the next verification
   * @return octets of the probe to send now; 0 for none
   */
  int run(long now, long interval) {
    if (next - now > 0) {
      return 0;
    }
    if (waiting) {
      waiting = false;
      silent(now, interval);
      if (next - now > 0) {
        return 0;
      }
    }
    size = sizeOf(now);
    waiting = true;
    sentAt = now;
    next = now + PATIENCE.toNanos();
    return size;
  }

  private int sizeOf(long now) {
    raising = phase == Phase.DEGRADED && raiseAt - now <= 0;
    return switch (phase) {
      case FULL -> target.mtu();
      case SMALL, UNREACHABLE -> SMALL_SIZE;
      case SEARCH -> low + (high - low) / 2;
      case DEGRADED -> raising ? target.mtu() : low;
    };
  }

  /** The outstanding probe was answered. */
  void answered(long now, long interval) {
    if (!waiting) {
      return;
    }
    waiting = false;
    tries = 0;
    silentFrom = null;
    state = state.timed(Duration.ofNanos(now - sentAt));
    switch (phase) {
      case FULL -> {
        state = state.to(PathState.Kind.OK, target.mtu(), now);
        next = now + interval;
      }
      case SMALL -> {
        low = SMALL_SIZE;
        high = target.mtu();
        enter(Phase.SEARCH, sentAt + SPACING.toNanos());
      }
      case SEARCH -> {
        low = size;
        narrowed(now, sentAt + SPACING.toNanos(), interval);
      }
      case DEGRADED -> {
        if (raising) {
          state = state.to(PathState.Kind.OK, target.mtu(), now);
          phase = Phase.FULL;
        }
        next = now + interval;
      }
      case UNREACHABLE -> enter(Phase.FULL, now);
    }
  }

  /** This host can't send the outstanding probe in this size. */
  void tooLarge(long now, long interval) {
    if (waiting) {
      waiting = false;
      tries = TRIES;
      silent(now, interval);
    }
  }

  /** The probe was not sent: no evidence. */
  void notSent(long now, long interval) {
    if (waiting) {
      waiting = false;
      next = now + interval;
    }
  }

  /**
   * The peer's own probes.
   *
   * @param age of the newest in nanoseconds; null when none came for minutes
   * @param longest nanoseconds a peer pauses between two probes
   */
  void arrived(@Nullable Long age, long now, long longest) {
    Long from = silentFrom;
    if (state.kind() != PathState.Kind.UNREACHABLE || from == null) {
      return;
    }
    if (age != null && age < longest && now - age - from > 0) {
      state = state.with(PathState.Arrival.ARRIVES);
    } else if (now - from > longest) {
      state = state.with(PathState.Arrival.MISSING);
    }
  }

  private void silent(long now, long interval) {
    tries++;
    if (silentFrom == null) {
      silentFrom = sentAt;
    }
    switch (phase) {
      case FULL -> again(now, TRIES, Phase.SMALL);
      case SMALL -> {
        if (tries < SMALL_TRIES) {
          next = now;
        } else if (state.kind() == PathState.Kind.UNKNOWN && now - begun < NEWCOMER.toNanos()) {
          enter(Phase.FULL, now + PATIENCE.toNanos());
        } else {
          state = state.to(PathState.Kind.UNREACHABLE, 0, now);
          enter(Phase.UNREACHABLE, now + interval);
        }
      }
      case SEARCH -> {
        if (tries < TRIES) {
          next = now;
        } else {
          high = size;
          tries = 0;
          narrowed(now, now, interval);
        }
      }
      case DEGRADED -> {
        if (raising) {
          // The size in use is verified at once: the interval may be longer than this pause.
          raiseAt = now + RAISE.toNanos();
          tries = 0;
          next = now;
        } else {
          again(now, TRIES, Phase.SMALL);
        }
      }
      case UNREACHABLE -> {
        tries = 0;
        next = now + interval;
      }
    }
  }

  private void again(long now, int limit, Phase otherwise) {
    if (tries < limit) {
      next = now;
    } else {
      enter(otherwise, now);
    }
  }

  private void narrowed(long now, long onward, long interval) {
    if (high - low > GRAIN) {
      next = onward;
      return;
    }
    state = state.to(PathState.Kind.DEGRADED, low, now);
    raiseAt = now + RAISE.toNanos();
    enter(Phase.DEGRADED, now + interval);
  }

  private void enter(Phase entered, long at) {
    phase = entered;
    tries = 0;
    waiting = false;
    next = at;
  }
}
