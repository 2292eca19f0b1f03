package io.vrouter.membership.sim;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.engine.Engine;
import io.vrouter.membership.engine.Glimpse;
import io.vrouter.membership.engine.Input;
import io.vrouter.membership.engine.SwimConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Hosts, a network and one clock, all drawn from one seed: the same seed and the same calls give
 * the same {@link #digest}, step by step. Not thread-safe.
 */
public final class Simulator {
  /** What the data path says when it is asked. */
  public enum DataPathModel {
    /** The truth. */
    TRUTHFUL,
    /** The truth, after almost as long as anybody waits for it: the asking host is busy. */
    LATE,
    /** Nothing: as if no path were installed. */
    UNKNOWN
  }

  private static final int MOVED = 1 << 16;

  private final long seed;
  private final SwimConfig config;
  private final SplittableRandom random;
  private final SimNetwork network;
  private final SimKeys keys = new SimKeys();
  private final Invariants invariants;
  private final List<SimNode> nodes = new ArrayList<>();
  private final Map<InetSocketAddress, SimNode> byAddress = new HashMap<>();
  private final Map<NodeId, SimNode> former = new HashMap<>();
  private long identities;
  private final SimClock clock = new SimClock();
  private final SimRuntime runtime;

  /** An empty world. */
  public Simulator(long seed, SwimConfig config) {
    this.seed = seed;
    this.config = config;
    this.random = new SplittableRandom(seed);
    this.network = new SimNetwork(random.split());
    this.invariants = new Invariants(seed);
    this.runtime = new SimRuntime(clock, network, random, invariants, nodes, byAddress);
  }

  /** The network between the hosts. */
  public SimNetwork network() {
    return network;
  }

  /** Every host, in order of creation. */
  public List<SimNode> nodes() {
    return nodes;
  }

  /** Hosts whose daemon runs. */
  public List<SimNode> running() {
    return nodes.stream().filter(SimNode::running).toList();
  }

  /** Virtual nanoseconds since the beginning. */
  public long now() {
    return clock.now();
  }

  /** A hash over every step so far. */
  public long digest() {
    return runtime.digest;
  }

  /** Inputs taken by all engines. */
  public long steps() {
    return runtime.steps;
  }

  /** How often a running daemon, perhaps a paused one, was taken for failed: once per observer. */
  public long falseFailures() {
    return runtime.falseFailures;
  }

  /** How often a running daemon was suspected: once per observer. */
  public long falseSuspicions() {
    return runtime.falseSuspicions;
  }

  /** The seed, for messages. */
  public long seed() {
    return seed;
  }

  /** How the data path answers from now on. */
  public void dataPath(DataPathModel model) {
    runtime.dataPath = model;
  }

  /** Off: nodes know only the first three hosts, as seeds. */
  public void multicast(boolean on) {
    runtime.multicast = on;
  }

  /** Adds a host that is not started yet. */
  public SimNode add(int payloadBytes) {
    return addWith(keys.signer(seed * 1_000_003 + identities++), payloadBytes);
  }

  /** Adds a host with the identity of another: its state directory was copied. */
  public SimNode addClone(SimNode original) {
    SimNode clone = addWith(original.signer, original.payload.length());
    clone.boot = original.boot;
    return clone;
  }

  private SimNode addWith(Signer signer, int payloadBytes) {
    int index = nodes.size();
    SimNode node = new SimNode(index, address(index), signer, payload(payloadBytes));
    nodes.add(node);
    byAddress.put(node.address, node);
    return node;
  }

  /** Gives a host another address, which is returned: the old one is nobody's. */
  public InetSocketAddress readdress(SimNode node) {
    byAddress.remove(node.address);
    node.address = address(nodes.size() + MOVED + node.index);
    byAddress.put(node.address, node);
    return node.address;
  }

  /** Random octets. */
  public Bytes payload(int octets) {
    ByteBuffer buffer = ByteBuffer.allocate(octets);
    while (buffer.hasRemaining()) {
      buffer.put((byte) random.nextInt());
    }
    return Bytes.from(buffer.flip());
  }

  private static InetSocketAddress address(int index) {
    try {
      byte[] octets = {10, (byte) (index >> 16), (byte) (index >> 8), (byte) index};
      return new InetSocketAddress(InetAddress.getByAddress(octets), 7950);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four octets are an address", e);
    }
  }

  /** Starts the daemon: a new boot of the identity on its disk. */
  public void start(SimNode node) {
    node.boot++;
    node.truth = SimNode.Truth.RUNNING;
    node.backlog.clear();
    node.gone.clear();
    node.pausedUntil = Long.MIN_VALUE;
    Engine engine =
        new Engine(
            config,
            invariants.watch(node.signer),
            keys,
            node.address,
            node.boot << 32,
            random.nextLong(),
            node.payload,
            random.split());
    node.engine = engine;
    runtime.holders.put(node.id(), node);
    node.tickAt = Long.MAX_VALUE;
    runtime.step(node, new Input.Tick());
    runtime.discover(node, engine);
  }

  /** Stops the process without a word; the kernel goes on. */
  public void kill(SimNode node) {
    node.engine = null;
    node.truth = SimNode.Truth.KILLED;
  }

  /** The machine is gone. */
  public void crash(SimNode node) {
    node.engine = null;
    node.truth = SimNode.Truth.CRASHED;
  }

  /** Wipes the disk of a stopped host: it comes back as somebody else at the same address. */
  public void wipe(SimNode node) {
    if (node.boot > 0) {
      former.put(node.id(), node);
    }
    node.signer = keys.signer(seed * 1_000_003 + identities++);
    node.boot = 0;
    node.truth = SimNode.Truth.ABSENT;
  }

  /** Leaves in order. */
  public void leave(SimNode node) {
    node.truth = SimNode.Truth.LEFT;
    runtime.step(node, new Input.Leave(Intent.LEAVE));
  }

  /** Announces a restart and stops. */
  public void announceRestart(SimNode node) {
    node.truth = SimNode.Truth.KILLED;
    runtime.step(node, new Input.Leave(Intent.RESTART));
  }

  /** The process stands still; what arrives waits in the socket. */
  public void pause(SimNode node, Duration time) {
    node.pausedUntil = clock.now() + time.toNanos();
    clock.at(
        node.pausedUntil,
        () -> {
          if (clock.now() < node.pausedUntil) {
            return; // it was stopped again before it could go on
          }
          while (!node.backlog.isEmpty()) {
            runtime.step(node, node.backlog.remove());
          }
          runtime.step(node, new Input.Tick());
        });
  }

  /** Moves the host's monotonic clock forward, as a suspend to RAM may. */
  public void jump(SimNode node, Duration forward) {
    node.skew += forward.toNanos();
    runtime.step(node, new Input.Tick());
  }

  /** Gives a running daemon an input of its host. */
  public void input(SimNode node, Input input) {
    runtime.step(node, input);
  }

  /** Publishes a new payload. */
  public void publish(SimNode node, Bytes payload) {
    node.payload = payload;
    runtime.step(node, new Input.Publish(payload));
  }

  /** Keeps every event of the node from now on. */
  public void recordEvents(SimNode node) {
    node.keepEvents = true;
  }

  /** Does something later. */
  public void after(Duration delay, Runnable action) {
    clock.at(clock.now() + delay.toNanos(), action);
  }

  /** Lets time pass. */
  public void run(Duration time) {
    runUntil(time, time.plusSeconds(1), () -> false);
  }

  /**
   * Lets time pass until something holds, asked about once a virtual millisecond.
   *
   * @return how long it took in nanoseconds, or -1 when it did not hold in time
   */
  public long runUntil(Duration patience, BooleanSupplier condition) {
    return runUntil(patience, Duration.ofMillis(1), condition);
  }

  /** The same, asked about less often. */
  public long runUntil(Duration patience, Duration every, BooleanSupplier condition) {
    return clock.runUntil(patience.toNanos(), every.toNanos(), condition);
  }

  /** Lets time pass until all views equal the truth; -1 when they don't in time. */
  public long settle(Duration patience) {
    return runUntil(patience, Duration.ofMillis(250), () -> disagreements().isEmpty());
  }

  /** Watches what arrives. */
  public void tap(BiConsumer<SimNode, Input.Datagram> watcher) {
    runtime.tap = watcher;
  }

  /** Sends any bytes to a host, as a stranger could if there were no sealing. */
  public void inject(InetSocketAddress from, SimNode to, Bytes datagram) {
    runtime.step(to, new Input.Datagram(from, datagram));
  }

  /** The signer of a host's identity, for records that no engine makes. */
  public Signer signer(SimNode node) {
    return invariants.watch(node.signer);
  }

  /** Where views differ from the truth: empty when all are right. */
  public List<String> disagreements() {
    return new Truth(nodes, former).disagreements();
  }

  /** The state in which one host sees another, or null. */
  public static @Nullable MemberState seen(SimNode by, SimNode whom) {
    return Glimpse.state(by.daemon(), whom.id());
  }

  /** Whether every running host but the one itself sees it in the state. */
  public boolean allSee(SimNode whom, MemberState state) {
    for (SimNode node : nodes) {
      if (node.running() && node != whom && seen(node, whom) != state) {
        return false;
      }
    }
    return true;
  }
}
