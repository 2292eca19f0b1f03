package io.vrouter.mesh.firewall;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the looks and writes of {@link IptablesForwarding} on the firewall's thread: its programs
 * take 10 s beside 100,000 rules, and no route waits for them. A mailbox of one request: a newer
 * request replaces the waiting one. Called on the reconcile thread.
 *
 * <p>The openings only let packets through that another program's chains drop, so a late one keeps
 * nothing open that must be closed.
 */
final class ForwardingWorker {
  /** Age from which a request shows as a problem. */
  static final Duration LATE = Duration.ofSeconds(2);

  private final IptablesForwarding rules;
  private final Executor thread;
  private final AtomicReference<@Nullable FirewallPolicy> opened = new AtomicReference<>();
  private final LongSupplier clock;
  private final Runnable changed;

  private @Nullable ForwardingRequest waiting;
  private @Nullable ForwardingRequest running;
  private ForwardingResult last = new ForwardingResult(Map.of(), false, null);

  /**
   * No request yet.
   *
   * @param thread runs one task at a time; a task that it runs at once makes every call here wait
   * @param changed called on that thread at the end of a request
   * @param clock nanoseconds, monotonic
   */
  ForwardingWorker(
      IptablesForwarding rules, Executor thread, Runnable changed, LongSupplier clock) {
    this.rules = rules;
    this.thread = thread;
    this.changed = changed;
    this.clock = clock;
  }

  private record ForwardingRequest(
      FirewallPolicy policy, Map<Boolean, ForwardingRules> wanted, boolean write, long since) {}

  /**
   * The outcome of the last request.
   *
   * @param failure of a write, until {@link #open} has thrown it
   */
  private record ForwardingResult(
      Map<Boolean, ForwardingRules> wanted, boolean open, @Nullable FirewallException failure) {}

  /**
   * Whether no write is needed now; true while a request for the same rules is under way.
   *
   * @param fresh whether to request a look
   */
  boolean isOpen(FirewallPolicy policy, boolean fresh) {
    if (fresh) {
      request(policy, false);
    }
    Map<Boolean, ForwardingRules> wanted = IptablesForwarding.wanted(policy);
    synchronized (this) {
      return isUnderWay(wanted) || (last.open() && last.wanted().equals(wanted));
    }
  }

  /**
   * Requests a write.
   *
   * @throws FirewallException of this write, if it has ended, or of the one before
   */
  void open(FirewallPolicy policy) throws FirewallException {
    throwFailure(policy);
    request(policy, true);
    throwFailure(policy);
  }

  /** The policy of a write since the last call; null for none. */
  @Nullable FirewallPolicy opened() {
    return opened.getAndSet(null);
  }

  /** Whether a request is under way. */
  synchronized boolean isPending() {
    return running != null || waiting != null;
  }

  /** The problems of the last look, and a request that does not end. */
  List<Problem> problems() {
    return Stream.concat(rules.problems().stream(), late().stream()).toList();
  }

  /**
   * Removes every rule and chain of ours, and waits for that.
   *
   * @throws FirewallException with the tool's message, or when it takes longer than 8 s
   */
  void close() throws FirewallException {
    synchronized (this) {
      last = new ForwardingResult(Map.of(), false, null);
    }
    AwaitedWork.run(thread, "removing the rules in other chains", "iptables", rules::close);
  }

  private void throwFailure(FirewallPolicy policy) throws FirewallException {
    FirewallException failure;
    synchronized (this) {
      failure = last.failure();
      if (failure == null || !last.wanted().equals(IptablesForwarding.wanted(policy))) {
        return;
      }
      last = new ForwardingResult(last.wanted(), false, null);
    }
    throw failure;
  }

  private void request(FirewallPolicy policy, boolean write) {
    synchronized (this) {
      ForwardingRequest former = waiting;
      boolean writes = write || (former != null && former.write());
      waiting =
          new ForwardingRequest(
              policy, IptablesForwarding.wanted(policy), writes, clock.getAsLong());
      if (former != null) {
        return;
      }
    }
    thread.execute(this::work);
  }

  private void work() {
    ForwardingRequest request;
    synchronized (this) {
      request = waiting;
      waiting = null;
      running = request;
    }
    if (request == null) {
      return;
    }
    ForwardingResult result = new ForwardingResult(request.wanted(), false, null);
    try {
      result = result(request);
    } finally {
      synchronized (this) {
        last = result;
        running = null;
      }
    }
    changed.run();
  }

  private ForwardingResult result(ForwardingRequest request) {
    try {
      if (request.write() && rules.open(request.policy())) {
        opened.set(request.policy());
      }
      boolean open = rules.isOpen(request.policy(), !request.write());
      return new ForwardingResult(request.wanted(), open, null);
    } catch (FirewallException e) {
      // Unknown counts as closed. A write meets the error of a look again, and reports it.
      return new ForwardingResult(request.wanted(), false, request.write() ? e : null);
    }
  }

  private boolean isUnderWay(Map<Boolean, ForwardingRules> wanted) {
    return (waiting != null && waiting.wanted().equals(wanted))
        || (waiting == null && running != null && running.wanted().equals(wanted));
  }

  private synchronized Optional<Problem> late() {
    ForwardingRequest oldest = running != null ? running : waiting;
    if (oldest == null) {
      return Optional.empty();
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(clock.getAsLong() - oldest.since());
    return seconds < LATE.toSeconds()
        ? Optional.empty()
        : Optional.of(
            Problem.warning(
                IptablesForwarding.CODE,
                "iptables has not answered for more than %d s: whether other chains drop the"
                        .formatted(LATE.toSeconds())
                    + " mesh's packets is unknown",
                "see whether 'iptables-save' hangs; routes are kept up meanwhile"));
  }
}
