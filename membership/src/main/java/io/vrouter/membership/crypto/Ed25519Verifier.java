package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Verifier;

/**
 * Checks Ed25519 signatures (RFC 8032) made with raw 32-octet keys. Any thread may call it; a check
 * costs some tenths of a millisecond, so check each record once.
 */
public final class Ed25519Verifier implements Verifier {
  /** Creates the verifier, which has no state. */
  public Ed25519Verifier() {}

  @Override
  public NodeId idOf(Bytes publicKey) {
    return Ed25519.idOf(publicKey);
  }

  @Override
  public boolean verify(Bytes publicKey, Bytes message, Bytes signature) {
    return Ed25519.verify(publicKey.toArray(), message.toArray(), signature.toArray());
  }
}
