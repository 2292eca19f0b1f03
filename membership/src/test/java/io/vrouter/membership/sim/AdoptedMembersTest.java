package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Members that a node has from its last run. */
class AdoptedMembersTest {
  private static final Duration GRACE = SwimConfig.defaults().healing().grace();

  private final Solo solo = Solo.adopting(SwimConfig.defaults(), 3);
  private final SimNode one = solo.others.get(0);
  private final SimNode two = solo.others.get(1);
  private final SimNode three = solo.others.get(2);

  private List<MemberState> states() {
    return solo.others.stream().map(solo::state).toList();
  }

  @Test
  void eachIsRestartingFromTheBeginningUntilItAnswers() {
    assertThat(states()).containsOnly(MemberState.RESTARTING);
    solo.answers = (node, message) -> node == two;
    solo.pass(Duration.ofSeconds(3));
    assertThat(states())
        .containsExactly(MemberState.RESTARTING, MemberState.ALIVE, MemberState.RESTARTING);
    solo.answers = (node, message) -> true;
    solo.pass(Duration.ofSeconds(3));
    assertThat(states()).containsOnly(MemberState.ALIVE);
  }

  @Test
  void aNewBootCountsAsHeard() {
    solo.hear(one, new News.Heard(Solo.head(one, Solo.FIRST + 1), null, Standing.ALIVE));
    assertThat(states())
        .containsExactly(MemberState.ALIVE, MemberState.RESTARTING, MemberState.RESTARTING);
  }

  /** Else each restart of one host would make all others restart at all hosts. */
  @Test
  void othersAreToldNothingOfIt() {
    solo.answers = (node, message) -> node == one;
    solo.pass(Duration.ofSeconds(10));
    assertThat(solo.said.stream().map(Solo.Sent::message).map(SwimMessage::news))
        .allSatisfy(
            news ->
                assertThat(news)
                    .noneMatch(it -> it.subject().equals(two.id()))
                    .noneMatch(it -> it.subject().equals(three.id())));
  }

  @Test
  void aKernelThatAnswersKeepsItForTheGracePeriodAndNoLonger() {
    solo.dataPath.addAll(Collections.nCopies(10_000, Answer.ANSWERED));
    solo.pass(GRACE.minusSeconds(1));
    assertThat(states()).containsOnly(MemberState.RESTARTING);
    solo.pass(Duration.ofSeconds(2));
    assertThat(states()).containsOnly(MemberState.FAILED);
  }

  @Test
  void aKernelThatIsSilentEndsItSooner() {
    solo.dataPath.addAll(Collections.nCopies(10_000, Answer.SILENT));
    solo.pass(Duration.ofSeconds(10));
    assertThat(states()).containsOnly(MemberState.FAILED);
  }

  @Test
  void oneThatTheOthersGaveUpGoesWhenItsKernelIsSilentHereToo() {
    solo.answers = (node, message) -> node == one;
    solo.pass(Duration.ofSeconds(1));
    solo.dataPath.add(Answer.SILENT);
    solo.hear(one, new News.Rumor(Standing.FAILED, two.id(), Solo.FIRST, one.id()));
    solo.pass(Duration.ofMillis(1500));
    assertThat(solo.state(two)).isEqualTo(MemberState.FAILED);
    assertThat(solo.state(three)).isEqualTo(MemberState.RESTARTING);
  }
}
