package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.crypto.KeyState.FormerEpoch;
import io.vrouter.membership.crypto.KeyState.LiveToken;
import io.vrouter.membership.crypto.Statement.EpochStatement;
import io.vrouter.membership.crypto.Statement.TokenStatement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a node at one moment: one to seal with, and those accepted for opening. Immutable.
 */
public final class Keyring {
  private final Held current;
  private final List<Held> epochs;
  private final Map<Integer, Held> tokens = new HashMap<>();

  /** The effect that a datagram under a key can have. */
  enum Use {
    /** The epoch's: everything. */
    CURRENT,
    /** A former epoch's that is still sent with to peers without the current one. */
    OVERLAP,
    /** A former epoch's that is no longer sent with: frames of that time's members still count. */
    ENDING,
    /** The last epoch's after its end: its members may ask for the current key. */
    RETURN,
    /** A token's: its holder may ask for the current key. */
    ADMISSION
  }

  /**
   * A key and its use.
   *
   * @param token of {@link Use#ADMISSION}, else 0
   */
  record Held(EpochKey key, Use use, long token) {
    /** Whether frames under it count. */
    boolean carriesFrames() {
      return use.compareTo(Use.ENDING) <= 0;
    }

    /** Whether a peer without the current key is sent frames under it. */
    boolean sendable() {
      return use.compareTo(Use.OVERLAP) <= 0;
    }
  }

  /**
   * Creates a ring.
   *
   * @param current seals; also accepted
   * @param epochs other epochs' keys
   * @param tokens the tokens' keys
   */
  Keyring(Held current, List<Held> epochs, List<Held> tokens) {
    this.current = current;
    this.epochs = List.copyOf(epochs);
    tokens.forEach(held -> this.tokens.put(held.key.id(), held));
  }

  /**
   * The keys of a state.
   *
   * @param own of this node's token; seals while there is no epoch
   * @param self this node's public key: one-time tokens of others admit nobody here
   */
  static Keyring of(KeyState state, Held own, Bytes self, long now) {
    List<Held> epochs = new ArrayList<>();
    for (FormerEpoch former : state.formers()) {
      Use use = KeyRules.use(now - former.replaced());
      if (use != Use.RETURN || epochs.isEmpty()) {
        epochs.add(new Held(former.epoch().key(), use, 0));
      }
    }
    List<Held> tokens = new ArrayList<>();
    tokens.add(own);
    for (LiveToken live : state.tokens()) {
      TokenStatement it = live.token();
      if (state.closed(it.id()) == null && (!it.once() || it.proof().signer().equals(self))) {
        tokens.add(new Held(it.key(), Use.ADMISSION, it.id()));
      }
    }
    EpochStatement epoch = state.current();
    return new Keyring(epoch == null ? own : new Held(epoch.key(), Use.CURRENT, 0), epochs, tokens);
  }

  /** The id on the wire of the key that datagrams are sent with; it reveals nothing of the key. */
  public int id() {
    return current.key.id();
  }

  /** Whether datagrams under the key of this {@link #id} are accepted. */
  public boolean accepts(int id) {
    return held(id) != null;
  }

  /** Whether there is an epoch's key: the node is in the mesh. */
  public boolean hasEpoch() {
    return current.use == Use.CURRENT;
  }

  EpochKey current() {
    return current.key;
  }

  /** The accepted key of this id, or null. Called for each datagram. */
  @Nullable Held held(int id) {
    if (current.key.id() == id) {
      return current;
    }
    for (Held held : epochs) {
      if (held.key.id() == id) {
        return held;
      }
    }
    return tokens.get(id);
  }

  /** The ids on the wire, without the keys. */
  @Override
  public String toString() {
    return "Keyring[current=" + current + ", epochs=" + epochs + ", tokens=" + tokens.size() + "]";
  }
}
