package io.vrouter.mesh.reconcile;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * When the loop runs a pass, and what that pass looks at besides a dump of the kernel.
 *
 * <pre>
 * state      entered at the end of a pass that        next pass without causes
 * ---------  ---------------------------------------  ---------------------------------
 * START      (no pass has run)                        at once, an audit
 * SETTLING   ran while membership was unsettled       {@link #UNSETTLED} after it began
 * CALM       found nothing to do                      at the audit
 * VERIFYING  wrote, and nothing was refused           {@link #VERIFY} after it ended
 * RETRYING   was refused a step, or wrote the steps   {@link #RETRY_FIRST} after it ended,
 *            of the pass before once more             doubled each time up to {@link #RETRY_LAST}
 * FAILING    threw                                    as RETRYING
 * </pre>
 *
 * <p>In every state but FAILING an audit, a look at the firewall and a timer of another part come
 * first when they are due, and events of membership, of this host and of our own objects are due at
 * once. A foreign kernel event is due at once when the last second was quiet; while such events
 * lead to no write the distance doubles from {@link #IDLE_FIRST} to {@link #IDLE_LAST}, so that a
 * routing daemon on a busy host can't keep the loop running. While FAILING only a command comes
 * before the retry.
 *
 * <p>Above all of this stands a budget: {@link #BURST} passes at once, then one every {@link
 * #DISTANCE}, or one every two pass lengths where a pass takes longer than half of that.
 *
 * <p>Pure: the time comes in, in nanoseconds of a monotonic clock.
 */
final class PassSchedule {
  /** Between two audits: passes that dump everything from the kernel, and start no process. */
  static final Duration AUDIT = Duration.ofSeconds(30);

  /**
   * From a change of foreign firewall rules to the look at them: Docker writes its rules one by
   * one.
   */
  static final Duration FIREWALL = Duration.ofMillis(200);

  /** Longest distance of two looks at rules that other programs change all the time. */
  static final Duration FIREWALL_LAST = Duration.ofSeconds(5);

  /** Age from which a due look or audit joins the next pass, even one with causes. */
  static final Duration OVERDUE = Duration.ofMillis(300);

  /** Membership doesn't signal that it has settled, so a pass polls. */
  static final Duration UNSETTLED = Duration.ofMillis(100);

  /** After a write: the events of that write have arrived by then. */
  static final Duration VERIFY = Duration.ofMillis(50);

  static final Duration RETRY_FIRST = Duration.ofMillis(100);
  static final Duration RETRY_LAST = Duration.ofSeconds(10);
  static final Duration IDLE_FIRST = Duration.ofMillis(10);
  static final Duration IDLE_LAST = Duration.ofSeconds(1);

  /** Passes that a start or a join may take in a row. */
  static final int BURST = 10;

  /** Between two passes once the burst is used up. */
  static final Duration DISTANCE = Duration.ofMillis(250);

  private static final long CREDIT = DISTANCE.toNanos() * (BURST - 1);

  /** See the table of the class. */
  enum State {
    START,
    SETTLING,
    CALM,
    VERIFYING,
    RETRYING,
    FAILING
  }

  /** How a pass ended. */
  enum PassResult {
    /** Nothing to do. */
    NOTHING,
    /** Nothing to do, but a dump was cut short. */
    INTERRUPTED,
    /** All steps were done. */
    WROTE,
    /** A step was refused, or all steps equal those of the pass before. */
    REFUSED
  }

  private final BooleanSupplier rulesChanged;
  private final Supplier<List<Optional<Long>>> timers;
  private final Set<Cause> news = EnumSet.noneOf(Cause.class);
  private State state = State.START;
  private Duration idle = Duration.ZERO;
  private Duration retry = Duration.ZERO;
  private Duration firewallPause = Duration.ZERO;
  private Pass pass;
  private long nextAudit;
  private @Nullable Long nextLook;
  private long lookNotBefore;
  private long retryAt;
  private long kernelNotBefore;
  private long oursNotBefore;

  /** When the budget would be full again; {@link #CREDIT} before that the next pass may begin. */
  private long fullBudget;

  /**
   * Everything is due.
   *
   * @param rulesChanged whether another program wrote to nftables; asked on {@link Cause#RULES} and
   *     at each audit
   * @param timers deadlines of other parts, on the clock; asked anew each time
   */
  PassSchedule(long now, BooleanSupplier rulesChanged, Supplier<List<Optional<Long>>> timers) {
    this.rulesChanged = rulesChanged;
    this.timers = timers;
    this.pass = new Pass(now, false, false, false);
    nextAudit = now;
    nextLook = now;
    lookNotBefore = now;
    retryAt = now;
    kernelNotBefore = now;
    oursNotBefore = now;
    fullBudget = now;
  }

  /**
   * A pass under way.
   *
   * @param audit whether it dumps the state that the kernel sends no event of
   * @param firewall whether it reads the firewall's rules, which starts processes
   * @param foreignOnly whether foreign kernel events are its only reason
   */
  record Pass(long begin, boolean audit, boolean firewall, boolean foreignOnly) {}

  /** Adds causes. */
  void add(Set<Cause> causes, long now) {
    if (nextLook == null
        && (causes.contains(Cause.FIREWALL)
            || (causes.contains(Cause.RULES) && rulesChanged.getAsBoolean()))) {
      nextLook = later(now + FIREWALL.toNanos(), lookNotBefore);
    }
    news.addAll(causes);
    news.removeAll(EnumSet.of(Cause.FIREWALL, Cause.RULES));
  }

  /** Whether membership events are the only reason to run, and nothing is under way. */
  boolean onlyMembers(long now) {
    return state == State.CALM
        && news.equals(EnumSet.of(Cause.MEMBERSHIP))
        && withoutNews() - now > 0;
  }

  /** Drops the causes: they need no pass. */
  void skip() {
    news.clear();
  }

  /** When the next pass is due, on the clock. */
  long deadline() {
    return later(due(), fullBudget - CREDIT);
  }

  private long due() {
    if (news.contains(Cause.OPERATOR)) {
      return pass.begin;
    }
    if (state == State.FAILING) {
      return retryAt;
    }
    if (news.contains(Cause.MEMBERSHIP) || news.contains(Cause.LOCAL)) {
      return pass.begin;
    }
    return withoutNews();
  }

  /**
   * Begins a pass. A due look or audit waits for the pass after the causes, {@link #OVERDUE} at
   * most.
   */
  Pass begin(long now) {
    boolean audit = isTurn(nextAudit, now);
    boolean look = nextLook != null && isTurn(nextLook, now);
    look |= audit && rulesChanged.getAsBoolean();
    boolean foreignOnly = !audit && !look && news.equals(EnumSet.of(Cause.KERNEL));
    pass = new Pass(now, audit, look, foreignOnly);
    news.clear();
    return pass;
  }

  private boolean isTurn(long due, long now) {
    boolean busy = hasNews() && state != State.START;
    return now - due >= (busy ? OVERDUE.toNanos() : 0);
  }

  /** Ends the pass. */
  void end(PassResult outcome, boolean settled, long now) {
    if (pass.audit) {
      nextAudit = now + AUDIT.toNanos();
    }
    if (pass.firewall) {
      nextLook = null;
      looked(outcome, now);
    }
    switch (outcome) {
      case NOTHING, INTERRUPTED -> nothing(now);
      case WROTE -> {
        retry = Duration.ZERO;
        retryAt = now + VERIFY.toNanos();
        kernelNotBefore = retryAt;
        oursNotBefore = retryAt;
      }
      case REFUSED -> retry(now);
    }
    if (outcome == PassResult.INTERRUPTED) {
      news.add(Cause.KERNEL);
    }
    state = settled ? next(outcome) : State.SETTLING;
    spend(now);
  }

  /** Ends a pass that threw. */
  void threw(long now) {
    retry(now);
    state = State.FAILING;
    spend(now);
  }

  private void spend(long now) {
    long length = now - pass.begin;
    fullBudget = later(fullBudget, pass.begin) + Math.max(DISTANCE.toNanos(), 2 * length);
  }

  private static State next(PassResult outcome) {
    return switch (outcome) {
      case NOTHING, INTERRUPTED -> State.CALM;
      case WROTE -> State.VERIFYING;
      case REFUSED -> State.RETRYING;
    };
  }

  private void looked(PassResult outcome, long now) {
    boolean quiet = now - lookNotBefore > FIREWALL_LAST.toNanos();
    firewallPause =
        outcome == PassResult.WROTE || quiet
            ? Duration.ZERO
            : doubled(firewallPause, FIREWALL, FIREWALL_LAST);
    lookNotBefore = now + firewallPause.toNanos();
  }

  private void nothing(long now) {
    retry = Duration.ZERO;
    boolean quiet = now - kernelNotBefore > IDLE_LAST.toNanos();
    idle = !pass.foreignOnly || quiet ? IDLE_FIRST : doubled(idle, IDLE_FIRST, IDLE_LAST);
    kernelNotBefore = now + idle.toNanos();
    oursNotBefore = now;
  }

  private void retry(long now) {
    retry = doubled(retry, RETRY_FIRST, RETRY_LAST);
    retryAt = now + retry.toNanos();
    kernelNotBefore = retryAt;
    oursNotBefore = retryAt;
  }

  private boolean hasNews() {
    return news.contains(Cause.MEMBERSHIP)
        || news.contains(Cause.LOCAL)
        || news.contains(Cause.OPERATOR);
  }

  /** The deadline without events of membership, of this host and of an operator. */
  private long withoutNews() {
    long deadline =
        switch (state) {
          case START, CALM -> nextAudit;
          case SETTLING -> earlier(nextAudit, pass.begin + UNSETTLED.toNanos());
          case VERIFYING, RETRYING, FAILING -> earlier(nextAudit, retryAt);
        };
    if (nextLook != null) {
      deadline = earlier(deadline, nextLook);
    }
    if (news.contains(Cause.OURS)) {
      deadline = earlier(deadline, oursNotBefore);
    }
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

  private static long later(long a, long b) {
    return b - a > 0 ? b : a;
  }

  private static Duration doubled(Duration from, Duration first, Duration last) {
    Duration twice = from.multipliedBy(2);
    return from.isZero() ? first : twice.compareTo(last) > 0 ? last : twice;
  }
}
