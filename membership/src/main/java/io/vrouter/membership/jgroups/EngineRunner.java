package io.vrouter.membership.jgroups;

import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.Defects;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.engine.Counters;
import io.vrouter.membership.engine.Effect;
import io.vrouter.membership.engine.Engine;
import io.vrouter.membership.engine.Input;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Feeds the engine, performs its effects and schedules discovery. One thread at a time. */
final class EngineRunner implements EngineThread.Work {
  /** Expected answers to one multicast request. */
  private static final double ANSWERS = 8;

  /** The type of a datagram with a chunk, on the wire. */
  private static final byte CHUNK = 11;

  private final JGroupsConfig config;
  private final Engine engine;
  private final Problems problems;
  private final SeedBook seeds;
  private final Set<InetSocketAddress> peers;
  private final DiscoverySchedule schedule;
  private final PriorityLimit precedence;
  private final List<Consumer<MembershipEvent>> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> left = new CompletableFuture<>();

  private volatile MembershipView view;
  private volatile Counters counters;
  private int others;

  private final Outside outside;

  /** Carries out effects. */
  interface Outside {
    void send(Effect.Send send);

    void askGroup(boolean answers);

    void groupChance(double chance);

    void followDevice();

    /** This datagram is malformed, or contains a record that its origin did not sign. */
    void offended(Input.Datagram datagram);

    void submit(Input input);
  }

  EngineRunner(
      JGroupsConfig config,
      Engine engine,
      Problems problems,
      SeedBook seeds,
      List<InetSocketAddress> peers,
      Outside outside) {
    this.config = config;
    this.engine = engine;
    this.problems = problems;
    this.seeds = seeds;
    this.peers = new LinkedHashSet<>(peers);
    this.outside = outside;
    this.peers.removeAll(config.own());
    this.precedence = new PriorityLimit(config.urgency(), config.nanoTime());
    this.schedule = new DiscoverySchedule(config.nanoTime().getAsLong());
    this.view = engine.view();
    this.counters = engine.counters();
  }

  MembershipView view() {
    return view;
  }

  Counters counters() {
    return counters;
  }

  void listen(Consumer<MembershipEvent> listener) {
    listeners.add(listener);
  }

  /** Completes when the departure was acknowledged. */
  CompletableFuture<Void> left() {
    return left;
  }

  @Override
  public void begin() {
    precedence.worked();
  }

  @Override
  public void take(Input input, long now) {
    precedence.worked();
    if (input instanceof Input.LinkUp) {
      outside.followDevice();
      schedule.restart(now);
    }
    Counters before = counters;
    perform(engine.step(input, now), now);
    if (input instanceof Input.Datagram datagram && offends(before, counters, datagram)) {
      outside.offended(datagram);
    }
  }

  /**
   * A node passes on only verified records, so the sender is at fault; only a payload's chunks are
   * joined unverified.
   */
  private static boolean offends(Counters before, Counters after, Input.Datagram datagram) {
    return after.malformed() + after.forged() > before.malformed() + before.forged()
        && (datagram.bytes().length() < 2 || datagram.bytes().byteAt(1) != CHUNK);
  }

  @Override
  public long deadline() {
    long engines = engine.deadline();
    return schedule.due() - engines < 0 ? schedule.due() : engines;
  }

  @Override
  public void time(long now) {
    if (engine.deadline() - now <= 0) {
      perform(engine.step(new Input.Tick(), now), now);
    }
    if (schedule.due() - now <= 0) {
      look(now);
    }
  }

  @Override
  public void fault(RuntimeException e) {
    problems.pass(
        "gossip-fault", "", "the gossip thread went on after " + e, "report it, with the log");
  }

  private void look(long now) {
    schedule.done(now, others);
    Set<InetSocketAddress> addresses = seeds.addresses();
    addresses.addAll(peers);
    if (!addresses.isEmpty()) {
      perform(engine.step(new Input.Discovered(List.copyOf(addresses)), now), now);
    }
    if (config.multicast()) {
      outside.askGroup(others == 0);
    }
  }

  // An unchanged view is the same object; comparing members would cost O(n).
  @SuppressWarnings("ReferenceEquality")
  private void perform(List<Effect> effects, long now) {
    MembershipView next = engine.view();
    if (next != view) {
      view = next;
      counted(now);
    }
    counters = engine.counters();
    for (Effect effect : effects) {
      perform(effect, now);
    }
  }

  private void counted(long now) {
    int alive = 0;
    for (Member member : view.members().values()) {
      if (member.state() == MemberState.ALIVE && !member.id().equals(view.self())) {
        alive++;
      }
    }
    if (alive != others) {
      others = alive;
      outside.groupChance(Math.min(1, ANSWERS / Math.max(1, alive)));
      if (alive == 0) {
        schedule.alone(now);
      }
    }
  }

  void perform(Effect effect, long now) {
    if (effect instanceof Effect.Send send) {
      outside.send(send);
    } else if (effect instanceof Effect.Emit emit) {
      emit(emit.event());
    } else if (effect instanceof Effect.ProbeDataPath probe) {
      probe(probe);
    } else if (effect instanceof Effect.Discover) {
      schedule.hurry(now);
    } else if (effect instanceof Effect.Persist persist) {
      persist(persist.incarnation());
    } else if (effect instanceof Effect.LeaveDone) {
      left.complete(null);
    } else {
      throw new IllegalStateException("an effect of an unknown kind: " + effect);
    }
  }

  private void emit(MembershipEvent event) {
    if (event instanceof MembershipEvent.Warning warning) {
      problems.put(warning);
    }
    for (Consumer<MembershipEvent> listener : listeners) {
      try {
        listener.accept(event);
      } catch (RuntimeException e) {
        Defects.caught("a listener of membership events", e);
      }
    }
  }

  private void probe(Effect.ProbeDataPath effect) {
    Member peer = effect.peer();
    Consumer<Answer> answer =
        said -> outside.submit(new Input.DataPathAnswer(peer.id(), effect.probe(), said));
    try {
      config.probe().probe(peer, answer);
    } catch (RuntimeException e) {
      Defects.caught("probing a data path", e);
      answer.accept(Answer.UNKNOWN);
    }
  }

  private void persist(long incarnation) {
    try {
      config.identity().persistBoots(incarnation >>> 32);
    } catch (IOException e) {
      problems.put(
          "boot-count-unwritable",
          "",
          "keeping the number of boots in the state directory: " + e,
          "let this program write there, else its next start may be taken for an old record");
    }
  }
}
