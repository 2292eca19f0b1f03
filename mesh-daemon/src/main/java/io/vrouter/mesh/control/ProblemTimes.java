package io.vrouter.mesh.control;

import io.vrouter.mesh.model.Problem;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Records when each problem was first seen. A problem whose message changes, as one that names the
 * latest sender does, stays the same problem. Thread-safe.
 */
public final class ProblemTimes {
  private final InstantSource clock;
  private List<Problem> seen = List.of();

  public ProblemTimes(InstantSource clock) {
    this.clock = clock;
  }

  /** By the wall clock. */
  public static ProblemTimes system() {
    return new ProblemTimes(InstantSource.system());
  }

  /** The present problems in their order, each once and with the time it was first seen. */
  public synchronized List<Problem> of(List<Problem> now) {
    List<Problem> before = new ArrayList<>(seen);
    List<Problem> distinct = now.stream().distinct().toList();
    List<Optional<Instant>> exact =
        distinct.stream()
            .map(problem -> take(before, it -> it.equals(problem.seen(first(it)))))
            .toList();
    Instant moment = clock.instant();
    List<Problem> all = new ArrayList<>();
    for (int i = 0; i < distinct.size(); i++) {
      Problem problem = distinct.get(i);
      Instant first =
          exact
              .get(i)
              .or(() -> take(before, it -> it.code().equals(problem.code())))
              .orElse(moment);
      all.add(problem.seen(first));
    }
    seen = List.copyOf(all);
    return seen;
  }

  private static Optional<Instant> take(List<Problem> before, Predicate<Problem> same) {
    Optional<Problem> found = before.stream().filter(same).findFirst();
    found.ifPresent(before::remove);
    return found.map(ProblemTimes::first);
  }

  private static Instant first(Problem seen) {
    return Objects.requireNonNull(seen.since());
  }
}
