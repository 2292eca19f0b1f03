package io.vrouter.membership.jgroups;

import io.vrouter.membership.ThreadPriority;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets threads go first as long as they have little to do. One that has more than {@value #MOST}
 * things in a second is like any other until a second has passed with less: a flood from outside
 * must not take the processor away from what the host is there for. Thread-safe.
 */
final class PriorityLimit {
  /** Datagrams in a second; a mesh of thousands stays well below, at a fraction of it. */
  static final int MOST = 1_000;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final ThreadPriority urgency;
  private final LongSupplier nanoTime;
  private final ThreadLocal<Share> shares = ThreadLocal.withInitial(Share::new);

  PriorityLimit(ThreadPriority urgency, LongSupplier nanoTime) {
    this.urgency = urgency;
    this.nanoTime = nanoTime;
  }

  /** One thing to do for the calling thread, which goes first from the first on. */
  void worked() {
    shares.get().worked(nanoTime.getAsLong());
  }

  private final class Share {
    private boolean first;
    private long since;
    private int count;

    void worked(long now) {
      if (count == 0 || now - since >= SECOND) {
        if (!first && count <= MOST) {
          first = true;
          urgency.raise();
        }
        since = now;
        count = 0;
      }
      count++;
      if (first && count > MOST) {
        first = false;
        urgency.lower();
      }
    }
  }
}
