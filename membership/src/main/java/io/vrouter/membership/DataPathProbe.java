package io.vrouter.membership;

import java.util.function.Consumer;

/**
 * Asks a peer's kernel, over the data path, whether it still forwards: the evidence that tells a
 * restarting daemon from a dead host.
 */
@FunctionalInterface
public interface DataPathProbe {
  /** What the data path said. */
  enum Answer {
    /** An ICMP error came from the peer's overlay address: its kernel lives. */
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
