package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.NodeId;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProblemsTest {
  private long now;
  private final Problems problems = new Problems(new NodeId(1, 2), () -> now);

  @Test
  void whatIsSeenInPassingGoesAMinuteAfterTheLastTime() {
    problems.pass("wrong-token", "", "somebody tried", "nothing");
    now = TimeUnit.SECONDS.toNanos(50);
    problems.pass("wrong-token", "", "somebody else tried", "nothing");
    now = TimeUnit.SECONDS.toNanos(109);
    assertThat(problems.list()).extracting(Warning::message).containsExactly("somebody else tried");
    now = TimeUnit.SECONDS.toNanos(111);
    assertThat(problems.list()).isEmpty();
  }

  @Test
  void whatCanEndStaysUntilItDoes() {
    problems.put("seed-unresolvable", "a", "seed a", "check");
    problems.put("seed-unresolvable", "b", "seed b", "check");
    now = TimeUnit.HOURS.toNanos(5);
    problems.clear("seed-unresolvable", "a");
    assertThat(problems.list()).extracting(Warning::message).containsExactly("seed b");
  }

  @Test
  void strangersCannotMakeItGrow() {
    for (int i = 0; i < 10_000; i++) {
      problems.pass("wrong-token", "" + i, "m", "f");
    }
    assertThat(problems.list()).hasSize(64);
  }
}
