package io.vrouter.membership.engine;

import java.time.Duration;

/**
 * Every knob of the {@link Engine}. The defaults hold from 2 to 5,000 nodes; {@code n} below is the
 * number of members believed alive, this one included.
 *
 * <p>What has to grow with the mesh grows with one factor, {@link #scale}: {@code max(1,
 * log₂(n)/5)}, which is 1 up to 32 nodes, 1.3 at 100, 2 at 1,000. News need O(log n) rounds to
 * reach everybody, so whoever waits for an answer from everybody must wait O(log n).
 */
public record SwimConfig(
    Probing probing, Suspicion suspicion, Dissemination gossip, Healing healing, Bounds bounds) {

  /**
   * How a failure is noticed (SWIM, section 3; Lifeguard, section IV-A).
   *
   * @param interval each node probes one member per interval: two at once every two, the one that
   *     follows it in the circle of ids and one of all others in randomised round robin (up to 9
   *     nodes, one every interval in a fixed order). Someone probes a given member every {@code
   *     interval} on average whatever n is, so load and detection time don't depend on n. Traffic:
   *     one ping and one ack, about 107 bytes each with sealing, sent per interval. The wait for
   *     the first failing probe is longer than {@code t} with probability {@code
   *     (1-t/(2·interval))·e^(-t/(2·interval))}: all that are killed are noticed within {@code
   *     2·interval} and one interval more, where round robin alone takes 4.6 for 99 of 100. Who is
   *     killed together with the one before it in the circle waits for chance, as in round robin.
   *     Doubling it halves traffic. 180 ms
   * @param ackTimeout after which a direct ping is repeated and helped by indirect ones; half way
   *     from there to the end of the interval it is repeated once more. Above the round trip's 99th
   *     percentile; lower accuses slow peers to the helpers, higher leaves them less time: they
   *     have {@code interval - ackTimeout}. 80 ms
   * @param indirect how many helpers are asked. Where not one of them is heard either, the member
   *     is probed once more before it is accused: perhaps it is this node that hears nothing. False
   *     suspicion falls by the factor {@code 1-(1-loss)⁴} with each, and by {@code 1-(1-loss)²}
   *     with each of the three direct pings. 3
   * @param maxLocalHealth ceiling of the local health score h: interval and timeouts of the own
   *     probes are multiplied by h+1. Higher tolerates slower hosts, but such a host detects later.
   *     8
   */
  public record Probing(Duration interval, Duration ackTimeout, int indirect, int maxLocalHealth) {}

  /**
   * How long a suspect has to refute (Lifeguard, section IV-B): {@code max(min, max -
   * (max-min)·ln(c+1)/ln(k+1))} after c independent confirmations, both multiplied by {@link
   * #scale}. One that answers pings but does not refute gets {@code min} from each answer, up to
   * {@code 5·max} in all; one that is suspected when this process stood still gets all of it again,
   * up to five times; one that is known for less than 3 s has {@code max}, whoever confirms.
   *
   * @param min the shortest, taken at k confirmations or where nobody could confirm (two hosts).
   *     Must cover telling the suspect and hearing its refutation. 500 ms
   * @param max the longest, taken while nobody confirms. 1.2 s
   * @param confirmations k = min(confirmations, n-2). More tolerates more slow accusers and takes
   *     longer to be sure. 3
   */
  public record Suspicion(Duration min, Duration max, int confirmations) {}

  /**
   * How news spread.
   *
   * @param interval between two rounds. The first round after a calm goes at once, so a single
   *     piece of news spreads at the speed of the network; fresh news go four times as often, up to
   *     20 rounds and one more for every two intervals. With no news nothing is sent. 100 ms
   * @param fanout members told per round. {@code log(n)/log(fanout+1)} rounds reach everybody. 3
   * @param retransmit each node passes a piece of news on {@code ceil(retransmit·ln(n+1))} times. A
   *     given node is missed with probability {@code e^(-retransmit·ln(n+1)·(1-loss))} and then
   *     waits for the exchange. 3
   * @param announce members that are told at once, by the origin, of a new own record. 8
   * @param exchange between two digest exchanges with a random member, multiplied by {@link
   *     #scale}: the safety net that makes all views equal. A calm exchange costs two datagrams;
   *     after one that found a difference the next comes eight times sooner. 4 s
   */
  public record Dissemination(
      Duration interval, int fanout, int retransmit, int announce, Duration exchange) {}

  /**
   * How the mesh comes back together.
   *
   * @param retry one failed member or one undiscovered address is tried per interval, for ever: a
   *     fixed budget per node whatever fails. Where only failed ones are left to try it is
   *     multiplied by {@code max(1, min(4, n/4, 48/failed))}: all try them, so from 4 to 16 nodes
   *     one is tried every 63 ms by somebody, and who answers has all others tried at once. Each
   *     try of a neighbour that is not there keeps the kernel from asking for its link address for
   *     up to a second, so more tries don't find it sooner. 250 ms
   * @param grace how long a member stays {@code RESTARTING} before it is failed. Longer survives
   *     slower upgrades; shorter drops routes to a daemon that never returns sooner. 60 s
   * @param recheck while a member is restarting its data path is asked again this often; two
   *     silences in a row fail it. 2 s
   * @param pause a step later than its deadline by this much means that this process stood still:
   *     it then probes afresh and refutes before it accuses. Above scheduling jitter, at most the
   *     shortest suspicion. 400 ms
   * @param settle how long a fresh node waits for its first exchange before its view counts as
   *     settled without. 300 ms
   */
  public record Healing(
      Duration retry, Duration grace, Duration recheck, Duration pause, Duration settle) {}

  /**
   * What is bounded.
   *
   * @param members members and tombstones kept; what exceeds it is dropped and counted. 10,000
   * @param pulls records requested at once from others; the rest waits in line. 64
   * @param addresses discovered addresses waiting to be contacted. 1,024
   * @param tombstone how long left, replaced and forgotten members block old records about them. A
   *     node cut off for longer may bring one back as failed. After half of it they are no longer
   *     spread, so that all nodes can drop them without teaching each other again. 24 h
   * @param leaveAcks peers that must acknowledge a leave (or all, when fewer live). 3
   */
  public record Bounds(int members, int pulls, int addresses, Duration tombstone, int leaveAcks) {}

  /** The defaults named above. */
  public static SwimConfig defaults() {
    return new SwimConfig(
        new Probing(Duration.ofMillis(180), Duration.ofMillis(80), 3, 8),
        new Suspicion(Duration.ofMillis(500), Duration.ofMillis(1200), 3),
        new Dissemination(Duration.ofMillis(100), 3, 3, 8, Duration.ofSeconds(4)),
        new Healing(
            Duration.ofMillis(250),
            Duration.ofSeconds(60),
            Duration.ofSeconds(2),
            Duration.ofMillis(400),
            Duration.ofMillis(300)),
        new Bounds(10_000, 64, 1024, Duration.ofHours(24), 3));
  }

  /**
   * The defaults without what Lifeguard adds, to compare with: local health never counts ({@code
   * maxLocalHealth} 0), the suspicion timeout is the longest and no confirmation shortens it
   * ({@code min = max}, k = 0), and a standstill of this process is not recognised ({@code pause} a
   * day). Probing, gossip and healing are the same. The data path is no setting: who compares lets
   * it answer unknown.
   */
  public static SwimConfig withoutLifeguard() {
    SwimConfig d = defaults();
    Probing p = d.probing;
    Healing h = d.healing;
    return d.with(new Probing(p.interval, p.ackTimeout, p.indirect, 0))
        .with(new Suspicion(d.suspicion.max, d.suspicion.max, 0))
        .with(new Healing(h.retry, h.grace, h.recheck, Duration.ofDays(1), h.settle));
  }

  /** What timeouts are multiplied by at n members: {@code max(1, log₂(n)/5)}. */
  public static double scale(int n) {
    return Math.max(1, Math.log(Math.max(1, n)) / Math.log(2) / 5);
  }

  /** These settings with other probing. */
  public SwimConfig with(Probing other) {
    return new SwimConfig(other, suspicion, gossip, healing, bounds);
  }

  /** These settings with other suspicion. */
  public SwimConfig with(Suspicion other) {
    return new SwimConfig(probing, other, gossip, healing, bounds);
  }

  /** These settings with other gossip. */
  public SwimConfig with(Dissemination other) {
    return new SwimConfig(probing, suspicion, other, healing, bounds);
  }

  /** These settings with other healing. */
  public SwimConfig with(Healing other) {
    return new SwimConfig(probing, suspicion, gossip, other, bounds);
  }

  /** These settings with other bounds. */
  public SwimConfig with(Bounds other) {
    return new SwimConfig(probing, suspicion, gossip, healing, other);
  }
}
