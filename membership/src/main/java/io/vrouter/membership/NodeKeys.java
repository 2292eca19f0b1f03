package io.vrouter.membership;

import org.jspecify.annotations.Nullable;

/**
 * This node's key, the check of other nodes' signatures, and the key of the mesh's operator.
 *
 * @param operator public key, 32 octets; null without an operator
 * @param policyExpected whether a policy of the operator must be in force: without one there is a
 *     problem
 */
public record NodeKeys(
    Signer signer, Verifier verifier, @Nullable Bytes operator, boolean policyExpected) {
  /** Without an operator's key. */
  public NodeKeys(Signer signer, Verifier verifier) {
    this(signer, verifier, null, false);
  }
}
