package io.vrouter.membership.engine;

import io.vrouter.membership.NodeId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Schedules refutations. A refutation costs a signature here and a verification at every other
 * member, and an accusation costs its sender nothing; so refutations are rate-limited, never
 * refused: at once for an accuser's first accusation, then 1, 2 ... 60 s after the last one for the
 * same accuser, at most one per 200 ms, and on average at most one per 3 s. A delay does no harm:
 * no member fails while it answers.
 */
final class Refutations {
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofSeconds(60);

  /** Shortest time between two refutations. */
  private static final long GAP = Duration.ofMillis(200).toNanos();

  /** A {@link TokenBucket} regains one token per two of these. */
  private static final long HALF_RATE = Duration.ofMillis(1500).toNanos();

  /** Most accusers remembered; the one that has been silent for longest is dropped first. */
  private static final int REMEMBERED = 256;

  private final Context ctx;
  private final Runnable refute;
  private final Map<NodeId, Backoff> accusers = new LinkedHashMap<>(16, 0.75f, true);
  private final TokenBucket bucket = new TokenBucket(HALF_RATE);
  private long last = Timers.NEVER;
  private Timers.@Nullable Timer next;
  private long nextDue = Long.MAX_VALUE;

  Refutations(Context ctx, Runnable refute) {
    this.ctx = ctx;
    this.refute = refute;
  }

  /** The present incarnation was accused. */
  void accused(NodeId teller) {
    Backoff pause = accusers.computeIfAbsent(teller, id -> new Backoff(LEAST, MOST));
    if (accusers.size() > REMEMBERED) {
      accusers.remove(accusers.keySet().iterator().next());
    }
    long rate = bucket.left(ctx.now) ? ctx.now : ctx.now + 2 * HALF_RATE;
    long due = Math.max(Math.max(rate, last + GAP), pause.until());
    if (due <= ctx.now) {
      pause.take(ctx.now);
      refute.run();
    } else if (due < nextDue) {
      cancel();
      nextDue = due;
      next =
          ctx.timers.at(
              due,
              () -> {
                pause.take(ctx.now);
                refute.run();
              });
    }
  }

  /** A new incarnation was signed: claims about the former one are void. */
  void done() {
    last = ctx.now;
    bucket.take(ctx.now);
    cancel();
  }

  private void cancel() {
    if (next != null) {
      next.cancel();
    }
    next = null;
    nextDue = Long.MAX_VALUE;
  }
}
