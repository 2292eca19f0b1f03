package io.vrouter.membership.jgroups;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.Membership;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.MembershipException;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.Ed25519Verifier;
import io.vrouter.membership.crypto.KeyBook;
import io.vrouter.membership.crypto.KeyReport;
import io.vrouter.membership.engine.Counters;
import io.vrouter.membership.engine.Effect;
import io.vrouter.membership.engine.Engine;
import io.vrouter.membership.engine.Input;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SWIM membership over JGroups' transport. Two threads of its own: {@code gossip} owns the engine,
 * {@code discovery} does blocking work (names, files). One object is one boot and starts once.
 */
public final class JGroupsMembership implements Membership {
  private static final Logger LOG = LoggerFactory.getLogger(JGroupsMembership.class);

  /** Most octets of an application's message: one datagram of 1,200 octets carries it. */
  public static final int MAX_PASSED = 1_000;

  private static final long FOLLOW_SECONDS = 1;
  private static final long SAVE_SECONDS = 5;
  private static final long SAVE_RECORDS_SECONDS = 1;
  private static final long RESOLVE_SECONDS = 30;
  private static final long RESOLVE_ALONE_SECONDS = 5;

  private final JGroupsConfig config;
  private final Problems problems;
  private final SavedMembers saved;
  private final SeedBook seeds;
  private final List<Consumer<MembershipEvent>> early = new ArrayList<>();
  private final Wiring wiring = new Wiring();
  private final Transport transport;
  private final SlowTasks chores = new SlowTasks("discovery");

  private volatile @Nullable Running running;
  private boolean over;

  /** Set by {@link #start}. */
  private record Running(EngineThread loop, EngineRunner gossip) {}

  /** Prepares a boot, the longest part of a start; binds, reads and writes nothing yet. */
  public JGroupsMembership(JGroupsConfig config) {
    this.config = config;
    this.problems = new Problems(config.identity().id(), config.nanoTime());
    this.saved = new SavedMembers(config, problems);
    this.seeds = new SeedBook(config, problems);
    this.transport = new Transport(config, problems, wiring::message, wiring::discovered);
    config.identity().problems().forEach(problems::put);
    config.keys().problems().forEach(problems::put);
    config.keys().electorate(new Voters(this::view));
  }

  @Override
  public NodeId self() {
    return config.identity().id();
  }

  @Override
  public synchronized void start(Bytes payload) throws MembershipException {
    if (running != null || over) {
      throw new IllegalStateException("a membership is started once");
    }
    Engine engine =
        new Engine(
            config.swim(),
            config.identity(),
            new Ed25519Verifier(),
            config.self(),
            config.identity().incarnation(),
            config.identity().bootNonce(),
            payload,
            config.random());
    engine.adopt(saved.records());
    EngineRunner gossip =
        new EngineRunner(config, engine, problems, seeds, saved.peers(), new Effects());
    early.forEach(gossip::listen);
    EngineThread loop = new EngineThread(gossip, config.nanoTime());
    wiring.loop = loop;
    loop.submit(new Input.Tick());
    transport.keys().listen(ids -> loop.submit(new Input.Ban(ids)), saved::rekeyed);
    transport.open();
    running = new Running(loop, gossip);
    transport.link().reserve(new MemberAddresses(gossip::view, config.nanoTime()));
    loop.start();
    chores.every(FOLLOW_SECONDS, () -> transport.follow(view()));
    chores.every(SAVE_SECONDS, () -> saved.savePeers(view()));
    chores.every(SAVE_RECORDS_SECONDS, () -> saved.saveRecords(view()));
    if (seeds.hasNames()) {
      chores.after(0, this::resolveSeeds);
    }
  }

  /** Connects the stack, which is built first, to the engine thread. */
  private final class Wiring {
    private volatile @Nullable EngineThread loop;

    void message(InetSocketAddress from, Bytes bytes) {
      offer(new Input.Datagram(from, bytes));
    }

    void discovered(InetSocketAddress address) {
      if (!config.own().contains(address)) {
        offer(new Input.Discovered(List.of(address)));
      }
    }

    private void offer(Input input) {
      EngineThread to = loop;
      if (to != null && !to.offer(input)) {
        transport.counters().queueFull.increment();
        problems.pass(
            "gossip-queue-full",
            "",
            "datagrams were dropped because the gossip thread was behind",
            "give this host's daemon more CPU");
      }
    }
  }

  /** The engine's effects outside its thread. */
  private final class Effects implements EngineRunner.Outside {
    @Override
    public void send(Effect.Send send) {
      transport.swim().send(send.to(), send.bytes());
    }

    @Override
    public void askGroup(boolean answers) {
      transport.swim().askGroup(answers);
    }

