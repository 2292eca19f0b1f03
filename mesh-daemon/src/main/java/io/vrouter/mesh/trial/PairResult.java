package io.vrouter.mesh.trial;

import io.vrouter.membership.NodeId;
import java.util.List;

/**
 * What two hosts found of each other.
 *
 * @param trouble why there is no result; empty when there is one
 * @param connected pairs of networks that must reach each other
 * @param apart pairs that must not
 * @param octets size of the largest packets sent, with all headers
 * @param micros least round trip between two networks, 0 when unknown
 * @param bitsPerSecond of packets' octets that arrived at {@code to}, 0 when not measured
 * @param failed how many of all pairs failed
 * @param failures some of them
 */
public record PairResult(
    NodeId from,
    NodeId to,
    String trouble,
    int connected,
    int apart,
    int octets,
    int micros,
    long bitsPerSecond,
    int failed,
    List<Failure> failures) {
  /** Most failures that are listed. */
  static final int LISTED = 12;

  public PairResult {
    failures = List.copyOf(failures);
  }

  static PairResult none(NodeId from, NodeId to, String trouble) {
    return new PairResult(from, to, trouble, 0, 0, 0, 0, 0, 0, List.of());
  }

  /** Whether all pairs behave. */
  public boolean isGood() {
    return trouble.isEmpty() && failed == 0;
  }
}
