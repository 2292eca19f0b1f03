package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.plan.Plan;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Plans for {@code meshctl plan} and the API: at most one a second, for all callers. The firewall
 * is read on the calling thread and with a state of its own, so that no question hides a change
 * from the loop.
 */
final class Plans {
  /** A plan younger than this answers the next question, too. */
  static final Duration AGE = Duration.ofSeconds(1);

  private final Questions questions;
  private final FirewallTarget firewall;
  private final LongSupplier clock;
  private @Nullable Plan last;
  private long made;

  /**
   * No plan yet.
   *
   * @param firewall used by this object only
   */
  Plans(Questions questions, FirewallTarget firewall, LongSupplier clock) {
    this.questions = questions;
    this.firewall = firewall;
    this.clock = clock;
  }

  /**
   * The present plan; {@link Plan#EMPTY} when the loop has ended.
   *
   * @throws io.vrouter.netlink.NetlinkException when the kernel can't be asked
   * @throws InterruptedException when the wait is cut short
   */
  synchronized Plan newest() throws InterruptedException {
    Plan known = last;
    if (known != null && clock.getAsLong() - made < AGE.toNanos()) {
      return known;
    }
    Optional<Situation> situation = questions.ask(Loop::situation);
    Plan plan = situation.map(it -> it.plan(firewall)).orElse(Plan.EMPTY);
    last = plan;
    made = clock.getAsLong();
    return plan;
  }
}
