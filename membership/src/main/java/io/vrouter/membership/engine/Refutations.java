package io.vrouter.membership.engine;

import io.vrouter.membership.NodeId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When this node refutes. A refutation is a signature here and a check at every other member, and
 * an accusation costs its sender nothing; so it is never refused and only slowed: at once for the
 * first word of a member, then 1, 2 ... 60 s after the last for the same member, at most one per
 * 200 ms, and on average at most one per 3 s. A slow one does no harm: no member is given up while
 * it answers.
 */
final class Refutations {
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofSeconds(60);

  /** Between two refutations. */
  private static final long GAP = Duration.ofMillis(200).toNanos();

  /** A {@link TokenBucket} gives one back per two of these. */
  private static final long HALF_RATE = Duration.ofMillis(1500).toNanos();

  /** Accusers remembered; the one that was silent longest is dropped first. */
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

  /** A new incarnation was signed: what was said of the one before is void. */
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
