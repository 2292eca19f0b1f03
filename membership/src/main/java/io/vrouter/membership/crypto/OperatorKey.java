package io.vrouter.membership.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.StateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The operator's key: what it signs counts on every host whose token names its public half. It
 * belongs on no host but the one that the operator works on, and there only while it is used.
 */
public final class OperatorKey implements Signer {
  /** The file's name in the state directory, where the daemon looks for it. */
  public static final String NAME = "operator-key";

  private static final String HEAD = "vrouter-operator 1 ";
  private static final int LIMIT = 256;

  private final byte[] seed;
  private final Bytes publicKey;

  private OperatorKey(byte[] seed) {
    this.seed = seed;
    this.publicKey = Bytes.of(Ed25519.publicKey(seed));
  }

  /**
   * Reads a key.
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   * @throws IOException when it can't be read, isn't one, or others can write it
   */
  public static OperatorKey read(Path file) throws IOException {
    String text = new String(new StateFile(file).read(LIMIT), US_ASCII).strip();
    try {
      byte[] seed = HexFormat.of().parseHex(text.substring(Math.min(HEAD.length(), text.length())));
      if (text.startsWith(HEAD) && seed.length == Ed25519.KEY_LENGTH) {
        return new OperatorKey(seed);
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is not an operator's key", e);
    }
    throw new IOException(file + " is not an operator's key");
  }

  /**
   * Reads a key, or makes one (mode 0600) when there is no file.
   *
   * @throws IOException when it can't be read or written
   */
  public static OperatorKey readOrMake(Path file, SecureRandom random) throws IOException {
    StateFile target = new StateFile(file);
    if (target.exists()) {
      return read(file);
    }
    byte[] seed = Ed25519.seed(random);
    target.write((HEAD + HexFormat.of().formatHex(seed) + "\n").getBytes(US_ASCII));
    return new OperatorKey(seed);
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

  /** The public key's id. */
  @Override
  public String toString() {
    return "OperatorKey[" + id() + "]";
  }
}
