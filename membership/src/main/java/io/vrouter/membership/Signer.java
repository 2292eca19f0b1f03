package io.vrouter.membership;

/** Signs with this node's identity. */
public interface Signer {
  /** The raw Ed25519 public key, 32 bytes. */
  Bytes publicKey();

  /** The hash of {@link #publicKey}. */
  NodeId id();

  /** The signature of the message, 64 bytes. */
  Bytes sign(Bytes message);
}
