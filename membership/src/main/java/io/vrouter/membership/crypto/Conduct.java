package io.vrouter.membership.crypto;

import io.vrouter.membership.NodeId;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Recent offences of nodes and verifications per address: content that this program never sends,
 * and handshakes that cost a verification. Only content that a node provably sent counts against
 * it. Any thread.
 */
final class Conduct {
  /** Offences of one node within {@link #BAN} that end its sessions. */
  static final int OFFENCES = 8;

  /** Nanoseconds without a session after too many offences. */
  static final long BAN = TimeUnit.MINUTES.toNanos(1);

  private static final int REMEMBERED = 1024;
  private static final double NANOS = 1e9;

  private final int perAddress;
  private final Map<NodeId, Offences> offenders = bounded();
  private final Map<InetAddress, Budget> budgets = bounded();
  private final ExpiringSet<NodeId> bannedNodes = new ExpiringSet<>(REMEMBERED, BAN);
  private final ExpiringSet<InetAddress> bannedAddresses = new ExpiringSet<>(REMEMBERED, BAN);

  /**
   * Creates an empty record.
   *
   * @param perAddress verifications a second of one IP address; twice as many at once
   */
  Conduct(int perAddress) {
    this.perAddress = perAddress;
  }

  private static final class Offences {
    private long since;
    private int count;
  }

  private static final class Budget {
    private double left;
    private long at;
  }

  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > REMEMBERED;
      }
    };
  }

  /** Counts an offence; true when the node has committed too many. */
  synchronized boolean offended(NodeId node, long now) {
    Offences lately = offenders.computeIfAbsent(node, id -> new Offences());
    if (lately.count == 0 || now - lately.since > BAN) {
      lately.since = now;
      lately.count = 0;
    }
    lately.count++;
    if (lately.count < OFFENCES) {
      return false;
    }
    offenders.remove(node);
    return true;
  }

  synchronized void ban(NodeId node, long now) {
    bannedNodes.add(node, now);
  }

  synchronized void ban(InetAddress address, long now) {
    bannedAddresses.add(address, now);
  }

  synchronized boolean banned(NodeId node, long now) {
    return bannedNodes.contains(node, now);
  }

  synchronized boolean banned(InetAddress address, long now) {
    return bannedAddresses.contains(address, now);
  }

  /** Whether a handshake from this address may cost a verification now. */
  synchronized boolean mayTry(InetAddress address, long now) {
    Budget budget = budgets.get(address);
    if (budget == null) {
      budget = new Budget();
      budget.left = 2 * perAddress;
      budget.at = now;
      budgets.put(address, budget);
    }
    double gained = perAddress * ((now - budget.at) / NANOS);
    budget.left = Math.min(2 * perAddress, budget.left + gained);
    budget.at = now;
    if (budget.left < 1) {
      return false;
    }
    budget.left--;
    return true;
  }
}
