package io.vrouter.membership.engine;

/**
 * Counts since the {@link Engine} started, for metrics.
 *
 * @param received datagrams received
 * @param sent datagrams sent
 * @param sentBytes their bytes, without sealing and headers
 * @param malformed datagrams that did not decode
 * @param forged records whose signature or id was wrong
 * @param unfounded rumours about an incarnation never seen signed, dropped
 * @param overflow members, pulls or addresses dropped because a bound was reached
 * @param suspicions suspicions started by this node's own probes
 * @param failures members this node declared failed or saw failed
 * @param refutations own records signed to refute
 * @param pauses standstills of this process
 * @param localHealth Lifeguard's score, 0 is healthy
 */
public record Counters(
    long received,
    long sent,
    long sentBytes,
    long malformed,
    long forged,
    long unfounded,
    long overflow,
    long suspicions,
    long failures,
    long refutations,
    long pauses,
    int localHealth) {}
