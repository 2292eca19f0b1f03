package io.vrouter.membership.jgroups;

import io.vrouter.membership.crypto.Verdict.Reason;
import java.util.Map;

/**
 * What the transport has counted since its start, at one moment.
 *
 * @param sent datagrams
 * @param sentBytes UDP payload
 * @param received datagrams, this node's own multicasts left out
 * @param receivedBytes UDP payload
 * @param dropped by why
 * @param unlikely opened, and not a frame that this program sends
 * @param handshakes datagrams received that were about sessions
 * @param sendFailures what was too long or refused by the socket
 * @param queueFull datagrams dropped because the gossip thread was behind
 * @param sessions senders that have proven themselves, at this moment
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
  public TransportCounters {
    dropped = Map.copyOf(dropped);
  }
}
