package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Step;
import io.vrouter.netlink.lab.Space;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NftTargetTest {
  private final Space host = Space.create();
  private final NftTarget target = new NftTarget(new TableWriter(MeshLab.table(host)));
  private final FirewallPolicy policy = MeshLab.policy();

  @AfterEach
  void close() {
    target.close();
    host.close();
  }

  @Test
  void setsAndRemoves() {
    assertThat(target.holds(policy, true)).isFalse();
    assertThat(target.holds(policy, false)).isFalse();
    Step set = new Step.SetFirewall(policy);
    assertThat(target.takes(set)).isTrue();
    assertThat(target.apply(List.of(set))).containsExactly(StepOutcome.done(set));
    assertThat(target.holds(policy, false)).isTrue();
    assertThat(target.holds(policy, true)).isTrue();
    Step remove = new Step.RemoveFirewall();
    assertThat(target.apply(List.of(remove, remove)))
        .containsExactly(StepOutcome.done(remove), StepOutcome.done(remove));
    assertThat(target.holds(policy, true)).isFalse();
    assertThat(host.ok("nft", "list", "ruleset")).isEmpty();
  }

  @Test
  void putsBackWhatSomebodyFlushed() {
    target.apply(List.of(new Step.SetFirewall(policy)));
    host.nft("flush ruleset");
    assertThat(target.holds(policy, false)).as("the last write is trusted").isTrue();
    assertThat(target.holds(policy, true)).isFalse();
    target.apply(List.of(new Step.SetFirewall(policy)));
    assertThat(target.holds(policy, true)).isTrue();
  }

  @Test
  void reportsAForeignTableWithAFix() {
    host.nft("table inet vrouter { }");
    List<StepOutcome> outcomes =
        target.apply(
            List.of(
                new Step.SetFirewall(new FirewallPolicy(4789, 7952, Set.of(), Set.of())),
                new Step.RemoveFirewall()));
    assertThat(outcomes).hasSize(2);
    assertThat(outcomes)
        .allSatisfy(
            outcome -> {
              assertThat(Objects.requireNonNull(outcome.problem()).code()).isEqualTo("firewall");
              assertThat(outcome.problem().message()).contains("without the comment");
              assertThat(outcome.problem().fix()).contains("rename or delete");
            });
  }
}
