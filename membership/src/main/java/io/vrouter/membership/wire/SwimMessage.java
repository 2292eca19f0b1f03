package io.vrouter.membership.wire;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import java.net.InetSocketAddress;
import java.util.List;

/** One datagram. */
public sealed interface SwimMessage {
  /** The sender. */
  NodeId from();

  /** The piggyback. */
  List<News> news();

  /** The same with other news. */
  SwimMessage with(List<News> other);

  /** A direct probe. Answered by an {@link Ack} with the same number. */
  record Ping(NodeId from, long number, List<News> news) implements SwimMessage {
    @Override
    public Ping with(List<News> other) {
      return new Ping(from, number, other);
    }
  }

  /**
   * A helper's ping for another node. Answered by an {@link Ack} with the same number and a proof
   * for that node.
   *
   * @param asker the node that asked the helper
   * @param question the number of that node's {@link PingReq}
   */
  record ProxyPing(NodeId from, long number, NodeId asker, long question, List<News> news)
      implements SwimMessage {
    @Override
    public ProxyPing with(List<News> other) {
      return new ProxyPing(from, number, asker, question, other);
    }
  }

  /**
   * An indirect probe: asks a helper to ping the target. Answered by {@link Ack}, or by {@link
   * Nack} early enough to show that the helper lives.
   */
  record PingReq(NodeId from, long number, InetSocketAddress target, List<News> news)
      implements SwimMessage {
    @Override
    public PingReq with(List<News> other) {
      return new PingReq(from, number, target, other);
    }
  }

  /**
   * The answer to a ping or an indirect probe.
   *
   * @param responder the member that answered: {@code from}, or the target when a helper relays
   * @param proof the responder's {@link AckProof}, or nothing in the answer to a {@link Ping}
   */
  record Ack(NodeId from, long number, NodeId responder, Bytes proof, List<News> news)
      implements SwimMessage {
    /** The answer to a ping. */
    public Ack(NodeId from, long number, List<News> news) {
      this(from, number, from, Bytes.EMPTY, news);
    }

    /** Whether the sender itself answered. */
    public boolean firstHand() {
      return responder.equals(from);
    }

    @Override
    public Ack with(List<News> other) {
      return new Ack(from, number, responder, proof, other);
    }
  }

  /** The helper lives, but had no answer from the target yet. */
  record Nack(NodeId from, long number, List<News> news) implements SwimMessage {
    @Override
    public Nack with(List<News> other) {
      return new Nack(from, number, other);
    }
  }

  /** News alone. */
  record Gossip(NodeId from, List<News> news) implements SwimMessage {
    @Override
    public Gossip with(List<News> other) {
      return new Gossip(from, other);
    }
  }

  /**
   * Opens an exchange: one hash per bucket of members, a power of two of buckets. Answered by
   * {@link Detail}, an empty one when nothing differs.
   */
  record Digest(NodeId from, List<Long> hashes, List<News> news) implements SwimMessage {
    /** Most buckets of a digest. */
    public static final int MAX_BUCKETS = 64;

    public Digest {
      hashes = List.copyOf(hashes);
    }

    @Override
    public Digest with(List<News> other) {
      return new Digest(from, hashes, other);
    }
  }

  /**
   * The sender's entries for the members in some buckets and within a range of ids.
   *
   * @param answer whether this answers a digest, so that the receiver answers in kind
   * @param buckets number of buckets of the digest
   * @param mask the buckets meant, one bit each
   * @param first lowest id of the range
   * @param last highest id of the range, included
   */
  record Detail(
      NodeId from,
      boolean answer,
      int buckets,
      long mask,
      NodeId first,
      NodeId last,
      List<DigestEntry> entries,
      List<News> news)
      implements SwimMessage {
    /** Most entries of one datagram. */
    public static final int MAX_ENTRIES = 30;

    public Detail {
      entries = List.copyOf(entries);
    }

    @Override
    public Detail with(List<News> other) {
      return new Detail(from, answer, buckets, mask, first, last, entries, other);
    }
  }

  /** A member's id, version and standing. */
  record DigestEntry(NodeId id, long incarnation, long version, Standing standing) {
    static final int LENGTH = NodeId.BYTES + 8 + 8 + 1;
  }

  /** Asks for these members' records. */
  record Pull(NodeId from, List<NodeId> ids, List<News> news) implements SwimMessage {
    /** Most ids of one datagram. */
    public static final int MAX_IDS = 48;

    public Pull {
      ids = List.copyOf(ids);
    }

    @Override
    public Pull with(List<News> other) {
      return new Pull(from, ids, other);
    }
  }

  /**
   * Asks for chunks of a payload.
   *
   * @param subject the member with the payload
   * @param hash of the payload
   * @param missing one bit per wanted chunk; the lowest bit is the first chunk
   */
  record ChunkRequest(NodeId from, NodeId subject, Bytes hash, int missing, List<News> news)
      implements SwimMessage {
    @Override
    public ChunkRequest with(List<News> other) {
      return new ChunkRequest(from, subject, hash, missing, other);
    }
  }

  /** One part of a payload; all but the last have {@link #SIZE} bytes. */
  record Chunk(NodeId from, NodeId subject, Bytes hash, int index, Bytes octets, List<News> news)
      implements SwimMessage {
    /** Bytes of a chunk. */
    public static final int SIZE = 1000;

    @Override
    public Chunk with(List<News> other) {
      return new Chunk(from, subject, hash, index, octets, other);
    }
  }
}
