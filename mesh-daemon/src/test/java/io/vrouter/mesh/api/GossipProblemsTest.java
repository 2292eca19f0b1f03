package io.vrouter.mesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GossipProblemsTest {
  private static final NodeId ID = NodeId.parse("0f".repeat(16));

  @ParameterizedTest
  @ValueSource(strings = {"wrong-token", "forged-datagram"})
  void whatAStrangerCanCauseIsANote(String code) {
    assertThat(GossipProblems.of(List.of(new Warning(ID, code, "m", "f"))))
        .containsExactly(Problem.note(code, "m", "f"));
  }

  @Test
  void theRestIsAnError() {
    assertThat(GossipProblems.of(List.of(new Warning(ID, "peers-not-saved", "m", "f"))))
        .containsExactly(new Problem("peers-not-saved", "m", "f"));
  }
}
