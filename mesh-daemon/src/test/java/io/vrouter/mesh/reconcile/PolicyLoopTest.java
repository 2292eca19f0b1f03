package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.NodeKeys;
import io.vrouter.membership.crypto.Ed25519Verifier;
import io.vrouter.membership.crypto.OperatorKey;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.mesh.policy.Grant;
import io.vrouter.mesh.policy.MeshPolicy;
import io.vrouter.mesh.policy.PolicyException;
import io.vrouter.mesh.policy.SignedPolicy;
import io.vrouter.mesh.record.Subnet;
import io.vrouter.netlink.fake.FakeKernel;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The operator's policy as part of the loop: heard, saved, carried, enforced. */
class PolicyLoopTest {
  private static final OperatorKey OPERATOR = OperatorKey.create(new SecureRandom());
  private static final OperatorKey LIAR = OperatorKey.create(new SecureRandom());

  private final Host host = Host.withBridge(new FakeKernel());

  PolicyLoopTest() {
    operator(OPERATOR.publicKey());
  }

  private void operator(@org.jspecify.annotations.Nullable Bytes key) {
    host.keys = new NodeKeys(new FakeKeys(Worlds.id(1)), new Ed25519Verifier(), key, key != null);
    host.start();
  }

  /** A token names an operator for its bans, too: a mesh without a policy is no problem. */
  @Test
  void aTokensOperatorNeedsNoPolicyAndMaySignOne() throws Exception {
    host.keys =
        new NodeKeys(
            new FakeKeys(Worlds.id(1)), new Ed25519Verifier(), OPERATOR.publicKey(), false);
    host.start();
    host.peers(Worlds.peer(2, "172.31.0.0/16"));
    host.settle();
    assertThat(host.problems()).isEmpty();
    apply(policy(1, Map.of(1, "172.30.0.0/16")));
    assertThat(host.lines("172.31.0.0/16")).isEmpty();
  }

  @Test
  void whatAPolicyDoesNotAllowDoesNotExist() throws Exception {
    host.peers(Worlds.peer(2, "172.31.0.0/16", "172.29.0.0/16"), Worlds.peer(3, "172.28.0.0/16"));
    host.settle();
    assertThat(host.lines("172.2")).hasSize(2);
    assertThat(host.problems()).containsExactly("policy-missing");

    apply(policy(1, Map.of(1, "172.30.0.0/16", 2, "172.31.0.0/16")));
    assertThat(host.lines("172.31.0.0/16")).hasSize(1);
    assertThat(host.lines("172.29.0.0/16")).isEmpty();
    assertThat(host.lines("172.28.0.0/16")).isEmpty();
    assertThat(host.lines("192.0.2.3")).as("a host without a VNI has no tunnel here").isEmpty();
    assertThat(host.problems()).containsOnly("not-in-policy").hasSize(2);
    assertThat(host.snapshot().problems()).noneMatch(it -> it.unhealthy());
    assertThat(host.snapshot().routes())
        .filteredOn(it -> it.prefix().equals(Prefix.parse("172.29.0.0/16")))
        .singleElement()
        .satisfies(it -> assertThat(it.reason()).contains("not in policy 1", "172.31.0.0/16"));
    assertThat(host.membership.told().subnets())
        .extracting(Subnet::prefix)
        .containsExactly(Prefix.parse("172.30.0.0/16"));
  }

  @Test
  void refusedClaimDisplacesNobody() throws Exception {
    apply(policy(1, Map.of(1, "172.30.0.0/16", 2, "172.31.0.0/16", 3, "172.28.0.0/16")));
    host.peers(
        Worlds.peer(2, MemberState.ALIVE, Worlds.record(2, 900, "172.31.0.0/16")),
        Worlds.peer(3, MemberState.ALIVE, Worlds.record(3, 1, "172.31.0.0/16", "172.30.0.0/16")));
    host.settle();
    assertThat(host.lines("172.31.0.0/16"))
        .singleElement()
        .satisfies(it -> assertThat(it).contains("10.1.1.2"));
    assertThat(host.snapshot().conflicts()).isEmpty();
    assertThat(host.membership.told().subnets()).hasSize(1);
  }

  @Test
  void ownNetworkOutsideOfThePolicyIsNotAdvertisedAndShown() throws Exception {
    apply(policy(1, Map.of(1, "172.29.0.0/16")));
    assertThat(host.membership.told().subnets()).isEmpty();
    assertThat(host.problems()).containsExactly("not-in-policy");
    assertThat(host.snapshot().problems().get(0))
        .satisfies(it -> assertThat(it.unhealthy()).isTrue())
        .satisfies(it -> assertThat(it.fix()).contains(Worlds.id(1).toString()));
    assertThat(host.snapshot().routes())
        .singleElement()
        .satisfies(it -> assertThat(it.node()).isEqualTo(Worlds.id(1)));
  }

