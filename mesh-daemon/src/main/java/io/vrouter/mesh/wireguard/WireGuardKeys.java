package io.vrouter.mesh.wireguard;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.StateFile;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.wire.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * This host's private keys, in one file of mode 0600: a line per device, its slot and its key in
 * base64, the newest first. Thread-safe.
 */
public final class WireGuardKeys implements TunnelKeys {
  /** The file's name in the state directory. */
  public static final String FILE = "wireguard.keys";

  private static final int LIMIT = 4096;

  private final StateFile file;
  private final SecureRandom random;
  private final int port;
  private List<Own> own = List.of();
  private Optional<Problem> problem = Optional.empty();

  /** A private key. Its text would show the secret, so it has none. */
  private record Own(int slot, Payload privateKey) {
    @Override
    public String toString() {
      return "key of device " + slot;
    }
  }

  private WireGuardKeys(Path stateDir, SecureRandom random, int port) {
    this.file = new StateFile(stateDir.resolve(FILE));
    this.random = random;
    this.port = port;
  }

  /**
   * Reads the keys, or makes the first. A corrupt file is set aside.
   *
   * @param port of the first device
   * @throws IOException when the file can't be read or written, or others may write to it
   */
  public static WireGuardKeys open(Path stateDir, SecureRandom random, int port)
      throws IOException {
    WireGuardKeys keys = new WireGuardKeys(stateDir, random, port);
    keys.load();
    return keys;
  }

  private synchronized void load() throws IOException {
    if (file.exists()) {
      Optional<List<Own>> read = parsed(new String(file.read(LIMIT), StandardCharsets.US_ASCII));
      if (read.isPresent()) {
        own = read.get();
        return;
      }
      problem =
          Optional.of(
              Problem.warning(
                  "wireguard-keys",
                  "%s is corrupt, a new WireGuard key was made (%s)"
                      .formatted(file.path(), file.setAsideIfPossible()),
                  "see what damaged the file"));
    }
    save(List.of(new Own(0, Curve25519.privateKey(random))));
  }

  private static Optional<List<Own>> parsed(String text) {
    List<Own> keys = new ArrayList<>();
    Set<Integer> slots = new HashSet<>();
    try {
      for (String line : text.lines().toList()) {
        String[] words = line.split(" ", -1);
        int slot = Integer.parseInt(words[0]);
        Payload key = Payload.of(Base64.getDecoder().decode(words[1]));
        if (words.length != 2
            || key.length() != 32
            || slot < 0
            || slot >= WireGuardKey.SLOTS
            || !slots.add(slot)) {
          return Optional.empty();
        }
        keys.add(new Own(slot, key));
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      return Optional.empty();
    }
    return keys.isEmpty() ? Optional.empty() : Optional.of(keys);
  }

  private void save(List<Own> keys) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Own key : keys) {
      text.append(key.slot())
          .append(' ')
          .append(Base64.getEncoder().encodeToString(key.privateKey().toArray()))
          .append('\n');
    }
    file.write(text.toString().getBytes(StandardCharsets.US_ASCII));
    own = List.copyOf(keys);
  }

  @Override
  public synchronized List<WireGuardKey> publicKeys() {
    return own.stream()
        .map(
            key ->
                new WireGuardKey(
                    key.slot(),
                    Bytes.of(Curve25519.publicKey(key.privateKey()).toArray()),
                    port + key.slot()))
        .toList();
  }

  /** A device's private key; empty when the slot has none. */
  synchronized Optional<Payload> privateKey(int slot) {
    return own.stream().filter(key -> key.slot() == slot).map(Own::privateKey).findFirst();
  }

  @Override
  public synchronized void rotate() throws RotationException {
    if (own.size() >= WireGuardKey.SLOTS) {
      throw new RotationException("the last change of keys is not complete yet", null);
    }
    List<Own> both = new ArrayList<>();
    both.add(new Own(1 - own.get(0).slot(), Curve25519.privateKey(random)));
    both.addAll(own);
    try {
      save(both);
    } catch (IOException e) {
      throw new RotationException("the new key can't be saved: " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void retire(int slot) {
    List<Own> left = new ArrayList<>();
    for (Own key : own) {
      if (key.slot() != slot || key.equals(own.get(0))) {
        left.add(key);
      }
    }
    try {
      save(left);
    } catch (IOException e) {
      problem =
          Optional.of(
              Problem.warning(
                  "wireguard-keys",
                  "the former WireGuard key can't be deleted: " + e.getMessage(),
                  "make room on the disk of --state-dir; it is tried again at the next start"));
    }
  }

  @Override
  public synchronized Optional<Problem> problem() {
    return problem;
  }
}
