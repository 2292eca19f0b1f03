package io.vrouter.membership.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A signed fact about the mesh's keys: an epoch's key, a token's verifier, the end of a token, a
 * ban. Big-endian: kind (1 octet), the fields of the kind, the signer's public key (32), signature
 * (64); a token is followed by the seconds that are left of its life (4), which no signature
 * covers. Pure; each form has a fixed length, so no allocation depends on the content.
 */
sealed interface Statement {
  /** Largest number of an epoch that is accepted: far above any real one, far below overflow. */
  long MAX_NUMBER = 1L << 48;

  /** The signed octets, the signer's key, the signature. */
  StatementProof proof();

  /** A statement's origin and its proof. */
  record StatementProof(Bytes content, Bytes signer, Bytes signature) {
    private static final byte[] DOMAIN = "vrouter-mesh keys 3".getBytes(US_ASCII);

    static StatementProof sign(Bytes content, Signer signer) {
      return new StatementProof(content, signer.publicKey(), signer.sign(message(content)));
    }

    /** Costs a verification. */
    boolean valid() {
      return Ed25519.verify(signer.toArray(), message(content).toArray(), signature.toArray());
    }

    private static Bytes message(Bytes content) {
      return Bytes.written(
          DOMAIN.length + content.length(),
          out -> {
            out.put(DOMAIN);
            content.putInto(out);
          });
    }

    NodeId origin() {
      return Ed25519.idOf(signer);
    }

    private int length() {
      return content.length() + signer.length() + signature.length();
    }

    private void write(ByteBuffer out) {
      content.putInto(out);
      signer.putInto(out);
      signature.putInto(out);
    }
  }

  /**
   * The key of an epoch.
   *
   * @param number from 1; a rotation adds 1
   * @param floor tokens made in an epoch of a lower number admit nobody
   */
  record EpochStatement(StatementProof proof, long number, long floor, EpochKey key)
      implements Statement {
    static EpochStatement sign(long number, long floor, EpochKey key, Signer signer) {
      Bytes content =
          Bytes.written(
              1 + 8 + 8 + 32,
              out -> {
                out.put(EPOCH).putLong(number).putLong(floor);
                key.secret().putInto(out);
              });
      return new EpochStatement(StatementProof.sign(content, signer), number, floor, key);
    }

    /** Whether this epoch is the mesh's when the other is known, too: the same on every node. */
    boolean beats(EpochStatement other) {
      return number != other.number
          ? number > other.number
          : Integer.compareUnsigned(key.id(), other.key.id()) < 0;
    }

    @Override
    public String toString() {
      return "EpochStatement[" + number + " " + key + "]";
    }
  }

  /**
   * The verifier of a token.
   *
   * @param id the token's fingerprint
   * @param key of the handshake; the token itself can't be derived from it
   * @param number of the epoch in which it was made
   * @param lifetime seconds from its making, 0 for no end
   * @param once whether it admits one host, and its maker alone admits by it
   * @param left seconds left by the sender's clock, 0 without an end
   */
  record TokenStatement(
      StatementProof proof,
      long id,
      EpochKey key,
      long number,
      int lifetime,
      boolean once,
      int left)
      implements Statement {
    static TokenStatement sign(
        MeshToken token, long number, int lifetime, boolean once, Signer signer) {
      EpochKey key = token.admission();
      Bytes content =
          Bytes.written(
              1 + 8 + 32 + 8 + 4 + 1,
              out -> {
                out.put(TOKEN).putLong(token.id());
                key.secret().putInto(out);
                out.putLong(number).putInt(lifetime).put((byte) (once ? 1 : 0));
              });
      return new TokenStatement(
          StatementProof.sign(content, signer), token.id(), key, number, lifetime, once, lifetime);
    }

    TokenStatement withLeft(int seconds) {
      return new TokenStatement(proof, id, key, number, lifetime, once, seconds);
    }

    @Override
    public String toString() {
      return "TokenStatement[%016x]".formatted(id);
    }
  }

