package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answer to {@code test}.
 *
 * @param ok whether every pair of hosts was tried and all their networks behave
 */
@JsonPropertyOrder({"apiVersion", "ok", "pairs"})
public record TestReport(String apiVersion, boolean ok, List<Pair> pairs) {
  public TestReport {
    pairs = List.copyOf(pairs);
  }

  /** With the current version. */
  public TestReport(List<Pair> pairs) {
    this(Api.VERSION, pairs.stream().allMatch(Pair::ok), pairs);
  }

  /**
   * Two hosts, tried in both directions.
   *
   * @param from name of the host that began
   * @param to name of the other
   * @param ok whether it was tried and all its networks behave
   * @param connected pairs of networks that must reach each other
   * @param apart pairs that must not
   * @param octets size of the largest packets, which no router may fragment
   * @param rttMicros between two networks; null when no pair works
   * @param bitsPerSecond of what arrived at {@code to}; null when not measured
   * @param failed how many pairs of networks misbehave
   * @param failures some of them, and one without networks when the pair was not tried
   */
  @JsonPropertyOrder({
    "from",
    "to",
    "ok",
    "connected",
    "apart",
    "octets",
    "rttMicros",
    "bitsPerSecond",
    "failed",
    "failures"
  })
  public record Pair(
      String from,
      String to,
      boolean ok,
      int connected,
      int apart,
      int octets,
      @Nullable Integer rttMicros,
      @Nullable Long bitsPerSecond,
      int failed,
      List<FailedPair> failures) {
    public Pair {
      failures = List.copyOf(failures);
    }
  }

  /**
   * A misbehaving pair of networks.
   *
   * @param from network and address on the host that began, empty when the pair was not tried
   * @param to likewise on the other
   * @param cause what was seen
   * @param fix the next thing to do
   */
  @JsonPropertyOrder({"from", "to", "cause", "fix"})
  public record FailedPair(String from, String to, String cause, String fix) {}
}
