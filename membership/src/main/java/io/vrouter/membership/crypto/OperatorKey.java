package io.vrouter.membership.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.StateFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The operator's signing key (Ed25519): bans and the policy that it signs count on every host that
 * has its public half, from {@code --policy-key} or from the token. Each kind of message has a
 * domain of its own, so no signature counts for another kind.
 *
 * <p>The file is one line, {@code vrouter-operator-key 1} and 64 hexadecimal digits, mode 0600. It
 * belongs on no host but the one that the operator works on, and there only while it is used. The
 * text of a public key is 43 characters of unpadded base64url.
 */
public final class OperatorKey implements Signer {
  /** The file's name in the state directory, where the daemon looks for it. */
  public static final String NAME = "operator-key";

  private static final String HEAD = "vrouter-operator-key 1 ";

  /** Largest file, in bytes. */
  private static final int LIMIT = 256;

  private final byte[] seed;
  private final Bytes publicKey;

  private OperatorKey(byte[] seed) {
    this.seed = seed;
    this.publicKey = Bytes.of(Ed25519.publicKey(seed));
  }

  /** A new key, in no file. */
  public static OperatorKey create(SecureRandom random) {
    return new OperatorKey(Ed25519.seed(random));
  }

  /**
   * A new key in a new file.
   *
   * @throws FileAlreadyExistsException when the file exists; it is left as it is
   * @throws IOException when it can't be written
   */
  public static OperatorKey create(Path file, SecureRandom random) throws IOException {
    StateFile target = new StateFile(file);
    if (target.exists()) {
      throw new FileAlreadyExistsException(file.toString());
    }
    OperatorKey key = create(random);
    target.write((HEAD + HexFormat.of().formatHex(key.seed) + "\n").getBytes(US_ASCII));
    return key;
  }

  /**
   * Reads a key.
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   * @throws IOException when it can't be read, isn't one, or others can write it; no message holds
   *     the file's content
   */
  public static OperatorKey read(Path file) throws IOException {
    String text = new String(new StateFile(file).read(LIMIT), US_ASCII);
    try {
      if (isSecret(text)) {
        byte[] seed = HexFormat.of().parseHex(text.substring(HEAD.length()).strip());
        if (seed.length == Ed25519.KEY_LENGTH) {
          return new OperatorKey(seed);
        }
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is a damaged operator's key", e);
    }
    throw new IOException(file + " is not an operator's key");
  }

  /**
   * Reads a key, or makes one when there is no file.
   *
   * @throws IOException when it can't be read or written
   */
  public static OperatorKey readOrCreate(Path file, SecureRandom random) throws IOException {
    return new StateFile(file).exists() ? read(file) : create(file, random);
  }

  /** Whether a text is a private key: it belongs in no host's configuration. */
  public static boolean isSecret(String text) {
    return text.startsWith(HEAD);
  }

  /**
   * Reads a public key.
   *
   * @throws IllegalArgumentException when it isn't one
   */
  public static Bytes publicKey(String text) {
    byte[] key;
    try {
      key = Base64.getUrlDecoder().decode(text.strip());
    } catch (IllegalArgumentException e) {
      key = new byte[0];
    }
    if (key.length != Ed25519.KEY_LENGTH) {
      throw new IllegalArgumentException(
          "not an operator's public key: 43 characters of base64url, as 'meshctl policy key create'"
              + " prints it");
    }
    return Bytes.of(key);
  }

  /** The text of a public key. */
  public static String text(Bytes publicKey) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(publicKey.toArray());
  }

  @Override
  public Bytes publicKey() {
    return publicKey;
  }

  @Override
  public NodeId id() {
    return Ed25519.idOf(publicKey);
  }

  @Override
  public Bytes sign(Bytes message) {
    return Bytes.of(Ed25519.sign(seed, message.toArray()));
  }

  /** The public key only. */
  @Override
  public String toString() {
    return "OperatorKey[" + text(publicKey) + "]";
  }
}
