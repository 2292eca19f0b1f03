package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Sha256;
import io.vrouter.membership.Signer;
import io.vrouter.membership.Verifier;
import io.vrouter.mesh.record.PoolRange;
import io.vrouter.mesh.record.PoolSeal;
import io.vrouter.mesh.record.PoolVote;
import java.nio.ByteBuffer;
import java.util.List;

/** Signatures for ids that are no hashes of keys: a keyed hash, whose key is the id. */
record FakeKeys(NodeId id) implements Signer {
  @Override
  public Bytes publicKey() {
    return Bytes.of(id.toBytes());
  }

  @Override
  public Bytes sign(Bytes message) {
    byte[] hash = Sha256.of(concat(id.toBytes(), message.toArray()));
    return Bytes.of(concat(hash, hash));
  }

  /** A vote signed by this host. */
  PoolVote vote(NodeId candidate, PoolRange range) {
    PoolVote vote = PoolVote.of(candidate, range);
    return vote.with(sign(vote.signed()));
  }

  /** A claim with the signatures of electors. */
  static PoolRange sealed(NodeId candidate, PoolRange range, NodeId... electors) {
    return range.with(
        List.of(electors).stream()
            .map(it -> new PoolSeal(it, new FakeKeys(it).vote(candidate, range).signature()))
            .toList());
  }

  static final Verifier VERIFIER =
      new Verifier() {
        @Override
        public NodeId idOf(Bytes publicKey) {
          return NodeId.of(publicKey.toArray());
        }

        @Override
        public boolean verify(Bytes publicKey, Bytes message, Bytes signature) {
          return new FakeKeys(idOf(publicKey)).sign(message).equals(signature);
        }
      };

  private static byte[] concat(byte[] one, byte[] two) {
    return ByteBuffer.allocate(one.length + two.length).put(one).put(two).array();
  }
}
