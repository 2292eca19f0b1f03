package io.vrouter.membership;

/** Checks other nodes' signatures. Never throws on bad input: it is false. */
public interface Verifier {
  /** The id that belongs to a public key. */
  NodeId idOf(Bytes publicKey);

  /** Whether the signature over the message was made with the key. */
  boolean verify(Bytes publicKey, Bytes message, Bytes signature);
}
