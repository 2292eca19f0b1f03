package io.vrouter.membership.engine;

import java.time.Duration;

/**
 * All parameters of the {@link Engine}. The defaults suit 2 to 5,000 nodes; {@code n} below is the
 * number of members believed alive, this one included.
 *
 * <p>Timeouts that must grow with the mesh use one factor, {@link #scale}: {@code max(1,
 * log₂(n)/5)}, which is 1 up to 32 nodes, 1.3 at 100, 2 at 1,000. News need O(log n) rounds to
 * reach all members, so a wait for an answer to news must grow by O(log n).
 */
public record SwimConfig(
    Probing probing, Suspicion suspicion, Dissemination gossip, Healing healing, Bounds bounds) {

  /**
   * Failure detection (SWIM, section 3; Lifeguard, section IV-A).
   *
   * @param interval one probe per interval and node, so that a member is probed once per interval
   *     on average, whatever n is. From 10 nodes on, two at once every two intervals: the successor
   *     on the ring of ids and the next member in random order; below, a fixed order. The first
   *     probe that a dead member fails is later than t with probability {@code
   *     (1-t/(2·interval))·e^(-t/(2·interval))}; without a live predecessor on the ring only the
   *     exponential holds. Costs one ping and one ack of 107 bytes each, sealed, per interval.
   *     Doubling it halves traffic and doubles detection time. 180 ms
   * @param ackTimeout a direct ping without ack is repeated after this time, together with indirect
   *     pings, and once more half way to the end of the interval. Above the 99th percentile of the
   *     round trip. Lower wastes indirect pings on slow members; higher leaves the helpers less
   *     time, {@code interval - ackTimeout}. 80 ms
   * @param indirect number of helpers. Without an ack and without a nack the member is probed once
   *     more before it is suspected. Each helper lowers false suspicions by the factor {@code
   *     1-(1-loss)⁴}, each of the three direct pings by {@code 1-(1-loss)²}; each costs two
   *     datagrams per failed ping. 3
   * @param maxLocalHealth ceiling of the local health score h, which multiplies interval and
   *     timeouts of this node's probes by {@code h+1}. Higher tolerates slower hosts, and such a
   *     host detects failures later. 8
   */
  public record Probing(Duration interval, Duration ackTimeout, int indirect, int maxLocalHealth) {}

  /**
   * The time a suspect has to refute (Lifeguard, section IV-B): {@code max(min, max -
   * (max-min)·ln(c+1)/ln(k+1))} after c independent confirmations, both multiplied by {@link
   * #scale}. Each answer without a refutation extends it to {@code min} from then, up to {@code
   * 5·max} in all; a standstill of this process starts it over, up to five times; a member known
   * for less than 3 s has {@code max} whatever the confirmations.
   *
   * @param min applies at k confirmations, and in a mesh of two. Covers the way of the rumour to
   *     the suspect and of the refutation back. Lower fails busy hosts; higher detects later. 500
   *     ms
   * @param max applies without a confirmation. Higher tolerates a slow accuser longer. 1.2 s
   * @param confirmations k = min(confirmations, n-2). Higher tolerates more slow accusers and
   *     detects later. 3
   */
  public record Suspicion(Duration min, Duration max, int confirmations) {}

  /**
   * Dissemination of news (SWIM, section 4.1) and push/pull.
   *
   * @param interval time between two rounds. The first round after a calm starts at once; items
   *     with fewer than two rounds are sent four times as often, bounded by a token bucket of 20
   *     rounds and one more per two intervals. Without news nothing is sent. 100 ms
   * @param fanout members per round. {@code log(n)/log(fanout+1)} rounds reach all. 3
   * @param retransmit each node sends an item {@code ceil(retransmit·ln(n+1))} times. A node is
   *     missed with probability {@code e^(-retransmit·ln(n+1)·(1-loss))} and then waits for
   *     push/pull. 3
   * @param announce members to which the origin sends its new record at once. 8
   * @param exchange time between two push/pulls with a random member, multiplied by {@link #scale};
   *     makes all views equal. One without a difference costs two datagrams; after one with a
   *     difference the next comes eight times sooner. 4 s
   */
  public record Dissemination(
      Duration interval, int fanout, int retransmit, int announce, Duration exchange) {}

  /**
   * Return of members and of this node.
   *
   * @param retry one lost member or one discovered address is tried per interval, without end: a
   *     fixed budget per node whatever fails. With lost members only it is multiplied by {@code
   *     max(1, min(4, n/4, 48/lost))}: all nodes try, so from 4 to 16 nodes a mesh tries one every
   *     63 ms, and an answer starts a wave over all others. Each try of an absent neighbour keeps
   *     the kernel from resolving its link address for up to 1 s, so more tries don't find it
   *     sooner. 250 ms
   * @param grace {@code RESTARTING} becomes {@code FAILED} after this time. Longer survives slower
   *     upgrades; shorter drops routes to a daemon that never returns sooner. 60 s
   * @param recheck time between two data path probes of a restarting member; two silences in a row
   *     fail it. 2 s
   * @param pause a step this much later than its deadline counts as a standstill of this process:
   *     it drops its open probes and refutes before it accuses. Above scheduling jitter, at most
   *     the shortest suspicion. 400 ms
   * @param settle a view counts as settled without a first exchange after this time. 300 ms
   */
  public record Healing(
      Duration retry, Duration grace, Duration recheck, Duration pause, Duration settle) {}

  /**
   * Bounds of memory and traffic.
   *
   * @param members members and tombstones kept. A new one displaces a member that never sent
   *     anything from its endpoint to this node, else a tombstone, else the one that failed longest
   *     ago; else it is dropped and counted. 10,000
   * @param pulls records requested at once; the rest waits in line. 64
   * @param addresses discovered addresses waiting to be contacted. 1,024
   * @param tombstone time for which left, replaced and forgotten members block old records about
   *     them. A node cut off for longer may bring one back as failed. Spread for the first half
   *     only, so that nodes that dropped them don't receive them again. 24 h
   * @param leaveAcks members that must acknowledge a leave (or all, when fewer live). 3
   * @param perAddress identities that are alive or failed at one underlay address. A new one
   *     displaces one that failed, or that never sent anything to this node. Lower than 2 refuses a
   *     second daemon on a host. 4
   * @param arrivals new identities per underlay address and minute. 8
   * @param bytes bytes of the records of all members, plus 512 bytes for each member. The largest
   *     records of strangers are dropped first. 6 MiB
   * @param stranger time after which a failed member is dropped that never sent anything from its
   *     endpoint to this node. Failed members are advertised for the first half only. 10 min
   */
  public record Bounds(
      int members,
      int pulls,
      int addresses,
      Duration tombstone,
      int leaveAcks,
      int perAddress,
      int arrivals,
      long bytes,
      Duration stranger) {
    /** These bounds with another number of members. */
    public Bounds withMembers(int other) {
      return new Bounds(
          other, pulls, addresses, tombstone, leaveAcks, perAddress, arrivals, bytes, stranger);
    }

    /** These bounds with another life of tombstones. */
    public Bounds withTombstone(Duration other) {
      return new Bounds(
          members, pulls, addresses, other, leaveAcks, perAddress, arrivals, bytes, stranger);
    }
  }

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
        new Bounds(
            10_000,
            64,
            1024,
            Duration.ofHours(24),
            3,
            4,
            8,
            6L * 1024 * 1024,
            Duration.ofMinutes(10)));
  }

  /**
   * The defaults without what Lifeguard adds, to compare with: local health never counts ({@code
   * maxLocalHealth} 0), the suspicion timeout is the longest and no confirmation shortens it
   * ({@code min = max}, k = 0), and a standstill of this process is not recognised ({@code pause} a
   * day). Probing, gossip and healing are the same. The data path is no setting: a comparison lets
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

  /** The factor of timeouts at n members: {@code max(1, log₂(n)/5)}. */
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
