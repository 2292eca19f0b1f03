package io.vrouter.mesh.control;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the concurrent commands. Readers get three quarters of the places, so that a writer always
 * gets in; one reader gets a third of those, so that one user can't exclude the others.
 * Thread-safe.
 */
final class Places {
  private final int most;
  private final Map<String, Integer> readers = new HashMap<>();
  private int taken;
  private int takenByReaders;

  Places(int most) {
    this.most = most;
  }

  /** A place, null when there is none for this user now. */
  synchronized @Nullable Place take(Caller caller) {
    boolean reader = !caller.mayWrite();
    int own = readers.getOrDefault(caller.user(), 0);
    if (taken >= most || (reader && (takenByReaders >= most * 3 / 4 || own >= most / 4))) {
      return null;
    }
    taken++;
    if (reader) {
      takenByReaders++;
      readers.put(caller.user(), own + 1);
    }
    return new Place(caller);
  }

  private synchronized void free(Caller caller) {
    taken--;
    if (!caller.mayWrite()) {
      takenByReaders--;
      readers.computeIfPresent(caller.user(), (user, own) -> own > 1 ? own - 1 : null);
    }
  }

  /** One place, kept until every thread that entered it has left. */
  final class Place {
    private final Caller caller;
    private int threads = 1;

    private Place(Caller caller) {
      this.caller = caller;
    }

    /** Enters a further thread; the first one needs no call. */
    synchronized void enter() {
      threads++;
    }

    void leave() {
      boolean last;
      synchronized (this) {
        last = --threads == 0;
      }
      if (last) {
        free(caller);
      }
    }
  }
}
