package io.vrouter.membership.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.NodeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccusationTest {
  @ParameterizedTest
  @CsvSource({
    "0,3,1200",
    "1,3,850",
    "2,3,646",
    "3,3,500",
    "9,3,500", // shrinks logarithmically
    "0,1,1200",
    "1,1,500", // three hosts: one can confirm
    "0,0,500",
    "0,-1,500" // two hosts: nobody can
  })
  void theTimeoutShrinksWithConfirmations(int confirmations, int k, long timeout) {
    assertThat(Accusation.timeout(500, 1200, confirmations, k)).isEqualTo(timeout);
  }

  @Test
  void onlyIndependentConfirmationsCount() {
    NodeId first = new NodeId(0, 1);
    NodeId second = new NodeId(0, 2);
    Accusation accusation = new Accusation(0, 500, 1200, 1, first);
    assertThat(accusation.confirm(first)).isFalse();
    assertThat(accusation.deadline()).isEqualTo(1200);
    assertThat(accusation.confirm(second)).isTrue();
    assertThat(accusation.deadline()).isEqualTo(500);
    assertThat(accusation.confirm(new NodeId(0, 3))).isFalse();
  }

  @Test
  void anAnswerBuysTime() {
    Accusation accusation = new Accusation(0, 500, 500, 0, new NodeId(0, 1));
    accusation.answered(400);
    assertThat(accusation.deadline()).isEqualTo(900);
  }
}
