package io.vrouter.membership.jgroups;

import io.vrouter.membership.ThreadPriority;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Real-time priority for a thread until it has used {@link #BUDGET} of processor time within 1 s;
 * again after 1 s with less. Neither a flood nor a few expensive datagrams may take the processor
 * from the host's own work. Thread-safe.
 */
final class PriorityLimit {
  /** Nanoseconds of processor time per second; a mesh of thousands uses a fraction of this. */
  static final long BUDGET = TimeUnit.MILLISECONDS.toNanos(200);

  /** Datagrams between two reads of the clock: a mesh at rest has fewer per second, and no read. */
  static final int STEP = 32;

  /** Nanoseconds counted for a datagram where the kernel reports no processor time. */
  private static final long NOMINAL = TimeUnit.MICROSECONDS.toNanos(200);

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final ThreadPriority urgency;
  private final LongSupplier nanoTime;
  private final LongSupplier cpuTime;
  private final ThreadLocal<Share> shares = ThreadLocal.withInitial(Share::new);

  PriorityLimit(ThreadPriority urgency, LongSupplier nanoTime) {
    this(urgency, nanoTime, ThreadCpuTime::read);
  }

  /**
   * Creates the limit.
   *
   * @param cpuTime processor time of the calling thread in nanoseconds; negative when unknown
   */
  PriorityLimit(ThreadPriority urgency, LongSupplier nanoTime, LongSupplier cpuTime) {
    this.urgency = urgency;
    this.nanoTime = nanoTime;
    this.cpuTime = cpuTime;
  }

  /** Counts one datagram of the calling thread, which has priority from its first datagram on. */
  void worked() {
    shares.get().worked(nanoTime.getAsLong());
  }

  private final class Share {
    private boolean first;
    private boolean over;
    private long since;
    private long used;
    private int count;

    void worked(long now) {
      if (count == 0 || now - since >= SECOND) {
        if (!first && !over) {
          first = true;
          urgency.raise();
        }
        since = now;
        count = 0;
        over = false;
      }
      count++;
      if (count % STEP == 0 && !over) {
        look();
      }
    }

    private void look() {
      long cpu = cpuTime.getAsLong();
      if (count == STEP) {
        used = cpu;
      }
      over = (cpu < 0 ? count * NOMINAL : cpu - used) > BUDGET;
      if (over && first) {
        first = false;
        urgency.lower();
      }
    }
  }
}
