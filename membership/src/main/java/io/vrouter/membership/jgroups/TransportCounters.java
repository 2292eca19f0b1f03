package io.vrouter.membership.jgroups;

import io.vrouter.membership.crypto.Verdict.Reason;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counts of the transport since its start, at one moment.
 *
 * @param sent datagrams
 * @param sentBytes UDP payload
 * @param received datagrams, without this node's own multicasts
 * @param receivedBytes UDP payload
 * @param dropped datagrams by reason
 * @param unlikely datagrams opened and then refused by {@link FrameCheck}
 * @param handshakes challenges and answers received
 * @param sendFailures datagrams too long or refused by the socket
 * @param queueFull datagrams dropped because the gossip thread's queue was full
 * @param sessions admitted sessions, at this moment
 */
public record TransportCounters(
    long sent,
    long sentBytes,
    long received,
    long receivedBytes,
    Map<Reason, Long> dropped,
    long unlikely,
    long handshakes,
    long sendFailures,
    long queueFull,
    int sessions) {
  /** None yet. */
  static final TransportCounters NONE = new TransportCounters(0, 0, 0, 0, Map.of(), 0, 0, 0, 0, 0);

  public TransportCounters {
    dropped = Map.copyOf(dropped);
  }

  /** The sums, and the sessions of the later. */
  TransportCounters plus(TransportCounters later) {
    Map<Reason, Long> both = new EnumMap<>(Reason.class);
    both.putAll(dropped);
    later.dropped.forEach((reason, count) -> both.merge(reason, count, Long::sum));
    return new TransportCounters(
        sent + later.sent,
        sentBytes + later.sentBytes,
        received + later.received,
        receivedBytes + later.receivedBytes,
        both,
        unlikely + later.unlikely,
        handshakes + later.handshakes,
        sendFailures + later.sendFailures,
        queueFull + later.queueFull,
        later.sessions);
  }
}
