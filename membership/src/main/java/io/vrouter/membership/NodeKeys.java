package io.vrouter.membership;

/** This node's key, and the check of other nodes' signatures. */
public record NodeKeys(Signer signer, Verifier verifier) {}
