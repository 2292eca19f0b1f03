package io.vrouter.mesh.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.Ed25519Verifier;
import io.vrouter.membership.crypto.OperatorKey;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies as text and as signed octets. */
class PolicyTextTest {
  private static final String ID = "6f1d000000000000000000000000aae2";
  private static final OperatorKey KEY = OperatorKey.create(new SecureRandom());
  private static final OperatorKey OTHER = OperatorKey.create(new SecureRandom());
  private static final Ed25519Verifier VERIFIER = new Ed25519Verifier();

  @Test
  void yamlAndJsonSayTheSame() throws PolicyException {
    MeshPolicy policy =
        PolicyText.parse(
            """
            version: 7
            nodes:
              %s: {prefixes: [172.30.0.0/16, "fd00:1::/64"], vnis: [1000, 2000]}
              "*":
                prefixes: []
                vnis: [any]
            """
                .formatted(ID));
    assertThat(policy)
        .isEqualTo(
            PolicyText.parse(
                """
                {"version": 7, "nodes": {
                  "%s": {"prefixes": ["fd00:1::/64", "172.30.0.0/16"], "vnis": [2000, 1000]},
                  "*": {"prefixes": [], "vnis": ["any"]}}}
                """
                    .formatted(ID)));
    Grant grant = policy.of(NodeId.parse(ID));
    assertThat(grant.allows(Prefix.parse("172.30.9.0/24"), new Vni(1000))).isTrue();
    assertThat(grant.allows(Prefix.parse("172.30.9.0/24"), new Vni(3000))).isFalse();
    assertThat(grant.allows(Prefix.parse("172.0.0.0/8"), new Vni(1000))).isFalse();
    Grant others = policy.of(new NodeId(1, 1));
    assertThat(others.allows(new Vni(4))).isTrue();
    assertThat(others.allows(Prefix.parse("172.30.9.0/24"), new Vni(1000))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|must be a mapping",
        "[]|must be a mapping of [nodes, version]",
        "{version: 1}|nodes: must map node ids",
        "{version: 0, nodes: {}}|'0' is not a whole number from 1",
        "{version: x, nodes: {}}|version: 'x' is not a whole number",
        "{version: 1.5, nodes: {}}|not a whole number",
        "{version: 1, version: 2, nodes: {}}|uplicate",
        "{version: 1, nodes: {}, node: {}}|'node' is no key here",
        "{version: 1, nodes: {web1: {prefixes: [], vnis: []}}}|nodes.web1: not a node id",
        "{version: 1, nodes: {'*': {prefixes: []}}}|nodes.*.vnis: must be a list",
        "{version: 1, nodes: {'*': {prefixes: 10.0.0.0/8, vnis: []}}}|nodes.*.prefixes: must be",
        "{version: 1, nodes: {'*': {prefixes: [10.0.0.1/8], vnis: []}}}|10.0.0.1/8",
        "{version: 1, nodes: {'*': {prefixes: [7], vnis: []}}}|'7' is not a CIDR",
        "{version: 1, nodes: {'*': {prefixes: [], vnis: [0]}}}|nodes.*.vnis",
        "{version: 1, nodes: {'*': {prefixes: [], vnis: [], name: x}}}|'name' is no key here",
        "{version: 1, nodes: {'*': [}|line 1: not YAML or JSON"
      })
  void whatIsWrongIsNamedWithItsPlace(String text, String message) {
    assertThatThrownBy(() -> PolicyText.parse(text))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining(message);
  }

  @Property(tries = 200)
  void signedPolicyIsReadAsItWasSignedAndNoOctetCanBeChanged(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    Map<NodeId, Grant> nodes = new TreeMap<>();
    for (int i = random.nextInt(20); i > 0; i--) {
      nodes.put(new NodeId(random.nextLong(), random.nextLong()), grant(random));
    }
    MeshPolicy policy = new MeshPolicy(1 + random.nextInt(1000), nodes, grant(random));
    SignedPolicy signed = SignedPolicy.sign(policy, KEY);

    SignedPolicy read = SignedPolicy.parse(signed.text());
    assertThat(read).isEqualTo(signed);
    assertThat(read.signedBy(KEY.publicKey(), VERIFIER)).isTrue();
    assertThat(read.signedBy(OTHER.publicKey(), VERIFIER)).isFalse();
    byte[] octets = signed.octets().toArray();
    octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(8));
    try {
      assertThat(SignedPolicy.of(Bytes.of(octets)).signedBy(KEY.publicKey(), VERIFIER)).isFalse();
    } catch (PolicyException e) {
      assertThat(e).hasMessageContaining("policy");
    }
  }

  /** Octets of any kind are a policy or a PolicyException, and nothing else. */
  @Property(tries = 1_000)
  void anyOctetsAreReadOrRefused(@ForAll byte[] octets) {
    try {
      assertThat(SignedPolicy.of(Bytes.of(octets)).policy().version()).isPositive();
    } catch (PolicyException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @Test
  void tooLargePolicyIsRefusedWithItsSize() {
    Map<NodeId, Grant> nodes = new TreeMap<>();
    for (int i = 0; i < 500; i++) {
      nodes.put(new NodeId(i, i), grant(new Random(i)));
    }
    assertThatThrownBy(() -> SignedPolicy.sign(new MeshPolicy(1, nodes, Grant.NOTHING), KEY))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("8192 at most");
  }

  private static Grant grant(Random random) {
    List<Prefix> prefixes = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      prefixes.add(Prefix.parse("10.%d.0.0/16".formatted(random.nextInt(256))));
    }
    return new Grant(prefixes, List.of(new Vni(1 + random.nextInt(99))), random.nextBoolean());
  }
}
