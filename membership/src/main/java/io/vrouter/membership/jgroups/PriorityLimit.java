package io.vrouter.membership.jgroups;

import io.vrouter.membership.ThreadPriority;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Real-time priority for a thread until it handles more than {@value #MOST} datagrams a second;
 * again after a second with fewer. A flood from outside must not take the processor from the host's
 * own work. Thread-safe.
 */
final class PriorityLimit {
  /** Datagrams a second; a mesh of thousands stays at a fraction of this. */
  static final int MOST = 1_000;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final ThreadPriority urgency;
  private final LongSupplier nanoTime;
  private final ThreadLocal<Share> shares = ThreadLocal.withInitial(Share::new);

  PriorityLimit(ThreadPriority urgency, LongSupplier nanoTime) {
    this.urgency = urgency;
    this.nanoTime = nanoTime;
  }

  /** Counts one datagram of the calling thread, which has priority from its first on. */
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
