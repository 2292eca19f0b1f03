package io.vrouter.membership;

import java.util.function.Consumer;

/**
 * Probes a peer's kernel over the data path: the evidence that distinguishes a restarting daemon
 * from a dead host.
 */
@FunctionalInterface
public interface DataPathProbe {
  /** Result of one probe. */
  enum Answer {
    /** An ICMP error came from the peer's overlay address: its kernel forwards. */
    ANSWERED,
    /** The path is installed here and nothing came back. */
    SILENT,
    /** The path is not installed here, or can't be probed: decides nothing. */
    UNKNOWN
  }

  /**
   * Starts one bounded probe; must not block.
   *
   * @param answer called once, from any thread
   */
  void probe(Member peer, Consumer<Answer> answer);
}
