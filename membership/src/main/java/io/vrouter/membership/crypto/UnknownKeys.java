package io.vrouter.membership.crypto;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The addresses from which datagrams under unknown keys came: another epoch of this mesh, or
 * another mesh. Each is sent a first contact under this node's token, ever more rarely. Guarded by
 * its exchange.
 */
final class UnknownKeys {
  /** Most addresses that are remembered. */
  private static final int MOST = 256;

  /** Most first contacts a second, whatever a flood of unknown keys names as its sources. */
  private static final int HELLOS = 20;

  /**
   * Nanoseconds until an unknown key is another mesh's: in a rotation a datagram under the next key
   * may overtake the key, which comes within a second.
   */
  private static final long UNRESOLVED = TimeUnit.SECONDS.toNanos(3);

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Map<InetSocketAddress, UnknownKeySender> senders = KeyExchange.bounded(MOST);
  private volatile boolean keysChanged;
  private int hellos;
  private long hellosSince;

  private static final class UnknownKeySender {
    private final long since;
    private boolean due = true;
    private long last;
    private long gap;

    private UnknownKeySender(long now) {
      since = now;
    }
  }

  UnknownKeys(long now) {
    hellosSince = now;
  }

  /** Such a datagram came; returns whether a first contact is due at once. */
  boolean came(InetSocketAddress from, long now) {
    if (keysChanged) {
      keysChanged = false;
      senders.clear(); // with the keys of now they may be none
    }
    UnknownKeySender sender = senders.get(from);
    if (sender == null) {
      senders.put(from, new UnknownKeySender(now));
      return hellos < HELLOS;
    }
    if (now - sender.last >= sender.gap) {
      sender.due = true;
    }
    return false;
  }

  /** Whether datagrams of an address have been under unknown keys for {@link #UNRESOLVED}. */
  boolean isStranger(InetSocketAddress from, long now) {
    UnknownKeySender sender = keysChanged ? null : senders.get(from);
    return sender != null && now - sender.since >= UNRESOLVED;
  }

  /** The keys changed: which keys are unknown is found out anew. Any thread, without a lock. */
  void keysChanged() {
    keysChanged = true;
  }

  /** A session with this address exists. */
  void met(InetSocketAddress from) {
    senders.remove(from);
  }

  /** The addresses that a first contact is due for; they count as contacted. */
  List<InetSocketAddress> due(long now) {
    if (now - hellosSince >= SECOND) {
      hellosSince = now;
      hellos = 0;
    }
    List<InetSocketAddress> due = new ArrayList<>();
    for (Map.Entry<InetSocketAddress, UnknownKeySender> entry : senders.entrySet()) {
      UnknownKeySender sender = entry.getValue();
      if (sender.due && hellos < HELLOS) {
        hellos++;
        sender.due = false;
        sender.last = now;
        sender.gap =
            Math.min(Math.max(KeyExchange.FIRST_GAP, 2 * sender.gap), KeyExchange.LAST_GAP);
        due.add(entry.getKey());
      }
    }
    return due;
  }
}
