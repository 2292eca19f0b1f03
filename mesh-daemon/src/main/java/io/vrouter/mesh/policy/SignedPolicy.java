package io.vrouter.mesh.policy;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.Verifier;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A policy with its operator's signature.
 *
 * @param octets the signature (64), then the policy as CBOR; at most {@link #MAX} octets
 */
public record SignedPolicy(MeshPolicy policy, Bytes octets) {
  /** Most octets: some 200 nodes with a prefix each, beside the name {@code "*"}. */
  public static final int MAX = 8 * 1024;

  private static final int SIGNATURE = 64;
  private static final String HEAD = "vrouter-policy-1:";
  private static final byte[] PURPOSE =
      "vrouter operator policy 1\n".getBytes(StandardCharsets.US_ASCII);

  private static final ObjectMapper CBOR =
      new ObjectMapper(
          CBORFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(8)
                      .maxStringLength(MAX)
                      .maxNumberLength(64)
                      .build())
              .build());

  /**
   * Signs a policy.
   *
   * @throws PolicyException when it has more than {@link #MAX} octets
   */
  public static SignedPolicy sign(MeshPolicy policy, Signer key) throws PolicyException {
    byte[] body = encode(policy);
    if (SIGNATURE + body.length > MAX) {
      throw new PolicyException(
          "the policy has %d bytes when signed, %d at most: grant nodes with the same prefixes"
                  .formatted(SIGNATURE + body.length, MAX)
              + " together by \"*\", or in shorter prefixes",
          null);
    }
    byte[] signature = key.sign(message(body)).toArray();
    return new SignedPolicy(policy, Bytes.of(concat(signature, body)));
  }

  /**
   * Reads a signed policy; the signature is checked by {@link #signedBy}.
   *
   * @throws PolicyException when it isn't one
   */
  public static SignedPolicy of(Bytes octets) throws PolicyException {
    byte[] all = octets.toArray();
    if (all.length <= SIGNATURE || all.length > MAX) {
      throw new PolicyException("a signed policy has 65 to %d bytes".formatted(MAX), null);
    }
    try {
      return new SignedPolicy(decode(Arrays.copyOfRange(all, SIGNATURE, all.length)), octets);
    } catch (IOException | RuntimeException e) {
      // Jackson throws unchecked exceptions for some malformed CBOR.
      throw new PolicyException("not a policy: " + e.getMessage(), e);
    }
  }

  /**
   * Reads the text of a signed policy.
   *
   * @throws PolicyException when it isn't one
   */
  public static SignedPolicy parse(String text) throws PolicyException {
    String stripped = text.strip();
    if (!stripped.startsWith(HEAD)) {
      throw new PolicyException(
          "not a signed policy: it begins with %s; make one with 'meshctl policy sign'"
              .formatted(HEAD),
          null);
    }
    try {
      return of(Bytes.of(Base64.getUrlDecoder().decode(stripped.substring(HEAD.length()))));
    } catch (IllegalArgumentException e) {
      throw new PolicyException("a signed policy that is damaged: " + e.getMessage(), e);
    }
  }

  /** The text of the signed policy, one line. */
  public String text() {
    return HEAD + Base64.getUrlEncoder().withoutPadding().encodeToString(octets.toArray());
  }

  /** Whether the holder of the key signed it. */
  public boolean signedBy(Bytes publicKey, Verifier verifier) {
    byte[] all = octets.toArray();
    return verifier.verify(
        publicKey,
        message(Arrays.copyOfRange(all, SIGNATURE, all.length)),
        Bytes.of(Arrays.copyOf(all, SIGNATURE)));
  }

  private static Bytes message(byte[] body) {
    return Bytes.of(concat(PURPOSE, body));
  }

  private static byte[] concat(byte[] one, byte[] two) {
    return ByteBuffer.allocate(one.length + two.length).put(one).put(two).array();
  }

  private static byte[] encode(MeshPolicy policy) {
    ObjectNode root = CBOR.createObjectNode();
    root.put("v", policy.version());
    put(root.putObject("o"), policy.others());
    ArrayNode nodes = root.putArray("n");
    policy.nodes().forEach((id, grant) -> put(nodes.addObject().put("d", id.toBytes()), grant));
    try {
      return CBOR.writeValueAsBytes(root);
    } catch (IOException e) {
      throw new IllegalStateException("a tree in memory could not be written", e);
    }
  }

  private static void put(ObjectNode node, Grant grant) {
    ArrayNode prefixes = node.putArray("p");
    grant.prefixes().forEach(prefix -> prefixes.add(prefix.octets()));
    ArrayNode vnis = node.putArray("i");
    grant.vnis().forEach(vni -> vnis.add(vni.value()));
    if (grant.anyVni()) {
      node.put("a", true);
    }
  }

  private static MeshPolicy decode(byte[] body) throws IOException {
    JsonNode root = CBOR.readTree(body);
    if (root == null || !root.path("n").isArray() || !root.path("v").canConvertToLong()) {
      throw new IllegalArgumentException("a version or the nodes are missing");
    }
    Map<NodeId, Grant> nodes = new TreeMap<>();
    for (JsonNode node : root.path("n")) {
      nodes.put(NodeId.of(node.path("d").binaryValue()), grant(node));
    }
    return new MeshPolicy(root.path("v").longValue(), nodes, grant(root.path("o")));
  }

  private static Grant grant(JsonNode node) throws IOException {
    List<Prefix> prefixes = new ArrayList<>();
    for (JsonNode prefix : node.path("p")) {
      prefixes.add(Prefix.of(prefix.binaryValue()));
    }
    List<Vni> vnis = new ArrayList<>();
    for (JsonNode vni : node.path("i")) {
      vnis.add(new Vni(vni.intValue()));
    }
    return new Grant(prefixes, vnis, node.path("a").booleanValue());
  }
}
