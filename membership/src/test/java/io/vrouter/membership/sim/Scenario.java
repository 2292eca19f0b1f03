package io.vrouter.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.engine.SwimConfig;
import java.time.Duration;
import java.util.Objects;

/** Beginnings that the scenario tests share. */
final class Scenario {
  private Scenario() {}

  /** A mesh of that many hosts that all know each other and have calmed down. */
  static Simulator mesh(long seed, int nodes) {
    return mesh(seed, nodes, SwimConfig.defaults());
  }

  static Simulator mesh(long seed, int nodes, SwimConfig config) {
    Simulator sim = new Simulator(seed, config);
    for (int i = 0; i < nodes; i++) {
      SimNode node = sim.add(120);
      sim.after(Duration.ofMillis(20L * i), () -> sim.start(node));
    }
    sim.run(Duration.ofMillis(20L * nodes + 1000));
    settled(sim);
    sim.nodes().forEach(sim::recordEvents);
    return sim;
  }

  /** Waits until all views equal the truth. */
  static void settled(Simulator sim) {
    sim.settle(Duration.ofSeconds(30));
    assertThat(sim.disagreements()).as("seed %d", sim.seed()).isEmpty();
  }

  /** Signs in the name of another, wrongly. */
  static Signer forger(SimNode victim) {
    return new Signer() {
      @Override
      public Bytes publicKey() {
        return victim.signer.publicKey();
      }

      @Override
      public NodeId id() {
        return victim.id();
      }

      @Override
      public Bytes sign(Bytes message) {
        return Bytes.of(new byte[64]);
      }
    };
  }

  /** What one host holds of an identity that it must know. */
  static Member held(SimNode by, NodeId id) {
    return held(by.view(), id);
  }

  /** The same of a view. */
  static Member held(MembershipView view, NodeId id) {
    return Objects.requireNonNull(view.members().get(id), "not a member there");
  }

  /** Whether the node was told of a warning with the code. */
  static boolean warned(SimNode node, String code) {
    return node.events().stream()
        .anyMatch(e -> e instanceof MembershipEvent.Warning w && w.code().equals(code));
  }

  /** How often the node saw a member enter the state. */
  static long entered(SimNode node, SimNode whom, MemberState state) {
    return node.events().stream()
        .filter(
            e ->
                e instanceof MembershipEvent.Transition t
                    && t.id().equals(whom.id())
                    && t.to() == state)
        .count();
  }
}
