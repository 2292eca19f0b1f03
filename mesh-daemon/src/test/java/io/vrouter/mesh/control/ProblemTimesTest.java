package io.vrouter.mesh.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Problem;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemTimesTest {
  private static final Instant START = MemoryMesh.START;

  private Instant now = START;
  private final ProblemTimes times = new ProblemTimes(() -> now);

  @Test
  void aProblemKeepsItsFirstMomentUntilItGoes() {
    Problem disk = new Problem("state-not-saved", "disk full", "make room");
    assertThat(times.of(List.of(disk, disk))).containsExactly(disk.seen(START));
    now = START.plusSeconds(60);
    assertThat(times.of(List.of(disk))).containsExactly(disk.seen(START));
    assertThat(times.of(List.of())).isEmpty();
    assertThat(times.of(List.of(disk))).containsExactly(disk.seen(now));
  }

  @Test
  void anotherMessageOfTheSameCodeIsTheSameProblem() {
    Problem first = Problem.note("wrong-token", "lately at 192.0.2.1", "none");
    Problem then = Problem.note("wrong-token", "lately at 192.0.2.2", "none");
    times.of(List.of(first));
    now = START.plusSeconds(60);
    assertThat(times.of(List.of(then))).containsExactly(then.seen(START));
  }

  @Test
  void twoOfOneCodeKeepTheirOwnMoments() {
    Problem a = new Problem("prefix-in-use", "a", "");
    Problem b = new Problem("prefix-in-use", "b", "");
    times.of(List.of(a));
    now = START.plusSeconds(60);
    assertThat(times.of(List.of(b, a))).containsExactly(b.seen(now), a.seen(START));
  }
}
