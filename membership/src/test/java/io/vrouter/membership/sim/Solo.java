package io.vrouter.membership.sim;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.engine.Effect;
import io.vrouter.membership.engine.Engine;
import io.vrouter.membership.engine.Input;
import io.vrouter.membership.engine.SwimConfig;
import io.vrouter.membership.wire.AckProof;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import io.vrouter.membership.wire.WireException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;

/** One engine, and others whose every word the test chooses. */
final class Solo {
  /** The incarnation of the first record of each of the others. */
  static final long FIRST = 5;

  /** What the settings in force by default are. */
  static final SwimConfig DEFAULTS = SwimConfig.defaults();

  /** The time of so many rounds of gossip. */
  static Duration rounds(double count) {
    return Duration.ofNanos(Math.round(DEFAULTS.gossip().interval().toNanos() * count));
  }

  /** One datagram of the engine. */
  record Sent(InetSocketAddress to, SwimMessage message) {}

  final SimNode one;
  final List<SimNode> others = new ArrayList<>();
  final Engine engine;

  /** What the engine said since {@link #forget}. */
  final List<Sent> said = new ArrayList<>();

  /** What the data path says; with no answer left, that it can't be asked. */
  final Deque<Answer> dataPath = new ArrayDeque<>();

  /** Whether a host answers a ping of its own or, by way of the helper asked, one for another. */
  BiPredicate<SimNode, SwimMessage> answers = (node, message) -> false;

  private final Deque<Sent> unread = new ArrayDeque<>();
  private final Deque<Input> inputs = new ArrayDeque<>();
  private long now;

  private final Simulator sim;

  Solo(SwimConfig config, int count) {
    this(config, count, false);
  }

  /** One engine that has the others from its last run, and has met none of them. */
  static Solo adopting(SwimConfig config, int count) {
    return new Solo(config, count, true);
  }

  private Solo(SwimConfig config, int count, boolean adopting) {
    sim = new Simulator(1, config);
    one = sim.add(0);
    engine =
        new Engine(
            config,
            one.signer,
            new SimKeys(),
            one.address(),
            1L << 32,
            1,
            Bytes.EMPTY,
            new SplittableRandom(1));
    for (int i = 0; i < count; i++) {
      others.add(sim.add(0));
    }
    if (adopting) {
      engine.adopt(others.stream().map(it -> head(it, FIRST).record(Bytes.EMPTY)).toList());
    }
    take(engine.step(new Input.Tick(), now));
    if (!adopting) {
      others.forEach(it -> hear(it, new News.Heard(head(it, FIRST), null, Standing.ALIVE)));
      forget();
    }
  }

  /** An identity with an address at which nobody is. */
  SimNode unlisted() {
    return sim.add(0);
  }

  /** One more host, which the engine has not heard of yet. */
  SimNode stranger() {
    SimNode other = sim.add(0);
    others.add(other);
    return other;
  }

  static SignedHead head(SimNode node, long incarnation) {
    return SignedHead.sign(
        node.signer,
        incarnation,
        incarnation,
        1,
        node.address(),
        MemberRecord.Intent.STAY,
        Bytes.EMPTY);
  }

  void forget() {
    said.clear();
    unread.clear();
  }

  void hear(SimNode from, News... news) {
    hear(from, new SwimMessage.Gossip(from.id(), List.of(news)));
  }

  void hear(SimNode from, SwimMessage message) {
    hear(from.address(), message);
  }

  /** A message that came from any address. */
  void hear(InetSocketAddress source, SwimMessage message) {
    take(engine.step(new Input.Datagram(source, Codec.encode(message)), now));
  }

  private void take(List<Effect> effects) {
    for (Effect effect : effects) {
      if (effect instanceof Effect.Send send) {
        try {
          Sent sent = new Sent(send.to(), Codec.decode(send.bytes()));
          said.add(sent);
          unread.add(sent);
        } catch (WireException e) {
          throw new AssertionError(e);
        }
      } else if (effect instanceof Effect.ProbeDataPath probe) {
        Answer answer = dataPath.isEmpty() ? Answer.UNKNOWN : dataPath.removeFirst();
        inputs.add(new Input.DataPathAnswer(probe.peer().id(), probe.probe(), answer));
      }
    }
  }

  void input(Input input) {
    take(engine.step(input, now));
  }

  /** The process stands still. */
  void pause(Duration time) {
    now += time.toNanos();
  }

  /** Lets time pass. */
  void pass(Duration time) {
    long end = now + time.toNanos();
    while (now < end) {
      now = Math.min(end, Math.max(now, engine.deadline()));
      take(engine.step(new Input.Tick(), now));
      while (!unread.isEmpty() || !inputs.isEmpty()) {
        if (inputs.isEmpty()) {
          react(unread.remove());
        } else {
          take(engine.step(inputs.remove(), now));
        }
      }
    }
  }

  private void react(Sent sent) {
    for (SimNode node : others) {
      if (sent.message instanceof SwimMessage.Ping ping
          && sent.to.equals(node.address())
          && answers.test(node, ping)) {
        hear(node, new SwimMessage.Ack(node.id(), ping.number(), List.of()));
      } else if (sent.message instanceof SwimMessage.PingReq request
          && request.target().equals(node.address())
          && answers.test(node, request)) {
        for (SimNode helper : others) {
          if (helper.address().equals(sent.to)) {
            hear(helper, relayed(helper, request.number(), node, node));
          }
        }
      }
    }
  }

  /** What a helper brings of a node's answer, whose proof may be another's. */
  SwimMessage.Ack relayed(SimNode helper, long question, SimNode responder, SimNode prover) {
    Bytes proof = AckProof.sign(prover.signer, one.id(), question);
    return new SwimMessage.Ack(helper.id(), question, responder.id(), proof, List.of());
  }

  MemberState state(SimNode node) {
    return Scenario.held(engine.view(), node.id()).state();
  }

  /** What it said of a kind. */
  <T extends SwimMessage> List<T> said(Class<T> kind) {
    return said.stream().map(Sent::message).filter(kind::isInstance).map(kind::cast).toList();
  }
}
