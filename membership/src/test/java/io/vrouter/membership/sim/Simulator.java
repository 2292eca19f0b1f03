package io.vrouter.membership.sim;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.Signer;
import io.vrouter.membership.engine.Effect;
import io.vrouter.membership.engine.Engine;
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
import java.util.PriorityQueue;
import java.util.SplittableRandom;
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
    /** Nothing: as if no path were installed. */
    UNKNOWN
  }

  private record Event(long at, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private static final int SOCKET_BUFFER = 512;
  private static final long LONELY = Duration.ofSeconds(1).toNanos();
  private static final long CALM = Duration.ofSeconds(10).toNanos();
  private static final int DISCOVERED = 8;

  private final long seed;
  private final SwimConfig config;
  private final SplittableRandom random;
  private final SimNetwork network;
  private final SimKeys keys = new SimKeys();
  private final Invariants invariants;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<SimNode> nodes = new ArrayList<>();
  private final Map<InetSocketAddress, SimNode> byAddress = new HashMap<>();
  private final Map<io.vrouter.membership.NodeId, MemberState> former = new HashMap<>();
  private long now;
  private long order;
  private long digest;
  private long steps;
  private long identities;
  private DataPathModel dataPath = DataPathModel.TRUTHFUL;
  private boolean multicast = true;

  /** An empty world. */
  public Simulator(long seed, SwimConfig config) {
    this.seed = seed;
    this.config = config;
    this.random = new SplittableRandom(seed);
    this.network = new SimNetwork(random.split());
    this.invariants = new Invariants(seed);
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
    return now;
  }

  /** A hash over every step so far. */
  public long digest() {
    return digest;
  }

  /** Inputs taken by all engines. */
  public long steps() {
    return steps;
  }

  /** The seed, for messages. */
  public long seed() {
    return seed;
  }

  /** How the data path answers from now on. */
  public void dataPath(DataPathModel model) {
    dataPath = model;
  }

  /** Off: nodes know only the first three hosts, as seeds. */
  public void multicast(boolean on) {
    multicast = on;
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
    node.goneAt.clear();
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
    node.tickAt = Long.MAX_VALUE;
    step(node, new Input.Tick());
    discover(node, engine);
  }

  private void discover(SimNode node, Engine engine) {
    if (node.engine != engine || !node.running()) {
      return;
    }
    look(node);
    boolean lonely =
        engine.view().members().values().stream()
                .filter(m -> m.state() == MemberState.ALIVE)
                .count()
            < 2;
    at(now + (lonely ? LONELY : CALM), () -> discover(node, engine));
  }

  private void look(SimNode node) {
    List<InetSocketAddress> found = new ArrayList<>();
    if (multicast) {
      for (int i = 0; i < 2 * DISCOVERED && found.size() < DISCOVERED; i++) {
        SimNode other = nodes.get(random.nextInt(nodes.size()));
        if (other != node && other.running() && network.connected(node.index, other.index)) {
          found.add(other.address);
        }
      }
    } else {
      nodes.stream().limit(3).filter(n -> n != node).forEach(n -> found.add(n.address));
    }
    at(now + network.latency() * 2, () -> step(node, new Input.Discovered(found)));
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
      former.put(node.id(), MemberState.REPLACED);
    }
    node.signer = keys.signer(seed * 1_000_003 + identities++);
    node.boot = 0;
    node.truth = SimNode.Truth.ABSENT;
  }

  /** Leaves in order. */
  public void leave(SimNode node) {
    node.truth = SimNode.Truth.LEFT;
    step(node, new Input.Leave(Intent.LEAVE));
  }

  /** Announces a restart and stops. */
  public void announceRestart(SimNode node) {
    node.truth = SimNode.Truth.KILLED;
    step(node, new Input.Leave(Intent.RESTART));
  }

  /** The process stands still; what arrives waits in the socket. */
  public void pause(SimNode node, Duration time) {
    node.pausedUntil = now + time.toNanos();
    at(
        node.pausedUntil,
        () -> {
          while (!node.backlog.isEmpty()) {
            step(node, node.backlog.remove());
          }
          step(node, new Input.Tick());
        });
  }

  /** Moves the host's monotonic clock forward, as a suspend to RAM may. */
  public void jump(SimNode node, Duration forward) {
    node.skew += forward.toNanos();
    step(node, new Input.Tick());
  }

  /** Gives a running daemon an input of its host. */
  public void input(SimNode node, Input input) {
    step(node, input);
  }

  /** Publishes a new payload. */
  public void publish(SimNode node, Bytes payload) {
    node.payload = payload;
    step(node, new Input.Publish(payload));
  }

  /** Keeps every event of the node from now on. */
  public void recordEvents(SimNode node) {
    node.keepEvents = true;
  }

  /** Does something later. */
  public void after(Duration delay, Runnable action) {
    at(now + delay.toNanos(), action);
  }

  private void at(long at, Runnable action) {
    events.add(new Event(at, order++, action));
  }

  /** Lets time pass. */
  public void run(Duration time) {
    runUntil(time, () -> false);
  }

  /**
   * Lets time pass until something holds, asked about once a virtual millisecond.
   *
   * @return how long it took in nanoseconds, or -1 when it did not hold in time
   */
  public long runUntil(Duration patience, BooleanSupplier condition) {
    long begin = now;
    long end = now + patience.toNanos();
    long check = now;
    for (Event event = events.peek(); event != null && event.at <= end; event = events.peek()) {
      if (event.at >= check) {
        check = event.at + 1_000_000;
        if (condition.getAsBoolean()) {
          return now - begin;
        }
      }
      events.poll();
      now = event.at;
      event.action.run();
    }
    now = end;
    return condition.getAsBoolean() ? now - begin : -1;
  }

  private void step(SimNode node, Input input) {
    Engine engine = node.engine;
    if (engine == null) {
      return;
    }
    if (now < node.pausedUntil) {
      if (node.backlog.size() < SOCKET_BUFFER && !(input instanceof Input.Tick)) {
        node.backlog.add(input);
      }
      return;
    }
    steps++;
    for (Effect effect : engine.step(input, now + node.skew)) {
      digest = SimKeys.mix(digest ^ SimKeys.mix(now ^ ((long) node.index << 48)) ^ hash(effect));
      invariants.check(node, effect, now);
      carryOut(node, engine, effect);
    }
    if ((steps & 0x3ff) == 0) {
      invariants.checkMemory(node, engine);
    }
    long deadline = engine.deadline() - node.skew;
    if (node.tickAt <= now || deadline < node.tickAt) {
      node.tickAt = deadline;
      at(deadline, () -> tick(node, deadline));
    }
  }

  private static long hash(Effect effect) {
    return effect instanceof Effect.Send send
        ? send.bytes().hashCode() * 31L + send.to().hashCode()
        : effect instanceof Effect.Emit emit ? emit.event().id().low() : 7;
  }

  private void tick(SimNode node, long at) {
    if (node.tickAt == at) {
      step(node, new Input.Tick());
    }
  }

  private void carryOut(SimNode node, Engine engine, Effect effect) {
    if (effect instanceof Effect.Send send) {
      transmit(node, send);
    } else if (effect instanceof Effect.Emit emit) {
      if (node.keepEvents) {
        node.events.add(emit.event());
      }
    } else if (effect instanceof Effect.ProbeDataPath probe) {
      probe(node, engine, probe);
    } else if (effect instanceof Effect.Discover) {
      look(node);
    } else if (effect instanceof Effect.Persist persist) {
      node.boot = persist.incarnation() >>> 32;
    } else if (effect instanceof Effect.LeaveDone) {
      node.engine = null;
    } else if (effect instanceof Effect.Frozen) {
      node.truth = SimNode.Truth.FROZEN;
    }
  }

  private void transmit(SimNode node, Effect.Send send) {
    SimNode target = byAddress.get(send.to());
    if (target == null || target.engine == null || network.loses()) {
      return;
    }
    if (!network.connected(node.index, target.index)) {
      return;
    }
    int copies = network.duplicates() ? 2 : 1;
    Input input = new Input.Datagram(node.address, send.bytes());
    for (int i = 0; i < copies; i++) {
      at(now + network.latency(), () -> step(target, input));
    }
  }

  private void probe(SimNode node, Engine engine, Effect.ProbeDataPath probe) {
    Member peer = probe.peer();
    SimNode target = byAddress.get(peer.record().endpoint());
    boolean forwards =
        target != null
            && target.id().equals(peer.id())
            && (target.running() || target.truth == SimNode.Truth.KILLED)
            && network.connected(node.index, target.index)
            && network.connected(target.index, node.index);
    Answer answer = forwards ? Answer.ANSWERED : Answer.SILENT;
    if (dataPath == DataPathModel.UNKNOWN) {
      answer = Answer.UNKNOWN;
    }
    long delay = forwards ? 2 * network.latency() : Duration.ofMillis(400).toNanos();
    Input input = new Input.DataPathAnswer(peer.id(), probe.probe(), answer);
    at(
        now + delay,
        () -> {
          if (node.engine == engine) {
            step(node, input);
          }
        });
  }

  /** Sends any bytes to a host, as a stranger could if there were no sealing. */
  public void inject(InetSocketAddress from, SimNode to, Bytes datagram) {
    step(to, new Input.Datagram(from, datagram));
  }

  /** Where views differ from the truth: empty when all are right. */
  public List<String> disagreements() {
    return new Truth(nodes, former).disagreements();
  }

  /** The state in which one host sees another, or null. */
  public static @Nullable MemberState seen(SimNode by, SimNode whom) {
    Member member = by.view().members().get(whom.id());
    return member == null ? null : member.state();
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
