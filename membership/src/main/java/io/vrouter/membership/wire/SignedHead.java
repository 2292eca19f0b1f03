package io.vrouter.membership.wire;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Sha256;
import io.vrouter.membership.Signer;
import io.vrouter.membership.Verifier;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A member record without its payload, as its owner signed it: the SHA-256 stands for the payload.
 *
 * <p>Forwarded verbatim. 181 bytes with an IPv4 endpoint, 193 with IPv6: version (1), id (16),
 * public key (32), incarnation (8), record version (8), boot nonce (8), endpoint (1 + 4 or 16 + 2),
 * intent (1), payload length (4), payload hash (32), signature (64). The signature covers {@link
 * #DOMAIN} and all that precedes it.
 */
public final class SignedHead implements Comparable<SignedHead> {
  /** Bytes of a signature. */
  public static final int SIGNATURE = 64;

  /** Bytes of a public key. */
  public static final int KEY = 32;

  /** Bytes of a payload's hash. */
  public static final int HASH = 32;

  private static final int FIXED = 1 + NodeId.BYTES + KEY + 3 * 8 + 1 + 4 + HASH + SIGNATURE;
  private static final int VERSION = 1;

  /** Keeps a record's signature from being taken for one over anything else. */
  private static final Bytes DOMAIN =
      Bytes.of("vrouter-mesh record 1".getBytes(StandardCharsets.US_ASCII));

  /** Where the public key begins, and where the endpoint does. */
  private static final int KEY_AT = 1 + NodeId.BYTES;

  private static final int ENDPOINT_AT = KEY_AT + KEY + 3 * 8;

  private final NodeId id;
  private final long incarnation;
  private final long version;
  private final long bootNonce;
  private final Intent intent;
  private final int payloadLength;

  /** The head as on the wire: most arriving heads are known, and need only these octets. */
  private final Bytes octets;

  private @Nullable InetSocketAddress endpoint;

  private SignedHead(
      NodeId id,
      long incarnation,
      long version,
      long bootNonce,
      Intent intent,
      int payloadLength,
      Bytes octets) {
    this.id = id;
    this.incarnation = incarnation;
    this.version = version;
    this.bootNonce = bootNonce;
    this.intent = intent;
    this.payloadLength = payloadLength;
    this.octets = octets;
  }

  /**
   * Signs a record.
   *
   * @throws IllegalArgumentException when the payload is too long or the endpoint unresolved
   */
  public static SignedHead sign(
      Signer signer,
      long incarnation,
      long version,
      long bootNonce,
      InetSocketAddress endpoint,
      Intent intent,
      Bytes payload) {
    if (payload.length() > MemberRecord.MAX_PAYLOAD) {
      throw new IllegalArgumentException(
          "a payload has at most %d bytes, this has %d"
              .formatted(MemberRecord.MAX_PAYLOAD, payload.length()));
    }
    if (endpoint.isUnresolved()) {
      throw new IllegalArgumentException("the endpoint " + endpoint + " is not resolved");
    }
    NodeId id = signer.id();
    int length = FIXED - SIGNATURE + Writer.endpointLength(endpoint);
    Bytes unsigned =
        Bytes.written(
            length,
            out ->
                fields(
                    new Writer(out).u8(VERSION).id(id).bytes(signer.publicKey()),
                    incarnation,
                    version,
                    bootNonce,
                    endpoint,
                    intent,
                    payload));
    Bytes signature = signer.sign(covered(unsigned, length));
    Bytes octets =
        Bytes.written(length + SIGNATURE, out -> new Writer(out).bytes(unsigned).bytes(signature));
    return new SignedHead(id, incarnation, version, bootNonce, intent, payload.length(), octets);
  }

  /** The head of a record; the signature is not checked here. */
  public static SignedHead of(MemberRecord record) {
    int length = FIXED + Writer.endpointLength(record.endpoint());
    Bytes octets =
        Bytes.written(
            length,
            out ->
                fields(
                        new Writer(out).u8(VERSION).id(record.id()).bytes(record.publicKey()),
                        record.incarnation(),
                        record.version(),
                        record.bootNonce(),
                        record.endpoint(),
                        record.intent(),
                        record.payload())
                    .bytes(record.signature()));
    return new SignedHead(
        record.id(),
        record.incarnation(),
        record.version(),
        record.bootNonce(),
        record.intent(),
        record.payload().length(),
        octets);
  }

  /** Writes the fields between the key and the signature. */
  private static Writer fields(
      Writer out,
      long incarnation,
      long version,
      long bootNonce,
      InetSocketAddress endpoint,
      Intent intent,
      Bytes payload) {
    out.s64(incarnation).s64(version).s64(bootNonce);
    return out.endpoint(endpoint).u8(code(intent)).s32(payload.length()).bytes(hash(payload));
  }

  /** The octets a signature covers. */
  private static Bytes covered(Bytes octets, int length) {
    return Bytes.written(
        DOMAIN.length() + length,
        out -> {
          DOMAIN.putInto(out);
          octets.putInto(out, 0, length);
        });
  }

  /** Whether the id belongs to the key and the key's owner signed this. */
  public boolean authentic(Verifier verifier) {
    Bytes key = publicKey();
    Bytes covered = covered(octets, octets.length() - SIGNATURE);
    return verifier.idOf(key).equals(id) && verifier.verify(key, covered, signature());
  }

  /** Whether the key in this head, which is authentic, made the signature of a message. */
  boolean signed(Bytes message, Bytes signature, Verifier verifier) {
    return verifier.verify(publicKey(), message, signature);
  }

  /** Whether this is the payload that was signed. */
  public boolean covers(Bytes payload) {
    return payload.length() == payloadLength && hash(payload).equals(payloadHash());
  }

  /** The record this head makes with its payload. */
  public MemberRecord record(Bytes payload) {
    return new MemberRecord(
        id, publicKey(), incarnation, version, bootNonce, endpoint(), intent, payload, signature());
  }

  /** SHA-256. */
  public static Bytes hash(Bytes payload) {
    return Bytes.of(Sha256.of(payload.toArray()));
  }

  int length() {
    return octets.length();
  }

  void write(Writer out) {
    out.bytes(octets);
  }

  private static int code(Intent intent) {
    return switch (intent) {
      case STAY -> 1;
      case RESTART -> 2;
      case LEAVE -> 3;
    };
  }

  private static Intent intent(Reader in) throws WireException {
    int code = in.u8();
    return switch (code) {
      case 1 -> Intent.STAY;
      case 2 -> Intent.RESTART;
      case 3 -> Intent.LEAVE;
      default -> throw in.error("unknown intent " + code);
    };
  }

  static SignedHead read(Reader in) throws WireException {
    int start = in.position();
    int version = in.u8();
    if (version != VERSION) {
      throw in.error("a head of version " + version + ", this reads " + VERSION);
    }
    NodeId id = in.id();
    SignedHead held = in.held(id);
    if (held != null && in.reads(held.octets, start)) {
      return held;
    }
    in.skip(KEY);
    long incarnation = in.s64();
    long recordVersion = in.s64();
    long nonce = in.s64();
    in.checkEndpoint();
    Intent intent = intent(in);
    int length = in.s32();
    if (length < 0 || length > MemberRecord.MAX_PAYLOAD) {
      throw in.error("a payload of " + length + " bytes");
    }
    in.skip(HASH + SIGNATURE);
    return new SignedHead(id, incarnation, recordVersion, nonce, intent, length, in.since(start));
  }

  /**
   * Newness among records of one origin: the unsigned incarnation, then the unsigned version. Two
   * boots of one identity (a clone) may sign the same pair; then the lower boot nonce wins, then
   * the signature, so that the order is total and the same everywhere.
   */
  @Override
  public int compareTo(SignedHead other) {
    int order = Long.compareUnsigned(incarnation, other.incarnation);
    if (order == 0) {
      order = Long.compareUnsigned(version, other.version);
    }
    if (order == 0) {
      order = Long.compareUnsigned(other.bootNonce, bootNonce);
    }
    if (order != 0 || octets.equals(other.octets)) {
      return order;
    }
    return signature().buffer().compareTo(other.signature().buffer());
  }

  /** The host's id. */
  public NodeId id() {
    return id;
  }

  /** Boot count &lt;&lt; 32 | refutations. */
  public long incarnation() {
    return incarnation;
  }

  /** The number of payloads and intents published. */
  public long version() {
    return version;
  }

  /** Random per boot. */
  public long bootNonce() {
    return bootNonce;
  }

  /** The host's underlay address and port. */
  public InetSocketAddress endpoint() {
    InetSocketAddress known = endpoint;
    if (known == null) {
      known = Reader.endpoint(octets, ENDPOINT_AT);
      endpoint = known;
    }
    return known;
  }

  /** The host's intent. */
  public Intent intent() {
    return intent;
  }

  /** Bytes of the payload. */
  public int payloadLength() {
    return payloadLength;
  }

  /** SHA-256 of the payload. */
  public Bytes payloadHash() {
    return octets.part(octets.length() - SIGNATURE - HASH, HASH);
  }

  private Bytes publicKey() {
    return octets.part(KEY_AT, KEY);
  }

  private Bytes signature() {
    return octets.part(octets.length() - SIGNATURE, SIGNATURE);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SignedHead that && octets.equals(that.octets);
  }

  @Override
  public int hashCode() {
    return (id.hashCode() * 31 + Long.hashCode(incarnation)) * 31 + Long.hashCode(version);
  }

  @Override
  public String toString() {
    return "SignedHead[%s inc=%x ver=%d %s %s]"
        .formatted(id.abbreviated(), incarnation, version, endpoint(), intent);
  }
}
