package io.vrouter.membership.sim;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Everything that can go wrong, by chance: loss, delay, jitter and so reorder, duplication, one-way
 * cuts, partitions, pauses, crashes with and without disk, kills, announced restarts, leaving,
 * clock jumps, churn, and hosts that claim what others claim.
 */
public final class SimStorm {
  /** So few things are claimed that many want the same. */
  private static final int THINGS = 20;

  private static final int CLAIM_BYTES = 40;

  private final Simulator sim;
  private final SplittableRandom random;
  private final int hosts;
  private long lamport;
  private long faults;

  /** A storm over all hosts there are. */
  public SimStorm(Simulator sim, long seed) {
    this.sim = sim;
    this.random = new SplittableRandom(seed);
    this.hosts = sim.nodes().size();
  }

  /** Faults so far. */
  public long faults() {
    return faults;
  }

  /** Has one fault after another for a while, ten a second at most, then mends the network. */
  public void rage(Duration time) {
    long end = sim.now() + time.toNanos();
    while (sim.now() < end) {
      faults++;
      fault(sim.nodes().get(random.nextInt(hosts)));
      sim.run(Duration.ofMillis(1 + random.nextInt(200)));
    }
    SimNetwork network = sim.network();
    network.heal();
    network.loss(0);
    network.duplication(0);
    sim.run(Duration.ofSeconds(5)); // those who stand still go on
  }

  private void fault(SimNode node) {
    SimNetwork network = sim.network();
    switch (random.nextInt(16)) {
      case 0 -> network.loss(random.nextDouble(0.3));
      case 1 -> network.duplication(random.nextDouble(0.3));
      case 2 ->
          network.delay(
              Duration.ofMillis(random.nextInt(10)), Duration.ofMillis(random.nextInt(30)));
      case 3 -> network.cutOneWay(node.index, random.nextInt(hosts));
      case 4 -> network.isolate(Set.of(node.index));
      case 5, 6 -> network.heal();
      case 7 -> {
        if (node.running()) {
          sim.pause(node, Duration.ofMillis(random.nextInt(5000)));
        }
      }
      case 8 -> {
        if (node.running()) {
          sim.jump(node, Duration.ofMillis(random.nextInt(20_000)));
        }
      }
      case 9, 10 -> stop(node);
      case 11 -> claim(node);
      case 12 -> {
        if (node.truth() == SimNode.Truth.CRASHED) {
          sim.wipe(node);
          sim.start(node);
        }
      }
      default -> {
        if (!node.running()) {
          sim.start(node);
        }
        claim(node);
      }
    }
  }

  private void stop(SimNode node) {
    if (node.running() && sim.now() >= node.pausedUntil) {
      switch (random.nextInt(4)) {
        case 0 -> sim.crash(node);
        case 1 -> sim.kill(node);
        case 2 -> sim.leave(node);
        default -> sim.announceRestart(node);
      }
    }
  }

  /** Publishes a claim with the number after the highest ever seen, as two at once may, too. */
  private void claim(SimNode node) {
    if (node.running()) {
      lamport += random.nextInt(2);
      ByteBuffer claim = ByteBuffer.allocate(CLAIM_BYTES);
      claim.putInt(random.nextInt(THINGS)).putLong(lamport);
      sim.publish(node, Bytes.from(claim.rewind()));
    }
  }

  private record Claim(long lamport, NodeId id) {
    boolean beats(Claim other) {
      return lamport != other.lamport ? lamport < other.lamport : id.compareTo(other.id) < 0;
    }
  }

  /** Who holds what, by the records of those alive: the lower of number and id. */
  private static Map<Integer, Claim> winners(List<Member> members) {
    Map<Integer, Claim> winners = new HashMap<>();
    for (Member member : members) {
      Bytes payload = member.record().payload();
      if (member.state() == MemberState.ALIVE && payload.length() == CLAIM_BYTES) {
        ByteBuffer in = payload.buffer();
        int thing = in.getInt();
        Claim claim = new Claim(in.getLong(), member.id());
        winners.merge(thing, claim, (a, b) -> a.beats(b) ? a : b);
      }
    }
    return winners;
  }

  /** Things of which a host holds another for the winner than is so: 0 when all is calm. */
  public long wrong(SimNode node) {
    List<Member> truth = sim.running().stream().map(n -> n.view().members().get(n.id())).toList();
    MembershipView view = node.view();
    Map<Integer, Claim> right = winners(truth);
    Map<Integer, Claim> held = winners(List.copyOf(view.members().values()));
    return right.entrySet().stream()
        .filter(entry -> !entry.getValue().equals(held.get(entry.getKey())))
        .count();
  }
}
