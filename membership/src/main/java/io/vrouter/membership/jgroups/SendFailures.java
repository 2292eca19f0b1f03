package io.vrouter.membership.jgroups;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Destinations with failing sends. A refused datagram counts as lost; a destination without a
 * successful send for {@link #PERSISTING} ns is a problem. Any thread.
 */
final class SendFailures {
  static final String CODE = "gossip-unsent";
  static final long PERSISTING = TimeUnit.SECONDS.toNanos(10);
  private static final int LIMIT = 256;

  private final Problems problems;
  private final LongSupplier nanoTime;

  /** The first failure since the last success, by destination. */
  private final Map<InetSocketAddress, Long> since = new ConcurrentHashMap<>();

  SendFailures(Problems problems, LongSupplier nanoTime) {
    this.problems = problems;
    this.nanoTime = nanoTime;
  }

  void sent(InetSocketAddress to) {
    if (!since.isEmpty() && since.remove(to) != null && since.isEmpty()) {
      problems.clear(CODE, "");
    }
  }

  void unsent(InetSocketAddress to, Exception why) {
    long now = nanoTime.getAsLong();
    if (since.size() >= LIMIT && !since.containsKey(to)) {
      return;
    }
    Long first = since.putIfAbsent(to, now);
    if (first == null || now - first < PERSISTING) {
      return;
    }
    long others = since.values().stream().filter(it -> now - it >= PERSISTING).count() - 1;
    problems.pass(
        CODE,
        "",
        "datagrams to %s%s can't be sent: %s"
            .formatted(
                PeersFile.format(to),
                others > 0 ? " and " + others + " more" : "",
                why.getMessage()),
        fix(to, String.valueOf(why.getMessage())));
  }

  private static String fix(InetSocketAddress to, String words) {
    String address = to.getAddress().getHostAddress();
    if (to.getAddress().isMulticastAddress()) {
      return "see that the underlay's link is up; without multicast use --seed and --multicast off";
    }
    if (words.contains("not permitted")) {
      return "let UDP port %d out: a firewall of this host drops it, see 'nft list ruleset'"
          .formatted(to.getPort());
    }
    if (words.contains("too long") || words.contains("too many")) {
      return "give the way to it an MTU of 1280 or more, see 'ip route get %s'".formatted(address);
    }
    return "see 'ip route get %s' and that the underlay's link is up; another address or interface"
            .formatted(address)
        + " is chosen with --underlay";
  }
}
