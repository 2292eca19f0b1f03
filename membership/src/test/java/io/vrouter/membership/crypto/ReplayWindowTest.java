package io.vrouter.membership.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class ReplayWindowTest {
  /** Against the plain statement of the rule: new, above zero, and not too far behind. */
  @Property
  void agreesWithItsDefinition(@ForAll("counters") List<Long> counters) {
    ReplayWindow window = new ReplayWindow(0);
    Set<Long> seen = new HashSet<>();
    long highest = 0;
    for (long counter : counters) {
      boolean expected = counter > 0 && counter > highest - ReplayWindow.SIZE && seen.add(counter);
      assertThat(window.accept(counter)).as("%d after %d", counter, highest).isEqualTo(expected);
      highest = Math.max(highest, counter);
    }
  }

  @Provide
  Arbitrary<List<Long>> counters() {
    return Arbitraries.frequencyOf(
            Tuple.of(5, Arbitraries.longs().between(-2, 40)),
            Tuple.of(5, Arbitraries.longs().between(1000, 1100)),
            Tuple.of(2, Arbitraries.longs().between(1, 5000)))
        .list()
        .ofMaxSize(300);
  }

  @Example
  void everythingUpToTheStartCountsAsSeen() {
    ReplayWindow window = new ReplayWindow(5000);
    for (long counter = 0; counter <= 5000; counter++) {
      assertThat(window.accept(counter)).isFalse();
    }
    assertThat(window.accept(5001)).isTrue();
    assertThat(window.accept(5001)).isFalse();
  }

  @Example
  void aLeapToTheEndOfTimeIsNoTrouble() {
    ReplayWindow window = new ReplayWindow(1);
    assertThat(window.accept(Long.MAX_VALUE)).isTrue();
    assertThat(window.accept(Long.MAX_VALUE)).isFalse();
    assertThat(window.accept(Long.MIN_VALUE)).isFalse();
    assertThat(window.accept(2)).isFalse();
  }
}