    @Override
    public void groupChance(double chance) {
      transport.link().groupChance(chance);
    }

    @Override
    public void followDevice() {
      transport.followDevice();
    }

    @Override
    public void offended(Input.Datagram datagram) {
      NodeId node = SWIM.sender(datagram.bytes());
      if (node != null) {
        transport.offended(node, datagram.from());
      }
    }

    @Override
    public void submit(Input input) {
      JGroupsMembership.this.submit(input);
    }
  }

  private void submit(Input input) {
    Running now = running;
    if (now != null) {
      now.loop.submit(input);
    }
  }

  private void resolveSeeds() {
    resolveOnce();
    boolean alone = view().members().size() <= 1;
    chores.after(alone ? RESOLVE_ALONE_SECONDS : RESOLVE_SECONDS, this::resolveSeeds);
  }

  private void resolveOnce() {
    if (seeds.resolve()) {
      submit(new Input.Discovered(List.copyOf(seeds.addresses())));
    }
  }

  @Override
  public void publish(Bytes payload) {
    if (payload.length() > MemberRecord.MAX_PAYLOAD) {
      throw new IllegalArgumentException(
          "a payload has at most " + MemberRecord.MAX_PAYLOAD + " bytes, not " + payload.length());
    }
    submit(new Input.Publish(payload));
  }

  @Override
  public MembershipView view() {
    Running now = running;
    return now == null ? new MembershipView(self(), Map.of(), false) : now.gossip.view();
  }

  @Override
  public Duration sinceLastTurn() {
    Running now = running;
    long turned = now == null ? 0 : now.loop.turned();
    return now == null ? Duration.ZERO : Duration.ofNanos(config.nanoTime().getAsLong() - turned);
  }

  @Override
  public synchronized void listen(Consumer<MembershipEvent> listener) {
    Running now = running;
    if (now == null) {
      early.add(listener);
    } else {
      now.gossip.listen(listener);
    }
  }

  @Override
  public void linkChanged() {
    submit(new Input.LinkUp());
    if (seeds.hasNames()) {
      chores.after(0, this::resolveOnce);
    }
  }

  @Override
  public void linkLost() {
    submit(new Input.LinkDown());
  }

  @Override
  public void forget(NodeId id) {
    submit(new Input.Forget(id));
  }

  @Override
  public void leave(MemberRecord.Intent intent, Duration patience) {
    Running now = running;
    if (now != null) {
      now.loop.submit(new Input.Leave(intent));
      try {
        now.gossip.left().get(patience.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        LOG.warn("nobody acknowledged {} within {}", intent, patience);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException e) {
        LOG.error("leaving failed", e);
      }
    }
    close();
    if (intent == MemberRecord.Intent.LEAVE) {
      saved.left();
    }
  }

  /**
   * Sends a message of the application to a member, sealed and signed for by the session as gossip
   * is; it may get lost. Does nothing when the member is unknown or this node doesn't run.
   *
   * @throws IllegalArgumentException when longer than {@link #MAX_PASSED}
   */
  public void pass(NodeId to, Bytes content) {
    if (content.length() > MAX_PASSED) {
      throw new IllegalArgumentException(
          "a message has at most " + MAX_PASSED + " octets, not " + content.length());
    }
    Member member = view().members().get(to);
    if (member != null && running != null) {
      transport.swim().pass(member.record().endpoint(), self(), content);
    }
  }

  /**
   * Passes the messages of {@link #pass} on, each with the node of its session; replaces an earlier
   * listener. Called on the transport's threads: it must return at once.
   */
  public void passed(BiConsumer<NodeId, Bytes> listener) {
    transport.swim().passed(listener);
  }

  /** The transport's counters; all zero before the start. */
  public TransportCounters transportStats() {
    return transport.stats();
  }

  /** The engine's counters, or null before the start. */
  public @Nullable Counters engineCounters() {
    Running now = running;
    return now == null ? null : now.gossip.counters();
  }

  /** Present problems: code, message and fix of each. */
  public List<Warning> problems() {
    return problems.list();
  }

  /** This node's address and port as others reach it. */
  public InetSocketAddress endpoint() {
    return config.self();
  }

  /** The keys and tokens of the mesh. */
  public KeyBook keys() {
    return config.keys();
  }

  /** The state of the keys, here and at peers. */
  public KeyReport keyReport() {
    return transport.link().keys();
  }

  @Override
  public void close() {
    chores.close();
    Running now = running;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      if (now != null) {
        saved.savePeers(view());
        saved.saveRecords(view());
      }
    }
    if (now != null) {
      now.loop.stop();
    }
    transport.close();
  }
}
