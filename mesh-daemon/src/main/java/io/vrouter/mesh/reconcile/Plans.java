package io.vrouter.mesh.reconcile;

import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.plan.Plan;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What would be written now. One plan a second at most, whoever asks; the firewall is looked at on
 * the asking thread and with a state of its own, so that no question hides a change from the loop.
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
   * Has made none.
   *
   * @param firewall used by this alone
   */
  Plans(Questions questions, FirewallTarget firewall, LongSupplier clock) {
    this.questions = questions;
    this.firewall = firewall;
    this.clock = clock;
  }

  /**
   * The plan of now; {@link Plan#EMPTY} when the loop has ended.
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
