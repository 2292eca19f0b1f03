package io.vrouter.membership.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.StateFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * This host's signing key and boot count, both in the state directory. The boot count makes the
 * records of each boot newer than those of the boot before.
 *
 * <p>Two files: {@value #KEY_FILE}, written once, and {@value #BOOT_FILE}, written (and on the
 * disk) before {@link #open} returns, hence before the first datagram. When either is corrupt, both
 * are set aside and a new identity is made: a key without its boot count would publish records
 * older than those peers hold, while a new identity replaces the old one at its address.
 */
public final class NodeIdentity implements Signer {
  /** File of the key in the state directory. */
  public static final String KEY_FILE = "identity";

  /** File of the boot count in the state directory. */
  public static final String BOOT_FILE = "boot-count";

  private static final String KEY_HEAD = "vrouter-identity 1 ";
  private static final String BOOT_HEAD = "vrouter-boots 1 ";
  private static final int LIMIT = 1024;
  private static final long MAX_BOOTS = 0x7fff_fffeL;

  private final Bytes publicKey;
  private final NodeId id;
  private final byte[] seed;
  private final long bootCount;
  private final long bootNonce;
  private final List<Warning> problems;
  private final StateFile bootFile;

  private NodeIdentity(
      IdentityKeys keys,
      StateFile bootFile,
      long bootCount,
      long bootNonce,
      List<Warning> problems) {
    this.bootFile = bootFile;
    this.publicKey = keys.publicKey;
    this.id = Ed25519.idOf(keys.publicKey);
    this.seed = keys.seed;
    this.bootCount = bootCount;
    this.bootNonce = bootNonce;
    this.problems = List.copyOf(problems);
  }

  /**
   * Opens the identity in a state directory for a new boot, or makes both.
   *
   * @throws IOException when the directory can't be read or written
   */
  public static NodeIdentity open(Path stateDir, SecureRandom random) throws IOException {
    StateFile keyFile = new StateFile(stateDir.resolve(KEY_FILE));
    StateFile bootFile = new StateFile(stateDir.resolve(BOOT_FILE));
    List<Path> aside = new ArrayList<>();
    IdentityKeys keys = null;
    long boots = 0;
    if (keyFile.exists()) {
      try {
        keys = readKeys(keyFile.read(LIMIT));
        boots = readBoots(bootFile.read(LIMIT));
      } catch (IllegalArgumentException | NoSuchFileException e) {
        keys = null;
        boots = 0;
        aside.add(keyFile.setAside());
        if (bootFile.exists()) {
          aside.add(bootFile.setAside());
        }
      }
    }
    // The count is written first: a key without a count is corruption at the next start.
    bootFile.write(bootText(boots + 1));
    if (keys == null) {
      keys = generate(random);
      keyFile.write(keys.text().getBytes(US_ASCII));
    }
    NodeId id = Ed25519.idOf(keys.publicKey);
    List<Warning> problems =
        aside.isEmpty()
            ? List.of()
            : List.of(
                new Warning(
                    id,
                    "identity-corrupt",
                    "the identity in " + stateDir + " could not be read; kept as " + aside,
                    "nothing: this host joined as a new node and replaces its former entry"));
    return new NodeIdentity(keys, bootFile, boots + 1, random.nextLong(), problems);
  }

  private static IdentityKeys readKeys(byte[] content) {
    String text = new String(content, US_ASCII);
    String[] words = text.strip().split(" ", -1);
    if (!text.startsWith(KEY_HEAD) || words.length != 4) {
      throw new IllegalArgumentException("not an identity file");
    }
    return new IdentityKeys(HexFormat.of().parseHex(words[2]), HexFormat.of().parseHex(words[3]));
  }

  private static long readBoots(byte[] content) {
    String text = new String(content, US_ASCII);
    if (!text.startsWith(BOOT_HEAD)) {
      throw new IllegalArgumentException("not a boot count file");
    }
    long boots = Long.parseLong(text.substring(BOOT_HEAD.length()).strip());
    if (boots < 1 || boots > MAX_BOOTS) {
      throw new IllegalArgumentException("no count of boots: " + boots);
    }
    return boots;
  }

  private static byte[] bootText(long boots) {
    return (BOOT_HEAD + boots + "\n").getBytes(US_ASCII);
  }

  private static IdentityKeys generate(SecureRandom random) {
    byte[] seed = Ed25519.seed(random);
    return new IdentityKeys(seed, Ed25519.publicKey(seed));
  }

  @Override
  public Bytes publicKey() {
    return publicKey;
  }

  @Override
  public NodeId id() {
    return id;
  }

  @Override
  public Bytes sign(Bytes message) {
    return Bytes.of(Ed25519.sign(seed, message.toArray()));
  }

  /** Boots of this identity, this one included: from 1. */
  public long bootCount() {
    return bootCount;
  }

  /** The incarnation this boot begins with: boot count &lt;&lt; 32. */
  public long incarnation() {
    return bootCount << 32;
  }

  /**
   * Persists a higher boot count received from peers, so that the next boot is above it. The
   * numbers of this boot stay.
   *
   * @throws IOException when it can't be written
   */
  public void persistBoots(long boots) throws IOException {
    if (boots > bootCount) {
      bootFile.write(bootText(Math.min(boots, MAX_BOOTS)));
    }
  }

  /** Random per boot: distinguishes a clone of the state directory from a restart. */
  public long bootNonce() {
    return bootNonce;
  }

  /** Problems with the files and the actions taken. */
  public List<Warning> problems() {
    return problems;
  }

  /** The public key. */
  @Override
  public String toString() {
    return "NodeIdentity[" + id + " boot " + bootCount + "]";
  }

  private static final class IdentityKeys {
    private final byte[] seed;
    private final Bytes publicKey;

    /** Checks that the two halves belong together. */
    IdentityKeys(byte[] seed, byte[] publicKey) {
      if (seed.length != Ed25519.KEY_LENGTH || !Arrays.equals(Ed25519.publicKey(seed), publicKey)) {
        throw new IllegalArgumentException("the halves of the key don't belong together");
      }
      this.seed = seed;
      this.publicKey = Bytes.of(publicKey);
    }

    String text() {
      HexFormat hex = HexFormat.of();
      return KEY_HEAD + hex.formatHex(seed) + " " + hex.formatHex(publicKey.toArray()) + "\n";
    }
  }
}
