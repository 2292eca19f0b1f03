package io.vrouter.mesh.firewall;

import io.vrouter.netlink.lab.Space;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** Counts the packets that reach a namespace, until closed. */
final class Seen implements AutoCloseable {
  private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

  private final Space where;
  private final String table;

  private Seen(Space where, String hook, String match) {
    this.where = where;
    this.table = "seen" + System.identityHashCode(this);
    where.nft(
        """
        table inet %1$s {
          counter c { }
          chain c {
            type filter hook %2$s priority 0;
            %3$s counter name c
          }
        }
        """
            .formatted(table, hook, match));
  }

  /** Packets that match, before routing. */
  static Seen of(Space where, String match) {
    return new Seen(where, "prerouting", match);
  }

  /** Forged datagrams that reach a container. */
  static Seen udp(Space where) {
    return new Seen(where, "prerouting", "udp dport " + Forgery.PORT);
  }

  /** Forged datagrams that reach a host itself. */
  static Seen udpOfInput(Space where) {
    return new Seen(where, "input", "udp dport " + Forgery.PORT);
  }

  /** Whether this many packets arrive, beginning with the last call. */
  boolean arrive(long packets) {
    AtomicLong seen = new AtomicLong();
    Awaitility.await().until(() -> seen.addAndGet(count()) >= packets);
    return seen.get() == packets;
  }

  /**
   * Packets since the last call. Once the neighbours on the way are known, delivery between
   * namespaces is over when the sender returns.
   */
  long count() {
    Matcher packets = PACKETS.matcher(where.ok("nft", "reset", "counter", "inet", table, "c"));
    if (!packets.find()) {
      throw new IllegalStateException("no count");
    }
    return Long.parseLong(packets.group(1));
  }

  @Override
  public void close() {
    where.ok("nft", "delete", "table", "inet", table);
  }
}
