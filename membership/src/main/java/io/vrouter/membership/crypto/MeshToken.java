package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Membership of one mesh: a key, the mesh's name, and perhaps seeds.
 *
 * <p>Text form: {@value #PREFIX} and base64url without padding of version (1 octet), key (32), name
 * (length octet and UTF-8), count of seeds (1 octet), seeds (likewise), in version 2 the operator's
 * public key (32), and the first 4 octets of SHA-256 over all that: a token cut off in copying is
 * reported as such.
 *
 * <p>The key admits only: a holder may ask a member for the epoch's key (docs/adr/0020).
 *
 * <p>Any other text of {@value #MIN_SECRET} characters or more is used as the secret itself.
 */
public final class MeshToken {
  /** First characters of a token. */
  public static final String PREFIX = "vr1_";

  /** Least number of characters of a secret that is not a token. */
  public static final int MIN_SECRET = 32;

  /** The mesh's name when the secret has none. */
  public static final String DEFAULT_NAME = "mesh";

  private static final int VERSION = 1;

  /** With the operator's public key, 32 octets, at the end. */
  private static final int VERSION_OPERATOR = 2;

  private static final int KEY_LENGTH = 32;
  private static final int CHECKSUM_LENGTH = 4;
  private static final int MAX_TEXT = 255;

  private final byte[] key;
  private final String clusterName;
  private final List<String> seeds;
  private final Bytes operator;

  private MeshToken(byte[] key, String clusterName, List<String> seeds, Bytes operator) {
    this.key = key;
    this.operator = operator;
    this.clusterName = clusterName;
    this.seeds = List.copyOf(seeds);
  }

  /**
   * A new token with a fresh key.
   *
   * @param clusterName 1 to 255 octets of UTF-8
   * @param seeds at most 255, each {@code HOST[:PORT]} of at most 255 octets
   * @param operator public key of the mesh's operator, 32 octets, or empty
   * @param random must be fit for keys: a {@link java.security.SecureRandom} outside tests
   * @throws IllegalArgumentException when a name or seed is empty or too long
   */
  public static MeshToken create(
      String clusterName, List<String> seeds, Bytes operator, RandomGenerator random) {
    if (operator.length() != 0 && operator.length() != KEY_LENGTH) {
      throw new IllegalArgumentException("an operator's public key has 32 octets");
    }
    if (seeds.size() > MAX_TEXT) {
      throw new IllegalArgumentException(
          "a token holds at most 255 seeds, these are " + seeds.size());
    }
    text("cluster name", clusterName);
    seeds.forEach(seed -> text("seed", seed));
    byte[] key = new byte[KEY_LENGTH];
    random.nextBytes(key);
    return new MeshToken(key, clusterName, seeds, operator);
  }

  /** A new token of a mesh without an operator's key. */
  public static MeshToken create(String clusterName, List<String> seeds, RandomGenerator random) {
    return create(clusterName, seeds, Bytes.EMPTY, random);
  }

  /**
   * Reads a token or another secret. White space around it is dropped.
   *
   * @throws IllegalArgumentException when it has a token's prefix and isn't one, or is too short;
   *     the message never contains the text itself
   */
  public static MeshToken parse(String text) {
    String trimmed = text.strip();
    if (trimmed.startsWith(PREFIX)) {
      return decode(trimmed.substring(PREFIX.length()));
    }
    int characters = trimmed.codePointCount(0, trimmed.length());
    if (characters < MIN_SECRET) {
      throw new IllegalArgumentException(
          "a mesh token begins with "
              + PREFIX
              + " (make one with 'meshctl token create'), any other secret has "
              + MIN_SECRET
              + " characters or more; this has "
              + characters);
    }
    byte[] secret = trimmed.getBytes(StandardCharsets.UTF_8);
    return new MeshToken(
        Hkdf.derive(secret, "vrouter mesh secret", KEY_LENGTH),
        DEFAULT_NAME,
        List.of(),
        Bytes.EMPTY);
  }

  /** The token of {@code --insecure}: public, so any host may join. */
  public static MeshToken insecure() {
    return new MeshToken(
        Hkdf.derive(new byte[KEY_LENGTH], "vrouter mesh without a secret", KEY_LENGTH),
        "insecure",
        List.of(),
        Bytes.EMPTY);
  }

  private static MeshToken decode(String body) {
    byte[] octets;
    try {
      octets = Base64.getUrlDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw damaged("it holds a character that isn't base64url");
    }
    int end = octets.length - CHECKSUM_LENGTH;
    if (end < 1 + KEY_LENGTH) {
      throw damaged("it is too short: was it cut off?");
    }
    if (!Arrays.equals(checksum(octets, end), Arrays.copyOfRange(octets, end, octets.length))) {
      throw damaged("its checksum is wrong: was it cut off or mistyped?");
    }
    if (octets[0] != VERSION && octets[0] != VERSION_OPERATOR) {
      throw damaged("its version is " + octets[0] + ", this program reads 1 and 2");
    }
    try {
      ByteBuffer in = ByteBuffer.wrap(octets, 1, end - 1);
      byte[] key = new byte[KEY_LENGTH];
      in.get(key);
      String name = read(in);
      List<String> seeds = new ArrayList<>();
      for (int left = in.get() & 0xff; left > 0; left--) {
        seeds.add(read(in));
      }
      byte[] operator = new byte[octets[0] == VERSION_OPERATOR ? KEY_LENGTH : 0];
      in.get(operator);
      if (in.hasRemaining()) {
        throw damaged("something follows its last field");
      }
      return new MeshToken(key, name, seeds, Bytes.of(operator));
    } catch (BufferUnderflowException e) {
      throw damaged("a field is longer than the token");
    }
  }

  private static IllegalArgumentException damaged(String why) {
    return new IllegalArgumentException("this begins like a mesh token and isn't one: " + why);
  }

  private static String read(ByteBuffer in) {
    byte[] octets = new byte[in.get() & 0xff];
    in.get(octets);
    return new String(octets, StandardCharsets.UTF_8);
  }

  private static byte[] text(String what, String value) {
    byte[] octets = value.getBytes(StandardCharsets.UTF_8);
    if (octets.length == 0 || octets.length > MAX_TEXT) {
      throw new IllegalArgumentException(
          "a " + what + " has 1 to 255 octets, '" + value + "' has " + octets.length);
    }
    return octets;
  }

  private static byte[] checksum(byte[] octets, int length) {
    return Arrays.copyOf(Sha256.of(Arrays.copyOf(octets, length)), CHECKSUM_LENGTH);
  }

  /** The text form: the one method that reveals the secret. */
  public String encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(operator.length() == 0 ? VERSION : VERSION_OPERATOR);
    out.writeBytes(key);
    write(out, text("cluster name", clusterName));
    out.write(seeds.size());
    seeds.forEach(seed -> write(out, text("seed", seed)));
    out.writeBytes(operator.toArray());
    byte[] body = out.toByteArray();
    out.writeBytes(checksum(body, body.length));
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
  }

  private static void write(ByteArrayOutputStream out, byte[] octets) {
    out.write(octets.length);
    out.writeBytes(octets);
  }

  /** The mesh's name. */
  public String clusterName() {
    return clusterName;
  }

  /** Seeds, in addition to those of the configuration. */
  public List<String> seeds() {
    return seeds;
  }

  /** Identifies the token without revealing it: 64 bits derived one-way from key and name. */
  public String fingerprint() {
    byte[] octets = Hkdf.derive(key, "vrouter mesh fingerprint " + clusterName, 8);
    return HexFormat.of().formatHex(octets);
  }

  /** The fingerprint as a number: names the token in statements. */
  long id() {
    return Long.parseUnsignedLong(fingerprint(), 16);
  }

  /**
   * The same token, as one that names this operator.
   *
   * @param key public, 32 octets
   */
  public MeshToken withOperator(Bytes key) {
    return new MeshToken(this.key, clusterName, seeds, key);
  }

  /** The operator's public key, 32 octets, or empty. */
  public Bytes operator() {
    return operator;
  }

  /**
   * The key of the handshake that precedes the epoch's; derived one-way, so members may hold it.
   */
  EpochKey admission() {
    return new EpochKey(Hkdf.derive(key, "vrouter mesh admission " + clusterName, KEY_LENGTH));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MeshToken that
        && MessageDigest.isEqual(key, that.key)
        && clusterName.equals(that.clusterName)
        && operator.equals(that.operator)
        && seeds.equals(that.seeds);
  }

  @Override
  public int hashCode() {
    return clusterName.hashCode() * 31 + seeds.hashCode();
  }

  /** Name and fingerprint, never the key. */
  @Override
  public String toString() {
    return "MeshToken[" + clusterName + " " + fingerprint() + "]";
  }
}
