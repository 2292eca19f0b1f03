package io.vrouter.membership.crypto;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a node: one to seal with, and those accepted for opening, several during a key
 * replacement. Immutable.
 */
public final class Keyring {
  private final EpochKey current;
  private final List<EpochKey> accepted;

  private Keyring(EpochKey current, List<EpochKey> accepted) {
    this.current = current;
    this.accepted = accepted;
  }

  /** The keyring of a mesh with the first key: epoch 0. */
  public static Keyring of(MeshToken token) {
    return of(token, 0, List.of());
  }

  /**
   * The keyring during a key replacement.
   *
   * @param current number of the epoch to send with, from 0
   * @param others numbers of the epochs to accept as well
   */
  public static Keyring of(MeshToken token, int current, List<Integer> others) {
    EpochKey key = new EpochKey(token.epochSecret(current));
    List<EpochKey> all =
        Stream.concat(
                Stream.of(key),
                others.stream().map(epoch -> new EpochKey(token.epochSecret(epoch))))
            .toList();
    return new Keyring(key, all);
  }

  /**
   * A number derived one-way from the key that datagrams are sent with; it reveals nothing of the
   * key.
   */
  public int id() {
    return current.id();
  }

  /** Whether datagrams under the key of this {@link #id} are accepted. */
  public boolean accepts(int id) {
    return accepted(id) != null;
  }

  EpochKey current() {
    return current;
  }

  /** The accepted key of this id, or null. Called for each datagram. */
  @Nullable EpochKey accepted(int id) {
    for (EpochKey key : accepted) {
      if (key.id() == id) {
        return key;
      }
    }
    return null;
  }

  /** The ids on the wire, without the keys. */
  @Override
  public String toString() {
    return "Keyring[current=" + current + ", accepted=" + accepted + "]";
  }
}