  @Test
  void newestSignedOneOfARecordIsTakenSavedAndKept() throws Exception {
    SignedPolicy second = policy(2, Map.of(1, "172.30.0.0/16"));
    host.peers(carrying(2, second));
    host.settle();
    assertThat(host.snapshot().policy()).contains(second.policy());
    assertThat(host.policies.saved).contains(second.text());

    host.peers(
        carrying(2, policy(1, Map.of(2, "172.31.0.0/16"))),
        carrying(3, SignedPolicy.sign(policy(9, Map.of()).policy(), LIAR)),
        Worlds.peer(4, MemberState.ALIVE, Worlds.record(4, 1).with(Bytes.of(new byte[99]))));
    host.settle();
    assertThat(host.snapshot().policy()).contains(second.policy());

    host.peers();
    host.start();
    host.settle();
    assertThat(host.snapshot().policy()).contains(second.policy());
  }

  @Test
  void withoutTheOperatorsKeyNothingIsReadOrCarried() throws Exception {
    operator(null);
    host.peers(carrying(2, policy(2, Map.of())));
    host.settle();
    assertThat(host.snapshot().policy()).isEmpty();
    assertThat(host.membership.told().policy()).isEqualTo(Bytes.EMPTY);
    assertThat(host.membership.told().subnets()).hasSize(1);
    assertThat(host.problems()).isEmpty();
    assertThatThrownBy(() -> apply(policy(3, Map.of())))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("--policy-key");
  }

  @Test
  void olderForeignAndUnsavedOnesAreRefused() throws Exception {
    apply(policy(5, Map.of(1, "172.30.0.0/16")));
    apply(policy(5, Map.of(1, "172.30.0.0/16")));
    assertThatThrownBy(() -> apply(policy(5, Map.of()))).hasMessageContaining("version 5 is in");
    assertThatThrownBy(() -> apply(SignedPolicy.sign(policy(6, Map.of()).policy(), LIAR)))
        .hasMessageContaining("not signed by the operator's key");
    host.policies.full = true;
    assertThatThrownBy(() -> apply(policy(6, Map.of()))).hasMessageContaining("no space left");
    host.peers(carrying(2, policy(6, Map.of())));
    host.settle();
    assertThat(host.snapshot().policy().orElseThrow().version()).isEqualTo(5);
    assertThat(host.problems()).contains("state-not-saved");
  }

  @Test
  void corruptAndForeignFilesAreSetAside() {
    host.policies.saved = Optional.of("vrouter-policy-1:!!");
    host.start();
    host.settle();
    assertThat(host.policies.rejected).singleElement().asString().contains("damaged");
    assertThat(host.snapshot().policy()).isEmpty();
  }

  @Test
  void fewHostsCarryItAndTheNextOnesWhereTheyDoNot() throws Exception {
    SignedPolicy policy = policy(1, Map.of(1, "172.30.0.0/16"));
    List<RemoteHost> silent = new ArrayList<>();
    List<RemoteHost> carriers = new ArrayList<>();
    for (int i = 2; i < 30; i++) {
      silent.add(Worlds.peer(i, MemberState.ALIVE, Worlds.record(i, 1)));
      carriers.add(carrying(i, policy));
    }
    host.peers(carriers);
    host.settle();
    assertThat(host.membership.told().policy()).isEqualTo(Bytes.EMPTY);

    host.peers(silent);
    host.settle();
    host.elapse(PolicyBook.TURN.multipliedBy(10));
    assertThat(host.membership.told().policy()).isEqualTo(policy.octets());
    host.peers(carriers);
    host.settle();
    assertThat(host.membership.told().policy()).isEqualTo(Bytes.EMPTY);
  }

  private void apply(SignedPolicy policy) throws Exception {
    host.policy().apply(policy).await();
    host.settle();
  }

  private static RemoteHost carrying(int number, SignedPolicy policy) {
    return Worlds.peer(number, MemberState.ALIVE, Worlds.record(number, 1).with(policy.octets()));
  }

  private static SignedPolicy policy(long version, Map<Integer, String> prefixes)
      throws PolicyException {
    Map<NodeId, Grant> nodes = new java.util.TreeMap<>();
    prefixes.forEach(
        (host, prefix) ->
            nodes.put(
                Worlds.id(host),
                new Grant(List.of(Prefix.parse(prefix)), List.of(Worlds.VNI), false)));
    return SignedPolicy.sign(new MeshPolicy(version, nodes, Grant.NOTHING), OPERATOR);
  }
}
