package io.vrouter.mesh.reconcile;

import java.time.Duration;

/**
 * When to look again without being told, and when to put a look off.
 *
 * <p>News from membership and from this host are taken at once; but where one pass follows the
 * other, the loop rests after each for as long as it took: a busy host would do nothing else.
 * Kernel events that turn out to mean nothing are looked into ever more rarely, so that a busy
 * host's routing daemon can't keep the loop running. What failed is tried again after a delay that
 * doubles.
 */
final class Pacing {
  /** Longest time between two looks at everything while there is something to do. */
  static final Duration FULL = Duration.ofSeconds(10);

  /**
   * The same once looks found nothing again and again: the kernel tells of nearly all that matters,
   * and a look costs two runs of nft, which are a twentieth of what an idle daemon does when it
   * looks once a minute.
   */
  static final Duration QUIET = Duration.ofMinutes(5);

  private static final Duration FIREWALL = Duration.ofMillis(200);
  private static final Duration OVERDUE = Duration.ofMillis(300);

  /** A look whether it is as it was written comes soon, but does not keep news waiting. */
  private static final Duration VERIFY = Duration.ofMillis(150);

  private static final Duration RETRY_FIRST = Duration.ofMillis(100);
  private static final Duration IDLE_FIRST = Duration.ofMillis(10);
  private static final Duration IDLE_LAST = Duration.ofSeconds(1);
  private static final Duration QUIET_SECOND = Duration.ofSeconds(1);

  /** Passes in a row, none a second after the other, that a start or a join may take. */
  static final int ROW = 12;

  private long nextFull;
  private Duration calm = FULL;
  private long kernelNotBefore;
  private long toldNotBefore;
  private long lastEnd;
  private int row;
  private Duration idle = Duration.ZERO;
  private Duration retry = Duration.ZERO;
  private long retryAt;

  Pacing(long now) {
    nextFull = now;
    kernelNotBefore = now;
    toldNotBefore = now;
    lastEnd = now;
  }

  /** When kernel events alone will be reason enough. */
  long kernelNotBefore() {
    return kernelNotBefore;
  }

  /** When news will be looked into. */
  long toldNotBefore() {
    return toldNotBefore;
  }

  /** A pass has ended. */
  void rest(long begin, long end) {
    row = begin - lastEnd > QUIET_SECOND.toNanos() ? 1 : row + 1;
    lastEnd = end;
    toldNotBefore = row > ROW ? end + (end - begin) : end;
  }

  /** Whether everything must be looked at, firewall included. */
  boolean fullDue(long now) {
    return now - nextFull >= 0;
  }

  /** Whether that was so for long enough to come before news. */
  boolean fullOverdue(long now) {
    return now - nextFull >= OVERDUE.toNanos();
  }

  /**
   * The firewall may have changed: it is looked at soon, once for a burst of changes. Docker writes
   * its rules one by one.
   */
  void firewall(long now) {
    long soon = now + FIREWALL.toNanos();
    if (nextFull - soon > 0) {
      nextFull = soon;
    }
  }

  /** A pass found nothing to do. */
  void idle(boolean kernelOnly, boolean full, long now) {
    retry = Duration.ZERO;
    looked(full, now);
    if (full) {
      calm = longer(calm, FULL, QUIET);
    }
    // After a quiet second the next event is taken at once again.
    boolean quiet = now - kernelNotBefore > IDLE_LAST.toNanos();
    if (!kernelOnly || quiet) {
      idle = IDLE_FIRST;
    } else {
      idle = longer(idle, IDLE_FIRST, IDLE_LAST);
    }
    kernelNotBefore = now + idle.toNanos();
  }

  /**
   * A pass wrote.
   *
   * @param verified whether a look that follows at once may be the last: nothing failed and this is
   *     not what was written the time before
   */
  void wrote(boolean verified, boolean full, long now) {
    busy(now);
    looked(full, now);
    kernelNotBefore = now + VERIFY.toNanos();
    if (verified) {
      retry = Duration.ZERO;
      retryAt = kernelNotBefore;
    } else {
      failed(now);
    }
  }

  /** A pass could not be done, or part of it. */
  void failed(long now) {
    busy(now);
    retry = longer(retry, RETRY_FIRST, FULL);
    retryAt = now + retry.toNanos();
    kernelNotBefore = retryAt;
  }

  /** When the next pass is due though nothing happened. */
  long deadline(boolean pending) {
    return pending && retryAt - nextFull < 0 ? retryAt : nextFull;
  }

  /** Something goes on, or a look was cut short: the next one is not put off for long. */
  void busy(long now) {
    calm = FULL;
    if (nextFull - now > FULL.toNanos()) {
      nextFull = now + FULL.toNanos();
    }
  }

  private void looked(boolean full, long now) {
    if (full) {
      nextFull = now + calm.toNanos();
    }
  }

  private static Duration longer(Duration from, Duration first, Duration last) {
    if (from.isZero()) {
      return first;
    }
    Duration twice = from.multipliedBy(2);
    return twice.compareTo(last) > 0 ? last : twice;
  }
}
