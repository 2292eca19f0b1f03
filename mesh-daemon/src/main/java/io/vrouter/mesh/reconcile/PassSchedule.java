package io.vrouter.mesh.reconcile;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * When the loop runs a pass, and whether that pass audits: looks at the firewall, too.
 *
 * <pre>
 * state      entered at the end of a pass that        next pass without news
 * ---------  ---------------------------------------  ---------------------------------
 * START      (no pass has run)                        at once, an audit
 * SETTLING   ran while membership was unsettled       {@link #UNSETTLED} after it began
 * CALM       found nothing to do                      at the audit
 * VERIFYING  wrote, and nothing was refused           {@link #VERIFY} after it ended
 * RETRYING   threw, was refused a step, or wrote      {@link #RETRY_FIRST} after it ended,
 *            the steps of the pass before once more   doubled each time up to {@link #AUDIT}
 * </pre>
 *
 * <p>In every state an audit that is due and a timer of another part come first. News of membership
 * and of this host are due at once; from the {@link #ROW}th pass in a row on, each pass is followed
 * by a rest of its own length. A kernel event is due at once when the last second was quiet; while
 * such events lead to no write the distance doubles from {@link #IDLE_FIRST} to {@link #IDLE_LAST},
 * so that a routing daemon on a busy host can't keep the loop running.
 *
 * <p>Pure: the time comes in, in nanoseconds of a monotonic clock.
 */
final class PassSchedule {
  /** Longest time between two audits while there is something to do. */
  static final Duration AUDIT = Duration.ofSeconds(10);

  /**
   * Longest time between two audits that find nothing. The kernel reports nearly all that matters,
   * and an audit costs two runs of nft: one a minute is a twentieth of what an idle daemon does.
   */
  static final Duration QUIET = Duration.ofMinutes(5);

  /**
   * From a change of somebody's firewall rules to the audit: Docker writes its rules one by one.
   */
  static final Duration FIREWALL = Duration.ofMillis(200);

  /** Age of a due audit from which it is part of the next pass, though that one has news. */
  static final Duration OVERDUE = Duration.ofMillis(300);

  /** Membership doesn't signal that it has settled, so a pass looks. */
  static final Duration UNSETTLED = Duration.ofMillis(100);

  static final Duration VERIFY = Duration.ofMillis(150);
  static final Duration RETRY_FIRST = Duration.ofMillis(100);
  static final Duration IDLE_FIRST = Duration.ofMillis(10);
  static final Duration IDLE_LAST = Duration.ofSeconds(1);

  /** Passes, each begun within 1 s of the last, that a start or a join may take without a rest. */
  static final int ROW = 12;

  /** See the table of the class. */
  enum State {
    START,
    SETTLING,
    CALM,
    VERIFYING,
    RETRYING
  }

  /** How a pass ended. */
  enum Outcome {
    /** Nothing to do. */
    NOTHING,
    /** Nothing to do, but a dump was cut short. */
    INTERRUPTED,
    /** All steps were done. */
    WROTE,
    /** A step was refused, or all were the same as in the pass before. */
    REFUSED
  }

  private final Supplier<List<Optional<Long>>> timers;
  private final Set<Cause> news = EnumSet.noneOf(Cause.class);
  private State state = State.START;
  private Duration calm = AUDIT;
  private Duration idle = Duration.ZERO;
  private Duration retry = Duration.ZERO;
  private Pass pass;
  private long nextAudit;
  private long retryAt;
  private long kernelNotBefore;
  private long newsNotBefore;
  private long lastEnd;
  private int row;

  /**
   * Everything is due.
   *
   * @param timers when other parts want a pass, on the clock; asked anew each time
   */
  PassSchedule(long now, Supplier<List<Optional<Long>>> timers) {
    this.timers = timers;
    this.pass = new Pass(now, false, false);
    nextAudit = now;
    kernelNotBefore = now;
    newsNotBefore = now;
    lastEnd = now;
  }

  /**
   * A pass under way.
   *
   * @param audit whether it looks at the firewall, too
   * @param kernelOnly whether kernel events are its only reason
   */
  record Pass(long begin, boolean audit, boolean kernelOnly) {}

  /**
   * Adds news.
   *
   * @param rulesChanged whether another program wrote to nftables; asked on {@link Cause#RULES}
   */
  void add(Set<Cause> causes, BooleanSupplier rulesChanged, long now) {
    if (causes.contains(Cause.FIREWALL)
        || (causes.contains(Cause.RULES) && rulesChanged.getAsBoolean())) {
      nextAudit = earlier(nextAudit, now + FIREWALL.toNanos());
    }
    news.addAll(causes);
    news.removeAll(EnumSet.of(Cause.FIREWALL, Cause.RULES));
  }

  /** Whether news of membership are the only reason to run, and nothing is under way. */
  boolean onlyMembers(long now) {
    return state == State.CALM
        && news.equals(EnumSet.of(Cause.MEMBERSHIP))
        && quietDeadline() - now > 0;
  }

  /** The news need no pass. */
  void skip() {
    news.clear();
  }

  /** When the next pass is due, on the clock. */
  long deadline() {
    return hasNews() ? earlier(quietDeadline(), newsNotBefore) : quietDeadline();
  }

  /**
   * Begins a pass. An audit that is due waits for the pass after news, {@link #OVERDUE} at most.
   */
  Pass begin(long now) {
    long late = now - nextAudit;
    boolean audit = late >= 0 && (!hasNews() || state == State.START || late >= OVERDUE.toNanos());
    pass = new Pass(now, audit, !audit && news.equals(EnumSet.of(Cause.KERNEL)));
    news.clear();
    return pass;
  }

  /** Ends the pass. */
  void end(Outcome outcome, boolean settled, long now) {
    switch (outcome) {
      case NOTHING, INTERRUPTED -> nothing(outcome == Outcome.INTERRUPTED, now);
      case WROTE -> {
        wrote(now);
        retry = Duration.ZERO;
        retryAt = now + VERIFY.toNanos();
      }
      case REFUSED -> {
        wrote(now);
        retry(now);
      }
    }
    state = settled ? next(outcome) : State.SETTLING;
    rest(now);
  }

  /** Ends a pass that threw. */
  void threw(long now) {
    busy(now);
    retry(now);
    state = state == State.START || state == State.SETTLING ? State.SETTLING : State.RETRYING;
    rest(now);
  }

  private void rest(long now) {
    row = pass.begin - lastEnd > Duration.ofSeconds(1).toNanos() ? 1 : row + 1;
    lastEnd = now;
    newsNotBefore = row > ROW ? now + (now - pass.begin) : now;
  }

  private static State next(Outcome outcome) {
    return switch (outcome) {
      case NOTHING, INTERRUPTED -> State.CALM;
      case WROTE -> State.VERIFYING;
      case REFUSED -> State.RETRYING;
    };
  }

  private void nothing(boolean interrupted, long now) {
    retry = Duration.ZERO;
    audited(now);
    if (pass.audit) {
      calm = doubled(calm, AUDIT, QUIET);
    }
    boolean quiet = now - kernelNotBefore > IDLE_LAST.toNanos();
    idle = !pass.kernelOnly || quiet ? IDLE_FIRST : doubled(idle, IDLE_FIRST, IDLE_LAST);
    kernelNotBefore = now + idle.toNanos();
    if (interrupted) {
      busy(now);
    }
  }

  private void wrote(long now) {
    busy(now);
    audited(now);
    kernelNotBefore = now + VERIFY.toNanos();
  }

  private void retry(long now) {
    retry = doubled(retry, RETRY_FIRST, AUDIT);
    retryAt = now + retry.toNanos();
    kernelNotBefore = retryAt;
  }

  private void busy(long now) {
    calm = AUDIT;
    nextAudit = earlier(nextAudit, now + AUDIT.toNanos());
  }

  private void audited(long now) {
    if (pass.audit) {
      nextAudit = now + calm.toNanos();
    }
  }

  private boolean hasNews() {
    return news.contains(Cause.MEMBERSHIP) || news.contains(Cause.LOCAL);
  }

  /** The deadline without news of membership and of this host. */
  private long quietDeadline() {
    long deadline =
        switch (state) {
          case START, CALM -> nextAudit;
          case SETTLING -> earlier(nextAudit, pass.begin + UNSETTLED.toNanos());
          case VERIFYING, RETRYING -> earlier(nextAudit, retryAt);
        };
    if (news.contains(Cause.KERNEL)) {
      deadline = earlier(deadline, kernelNotBefore);
    }
    for (Optional<Long> timer : timers.get()) {
      deadline = timer.isPresent() ? earlier(deadline, timer.get()) : deadline;
    }
    return deadline;
  }

  private static long earlier(long a, long b) {
    return b - a < 0 ? b : a;
  }

  private static Duration doubled(Duration from, Duration first, Duration last) {
    Duration twice = from.multipliedBy(2);
    return from.isZero() ? first : twice.compareTo(last) > 0 ? last : twice;
  }
}
