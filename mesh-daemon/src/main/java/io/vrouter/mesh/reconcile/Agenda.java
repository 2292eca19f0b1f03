package io.vrouter.mesh.reconcile;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** When the loop runs: what it was told of since it last did, and what it waits for. */
final class Agenda {
  /** Membership doesn't say when it has settled, so a pass looks. */
  private static final Duration UNSETTLED = Duration.ofMillis(100);

  private final Pacing pacing;
  private final Supplier<List<Optional<Long>>> timers;
  private boolean told;
  private boolean localChanged;
  private boolean kernelChanged;
  private boolean pending;
  private boolean settled;
  private boolean looked;
  private long lastPass;

  /**
   * With everything due.
   *
   * @param timers when others want a pass, on the clock; asked anew each time
   */
  Agenda(long now, Supplier<List<Optional<Long>>> timers) {
    this.pacing = new Pacing(now);
    this.timers = timers;
    this.lastPass = now;
  }

  /** How a pass has to look. */
  record Look(boolean full, boolean kernelOnly) {}

  /**
   * Takes notice.
   *
   * @param rulesChanged whether somebody else has changed nftables' rules; asked when they changed
   */
  void hear(Set<Cause> causes, BooleanSupplier rulesChanged, long now) {
    kernelChanged |= causes.contains(Cause.KERNEL);
    if (causes.contains(Cause.FIREWALL)
        || (causes.contains(Cause.RULES) && rulesChanged.getAsBoolean())) {
      pacing.firewall(now);
    }
    told |= causes.contains(Cause.MEMBERSHIP) || causes.contains(Cause.LOCAL);
    localChanged |= causes.contains(Cause.LOCAL);
  }

  /** Whether the only reason to run is news from membership, and nothing is under way. */
  boolean onlyNews(long now) {
    return told && !localChanged && !kernelChanged && !pending && settled && timer() - now > 0;
  }

  /** The news have been taken without a pass. */
  void taken() {
    told = false;
  }

  /** A pass begins. News don't wait for a look at everything, which follows then. */
  Look begin(long now) {
    boolean full = pacing.fullDue(now) && (!told || !looked || pacing.fullOverdue(now));
    looked |= full;
    Look look = new Look(full, !told && kernelChanged && !full);
    localChanged = false;
    kernelChanged = false;
    told = false;
    lastPass = now;
    return look;
  }

  /** It found nothing to do; {@code interrupted} when a dump was cut short. */
  void idle(Look look, boolean interrupted, long now) {
    pending = false;
    pacing.idle(look.kernelOnly(), look.full(), now);
    if (interrupted) {
      pacing.busy(now);
    }
  }

  /** It wrote; {@code verified} as of {@link Pacing#wrote}. */
  void wrote(Look look, boolean verified, long now) {
    pending = true;
    pacing.wrote(verified, look.full(), now);
  }

  /** It could not be done. */
  void failed(long now) {
    pending = true;
    pacing.failed(now);
  }

  /** It has ended, in whichever way. */
  void end(long begin, long now) {
    pacing.rest(begin, now);
  }

  /** Whether membership has settled, and nothing that was there before us is being adopted. */
  void settled(boolean now) {
    settled = now;
  }

  boolean settled() {
    return settled;
  }

  /** When to run, on the clock. */
  long deadline() {
    long timer = timer();
    return told && pacing.toldNotBefore() - timer < 0 ? pacing.toldNotBefore() : timer;
  }

  /** When to run though nobody tells anything. */
  private long timer() {
    long deadline = pacing.deadline(pending);
    if (!settled) {
      deadline = earlier(deadline, lastPass + UNSETTLED.toNanos());
    }
    if (kernelChanged) {
      deadline = earlier(deadline, pacing.kernelNotBefore());
    }
    for (Optional<Long> other : timers.get()) {
      if (other.isPresent()) {
        deadline = earlier(deadline, other.get());
      }
    }
    return deadline;
  }

  private static long earlier(long a, long b) {
    return b - a < 0 ? b : a;
  }
}
