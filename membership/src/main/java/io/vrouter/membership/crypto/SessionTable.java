package io.vrouter.membership.crypto;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Senders that have echoed a challenge of this boot. The least recently used session makes room,
 * but not before every cookie that could have admitted it has expired: else a replayed answer would
 * admit the sender again with an empty replay window.
 */
final class SessionTable {
  /** Most sessions. */
  static final int CAPACITY = 4096;

  /** One boot of a sender at one address, under one epoch's key. */
  record Id(int keyId, Salt salt, InetSocketAddress source) {
    // Hand-written: see NodeId.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Id that
          && keyId == that.keyId
          && salt.equals(that.salt)
          && source.equals(that.source);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * keyId + salt.hashCode()) + source.hashCode();
    }
  }

  /** Key and replay window of one sender. */
  static final class Session {
    private final SecretKey key;
    private final ReplayWindow window;
    private long heard;

    private Session(SecretKey key, long counter, long now) {
      this.key = key;
      this.window = new ReplayWindow(counter);
      this.heard = now;
    }

    SecretKey key() {
      return key;
    }

    /** Whether an authenticated datagram with this counter is new. */
    boolean accept(long counter, long now) {
      heard = now;
      return window.accept(counter);
    }
  }

  private final Map<Id, Session> sessions = new LinkedHashMap<>(64, 0.75f, true);

  @Nullable Session find(Id id) {
    return sessions.get(id);
  }

  /** Admits a session whose window ends at this counter; false when the table is full. */
  boolean admit(Id id, SecretKey key, long counter, long now) {
    if (sessions.size() >= CAPACITY) {
      var eldest = sessions.entrySet().iterator();
      if (now - eldest.next().getValue().heard <= Cookies.LIFETIME) {
        return false;
      }
      eldest.remove();
    }
    sessions.put(id, new Session(key, counter, now));
    return true;
  }

  int size() {
    return sessions.size();
  }
}
