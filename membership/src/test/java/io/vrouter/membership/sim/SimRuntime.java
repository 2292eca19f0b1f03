package io.vrouter.membership.sim;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.engine.Effect;
import io.vrouter.membership.engine.Engine;
import io.vrouter.membership.engine.Glimpse;
import io.vrouter.membership.engine.Input;
import io.vrouter.membership.wire.SignedHead;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/** Feeds the engines and carries out their effects. */
final class SimRuntime {
  private static final Input TICK = new Input.Tick();
  private static final int SOCKET_BUFFER = 512;
  private static final long LONELY = Duration.ofSeconds(1).toNanos();
  private static final long CALM = Duration.ofSeconds(10).toNanos();
  private static final int DISCOVERED = 8;

  private final SimClock clock;
  private final SimNetwork network;
  private final SplittableRandom random;
  private final Invariants invariants;
  private final List<SimNode> nodes;
  private final Map<InetSocketAddress, SimNode> byAddress;
  Simulator.DataPathModel dataPath = Simulator.DataPathModel.TRUTHFUL;
  boolean multicast = true;
  BiConsumer<SimNode, Input.Datagram> tap = (node, datagram) -> {};
  long digest;
  long steps;

  /** Who started last with an identity. */
  final Map<NodeId, SimNode> holders = new HashMap<>();

  private final Map<SignedHead, SignedHead> heads = new HashMap<>();
  private final Map<Bytes, Bytes> payloads = new HashMap<>();

  long falseFailures;
  long falseSuspicions;

  SimRuntime(
      SimClock clock,
      SimNetwork network,
      SplittableRandom random,
      Invariants invariants,
      List<SimNode> nodes,
      Map<InetSocketAddress, SimNode> byAddress) {
    this.clock = clock;
    this.network = network;
    this.random = random;
    this.invariants = invariants;
    this.nodes = nodes;
    this.byAddress = byAddress;
  }

  void discover(SimNode node, Engine engine) {
    if (node.engine != engine || !node.running()) {
      return;
    }
    look(node);
    long wait = Glimpse.lonely(engine) ? LONELY : CALM;
    clock.at(clock.now() + wait, () -> discover(node, engine));
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
    clock.at(clock.now() + network.latency() * 2, () -> step(node, new Input.Discovered(found)));
  }

  void step(SimNode node, Input input) {
    Engine engine = node.engine;
    if (engine == null) {
      return;
    }
    if (clock.now() < node.pausedUntil) {
      if (node.backlog.size() < SOCKET_BUFFER && !(input instanceof Input.Tick)) {
        node.backlog.add(input);
      }
      return;
    }
    steps++;
    if (input instanceof Input.Datagram datagram) {
      tap.accept(node, datagram);
    }
    for (Effect effect : engine.step(input, clock.now() + node.skew)) {
      digest =
          SimKeys.mix(digest ^ SimKeys.mix(clock.now() ^ ((long) node.index << 48)) ^ hash(effect));
      if (effect instanceof Effect.Send) {
        node.spoke = clock.now();
      }
      invariants.check(node, effect, clock.now(), holders);
      carryOut(node, engine, effect);
    }
    if ((steps & 0x3ff) == 0) {
      invariants.checkMemory(node, engine, nodes.size());
    }
    long deadline = engine.deadline() - node.skew;
    if (node.tickAt <= clock.now() || deadline < node.tickAt) {
      wake(node, deadline);
    }
  }

  private void wake(SimNode node, long at) {
    node.tickAt = at;
    clock.at(at, () -> tick(node, at));
  }

  private static long hash(Effect effect) {
    return effect instanceof Effect.Send send
        ? hash(send.bytes()) * 31L + send.to().hashCode()
        : effect instanceof Effect.Emit emit ? emit.event().id().low() : 7;
  }

  private static long hash(Bytes octets) {
    long hash = octets.length();
    int at = 0;
    for (; at + Long.BYTES <= octets.length(); at += Long.BYTES) {
      hash = (hash ^ octets.longAt(at)) * 0x9e3779b97f4a7c15L;
      hash ^= hash >>> 32;
    }
    for (; at < octets.length(); at++) {
      hash = (hash ^ octets.byteAt(at)) * 0x9e3779b97f4a7c15L;
    }
    return hash;
  }

  private void tick(SimNode node, long at) {
    Engine engine = node.engine;
    if (node.tickAt != at || engine == null) {
      return;
    }
    long deadline = engine.deadline() - node.skew;
    if (deadline > clock.now()) {
      wake(node, deadline); // what it was for has been cancelled
    } else {
      step(node, TICK);
    }
  }

  private void carryOut(SimNode node, Engine engine, Effect effect) {
    if (effect instanceof Effect.Send send) {
      transmit(node, send);
    } else if (effect instanceof Effect.Emit emit) {
      count(emit.event());
      Glimpse.share(engine, emit.event().id(), heads, payloads);
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
    } else {
      throw new IllegalArgumentException("unknown effect " + effect);
    }
  }

  private void count(MembershipEvent event) {
    if (event instanceof MembershipEvent.Transition transition
        && (transition.to() == MemberState.FAILED || transition.to() == MemberState.SUSPECT)
        && runs(transition.id())) {
      if (transition.to() == MemberState.FAILED) {
        falseFailures++;
      } else {
        falseSuspicions++;
      }
    }
  }

  private boolean runs(NodeId id) {
    SimNode holder = holders.get(id);
    return holder != null && holder.running();
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
      clock.at(clock.now() + network.latency(), () -> step(target, input));
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
    if (dataPath == Simulator.DataPathModel.UNKNOWN) {
      answer = Answer.UNKNOWN;
    }
    long delay = forwards ? 2 * network.latency() : Duration.ofMillis(400).toNanos();
    if (dataPath == Simulator.DataPathModel.LATE) {
      delay = Duration.ofMillis(1400).toNanos();
    }
    Input input = new Input.DataPathAnswer(peer.id(), probe.probe(), answer);
    clock.at(
        clock.now() + delay,
        () -> {
          if (node.engine == engine) {
            step(node, input);
          }
        });
  }
}
