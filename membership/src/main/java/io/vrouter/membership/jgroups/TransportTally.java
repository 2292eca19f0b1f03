package io.vrouter.membership.jgroups;

import io.vrouter.membership.crypto.Verdict.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The running counts behind {@link TransportCounters}: any thread adds, any thread takes a
 * snapshot.
 */
final class TransportTally {
  final LongAdder sent = new LongAdder();
  final LongAdder sentBytes = new LongAdder();
  final LongAdder received = new LongAdder();
  final LongAdder receivedBytes = new LongAdder();
  final LongAdder unlikely = new LongAdder();
  final LongAdder handshakes = new LongAdder();
  final LongAdder sendFailures = new LongAdder();
  final LongAdder queueFull = new LongAdder();
  private final Map<Reason, LongAdder> dropped = new EnumMap<>(Reason.class);

  TransportTally() {
    for (Reason reason : Reason.values()) {
      dropped.put(reason, new LongAdder());
    }
  }

  void dropped(Reason reason) {
    LongAdder adder = dropped.get(reason);
    if (adder != null) {
      adder.increment();
    }
  }

  TransportCounters snapshot(int sessions) {
    Map<Reason, Long> drops = new EnumMap<>(Reason.class);
    dropped.forEach((reason, count) -> drops.put(reason, count.sum()));
    return new TransportCounters(
        sent.sum(),
        sentBytes.sum(),
        received.sum(),
        receivedBytes.sum(),
        drops,
        unlikely.sum(),
        handshakes.sum(),
        sendFailures.sum(),
        queueFull.sum(),
        sessions);
  }
}
