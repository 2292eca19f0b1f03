package io.vrouter.mesh.reconcile;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Causes collected while the loop is busy, each once. */
final class Signal {
  private final AtomicInteger bits = new AtomicInteger();
  private volatile @Nullable Thread waiter;

  void raise(Cause cause) {
    bits.getAndUpdate(old -> old | cause.bit());
    wake();
  }

  void wake() {
    LockSupport.unpark(waiter);
  }

  /**
   * Blocks until a cause is raised, the thread is woken, or the time is up.
   *
   * @param nanos how long at most; not at all when 0 or less
   */
  Set<Cause> await(long nanos) {
    waiter = Thread.currentThread();
    if (bits.get() == 0 && nanos > 0) {
      LockSupport.parkNanos(this, nanos);
    }
    int raised = bits.getAndSet(0);
    Set<Cause> causes = EnumSet.noneOf(Cause.class);
    for (Cause cause : Cause.values()) {
      if ((raised & cause.bit()) != 0) {
        causes.add(cause);
      }
    }
    return causes;
  }
}