  /** The end of a token: used up or revoked. */
  record TokenEnd(StatementProof proof, long id, boolean used) implements Statement {
    static TokenEnd sign(long id, boolean used, Signer signer) {
      Bytes content =
          Bytes.written(1 + 8 + 1, out -> out.put(CLOSED).putLong(id).put((byte) (used ? 1 : 0)));
      return new TokenEnd(StatementProof.sign(content, signer), id, used);
    }
  }

  /** The signer wants this node out. */
  record BanStatement(StatementProof proof, NodeId node) implements Statement {
    static BanStatement sign(NodeId node, Signer signer) {
      Bytes content = Bytes.written(1 + NodeId.BYTES, out -> out.put(BAN).put(node.toBytes()));
      return new BanStatement(StatementProof.sign(content, signer), node);
    }
  }

  byte EPOCH = 1;
  byte TOKEN = 2;
  byte CLOSED = 3;
  byte BAN = 4;

  /** Octets on the wire. */
  default int length() {
    return proof().length() + (this instanceof TokenStatement ? Integer.BYTES : 0);
  }

  /** Writes {@link #length} octets. */
  default void write(ByteBuffer out) {
    proof().write(out);
    if (this instanceof TokenStatement token) {
      out.putInt(token.left);
    }
  }

  /** Bytes of this statement. */
  default Bytes encode() {
    return Bytes.written(length(), this::write);
  }

  /**
   * Reads one statement; its signature is not verified. Null when the octets are none; the buffer's
   * position is then undefined.
   */
  static @Nullable Statement read(ByteBuffer in) {
    try {
      int start = in.position();
      return switch (in.get()) {
        case EPOCH -> epoch(in, start);
        case TOKEN -> token(in, start);
        case CLOSED -> closed(in, start);
        case BAN -> ban(in, start);
        default -> null;
      };
    } catch (BufferUnderflowException e) {
      return null;
    }
  }

  private static @Nullable Statement epoch(ByteBuffer in, int start) {
    long number = in.getLong();
    long floor = in.getLong();
    EpochKey key = key(in);
    StatementProof proof = proof(in, start);
    boolean sane = number >= 1 && number <= MAX_NUMBER && floor >= 0 && floor <= number;
    return sane ? new EpochStatement(proof, number, floor, key) : null;
  }

  private static @Nullable Statement token(ByteBuffer in, int start) {
    long id = in.getLong();
    EpochKey key = key(in);
    long number = in.getLong();
    int lifetime = in.getInt();
    int once = in.get();
    StatementProof proof = proof(in, start);
    int left = in.getInt();
    boolean sane =
        number >= 0
            && number <= MAX_NUMBER
            && lifetime >= 0
            && (once & ~1) == 0
            && (lifetime == 0 ? left == 0 : left > 0 && left <= lifetime);
    return sane ? new TokenStatement(proof, id, key, number, lifetime, once == 1, left) : null;
  }

  private static @Nullable Statement closed(ByteBuffer in, int start) {
    long id = in.getLong();
    int used = in.get();
    StatementProof proof = proof(in, start);
    return (used & ~1) == 0 ? new TokenEnd(proof, id, used == 1) : null;
  }

  private static Statement ban(ByteBuffer in, int start) {
    NodeId node = new NodeId(in.getLong(), in.getLong());
    return new BanStatement(proof(in, start), node);
  }

  private static EpochKey key(ByteBuffer in) {
    byte[] secret = new byte[32];
    in.get(secret);
    return new EpochKey(secret);
  }

  private static StatementProof proof(ByteBuffer in, int start) {
    ByteBuffer content = in.duplicate().position(start).limit(in.position());
    byte[] signer = new byte[Ed25519.KEY_LENGTH];
    byte[] signature = new byte[Ed25519.SIGNATURE_LENGTH];
    in.get(signer).get(signature);
    return new StatementProof(Bytes.from(content), Bytes.of(signer), Bytes.of(signature));
  }

  /** The lower signature: which of two statements about one thing every node keeps. */
  static <T extends Statement> T settled(T one, @Nullable T other) {
    if (other == null) {
      return one;
    }
    ByteBuffer a = Objects.requireNonNull(one).proof().signature.buffer();
    return a.compareTo(other.proof().signature.buffer()) <= 0 ? one : other;
  }
}
