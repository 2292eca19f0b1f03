package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is written when, with a disk that the test lets work. */
class StateWriterTest {
  private record Task(Duration delay, Runnable work) {}

  private final FakeStore store = new FakeStore();
  private final List<Task> tasks = new ArrayList<>();
  private final AtomicInteger done = new AtomicInteger();
  private final StateWriter writer =
      new StateWriter(
          store, (delay, work) -> tasks.add(new Task(delay, work)), done::incrementAndGet);

  private static SavedState state(long lamport, Map<String, Long> subnets, String... known) {
    Map<Prefix, Long> claims = new HashMap<>();
    subnets.forEach((prefix, number) -> claims.put(Prefix.parse(prefix), number));
    List<KnownPrefix> prefixes =
        Stream.of(known)
            .map(it -> new KnownPrefix(Prefix.parse(it), null, null, KnownPrefix.HELD))
            .toList();
    return new SavedState(lamport, List.of(), claims, List.of(), prefixes);
  }

  private void work() {
    List<Task> due = List.copyOf(tasks);
    tasks.clear();
    due.forEach(task -> task.work().run());
  }

  @Test
  void aClaimIsWrittenAtOnceAndToldWhenItIsThere() {
    SavedState claimed = state(3, Map.of("172.30.0.0/16", 3L));
    writer.write(claimed);
    assertThat(tasks).extracting(Task::delay).containsExactly(Duration.ZERO);
    assertThat(writer.mayTell()).isFalse();
    work();
    assertThat(store.saved).isEqualTo(claimed);
    assertThat(writer.mayTell()).isTrue();
    assertThat(done).hasValue(1);
    writer.write(claimed);
    assertThat(tasks).as("the same again").isEmpty();
  }

  @Test
  void whatTheMeshHoldsIsWrittenLaterAndOnce() {
    for (int i = 0; i < 50; i++) {
      writer.write(state(i, Map.of(), "172.%d.0.0/16".formatted(16 + i % 16)));
    }
    assertThat(tasks).extracting(Task::delay).containsExactly(StateWriter.LAZY);
    assertThat(writer.mayTell()).isTrue();
    work();
    assertThat(store.saved.lamport()).isEqualTo(49);
    assertThat(done).as("nothing waits for it").hasValue(0);
  }

  @Test
  void aClaimDoesNotWaitForALaterWrite() {
    writer.write(state(1, Map.of(), "172.16.0.0/16"));
    writer.write(state(2, Map.of("172.30.0.0/16", 2L), "172.16.0.0/16"));
    assertThat(tasks).extracting(Task::delay).containsExactly(StateWriter.LAZY, Duration.ZERO);
    tasks.get(1).work().run();
    assertThat(store.saved.lamport()).isEqualTo(2);
    assertThat(writer.mayTell()).isTrue();
  }

  @Test
  void aFullDiskIsAProblemAndNoReasonToKeepSilent() {
    store.full = true;
    SavedState claimed = state(1, Map.of("172.30.0.0/16", 1L));
    writer.write(claimed);
    work();
    assertThat(writer.problem()).map(Problem::code).contains("state-not-saved");
    assertThat(writer.mayTell()).isTrue();
    assertThat(done).hasValue(1);
    writer.write(claimed);
    work();
    assertThat(done).as("nothing new").hasValue(1);
    store.full = false;
    writer.write(claimed);
    work();
    assertThat(store.saved).isEqualTo(claimed);
    assertThat(writer.problem()).isEmpty();
  }
}
