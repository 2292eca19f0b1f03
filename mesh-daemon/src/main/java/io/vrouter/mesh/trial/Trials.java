package io.vrouter.mesh.trial;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.DaemonThreads;
import io.vrouter.membership.NodeId;
import io.vrouter.netlink.socket.UnfragmentedSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs trials with other members, and takes part in theirs. Requests of members are bounded: two
 * trials at once, one at a time of each member, and one {@link TrialMessage.Run} every few seconds
 * for all members together. Thread-safe.
 */
public final class Trials implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Trials.class);
  private static final int THREADS = 4;
  private static final int ECHOES_PER_SECOND = 100;
  private static final Duration PATIENCE = Duration.ofMillis(200);
  private static final int TRIES = 8;
  private static final Duration MOST = Duration.ofMillis(1_500);
  private static final Duration BULK = Duration.ofMillis(300);
  private static final int ECHOES = 10;

  private final TrialHost host;
  private final BiConsumer<NodeId, Bytes> pass;
  private final RandomGenerator random;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          THREADS,
          1,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          DaemonThreads.numbered("trial-"));
  private final Map<Long, CompletableFuture<TrialMessage>> awaited = new ConcurrentHashMap<>();
  private final TrialResponder responder;
  private final Runs runs;
  private long echoSecond;
  private int echoes;

  /**
   * Takes part from now on, when {@link #received} gets the messages.
   *
   * @param pass sends a message to a member, which may get lost
   */
  public Trials(TrialHost host, BiConsumer<NodeId, Bytes> pass, RandomGenerator random) {
    this.host = host;
    this.pass = pass;
    this.random = random;
    this.responder = new TrialResponder(host, this::send);
    this.runs = new Runs(this);
  }

  /** Handles a member's message; returns at once. */
  public void received(NodeId from, Bytes octets) {
    TrialMessage message;
    try {
      message = TrialMessage.decode(octets);
    } catch (IllegalArgumentException e) {
      LOG.debug("a message of {} is no trial's: {}", from.abbreviated(), e.getMessage());
      return;
    }
    if (message instanceof TrialMessage.Echo) {
      if (mayEcho()) {
        send(from, new TrialMessage.Echoed(message.id()));
      }
    } else if (message instanceof TrialMessage.Open open) {
      execute(from, message, () -> responder.respond(from, open));
    } else if (message instanceof TrialMessage.Ask) {
      responder.answer(from, message.id());
    } else if (message instanceof TrialMessage.Run run) {
      runs.asked(from, run);
    } else {
      CompletableFuture<TrialMessage> waiting = awaited.get(key(from, message.id()));
      if (waiting != null) {
        waiting.complete(message);
      }
    }
  }

  private synchronized boolean mayEcho() {
    long second = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
    if (second != echoSecond) {
      echoSecond = second;
      echoes = 0;
    }
    return echoes++ < ECHOES_PER_SECOND;
  }

  /** Runs work on a thread of the trials; false when all are busy, and the member is refused. */
  boolean execute(NodeId from, TrialMessage message, Runnable work) {
    try {
      threads.execute(work);
      return true;
    } catch (RejectedExecutionException e) {
      send(from, new TrialMessage.Declined(message.id(), "busy with other trials"));
      return false;
    }
  }

  /** Key of an awaited answer. Ids are random: a member can't complete what waits for another. */
  private static long key(NodeId peer, long id) {
    return id ^ peer.low();
  }

  void send(NodeId to, TrialMessage message) {
    pass.accept(to, TrialMessage.encode(message));
  }

  TrialHost host() {
    return host;
  }

  /** The round trip of gossip, which the other's daemon answers; empty when it doesn't. */
  public Optional<Duration> gossip(NodeId peer) throws InterruptedException {
    long began = System.nanoTime();
    TrialMessage answer =
        ask(peer, new TrialMessage.Echo(random.nextLong()), PATIENCE.multipliedBy(5), 1);
    return answer instanceof TrialMessage.Echoed
        ? Optional.of(Duration.ofNanos(System.nanoTime() - began))
        : Optional.empty();
  }

  /**
   * Tries all networks of this host with those of a member; takes about half a second.
   *
   * @param speed whether to measure the throughput, too
   */
  public PairResult pair(NodeId peer, boolean speed) throws InterruptedException {
    List<UnfragmentedSocket> sockets = new ArrayList<>();
    try {
      List<Site> sites = TrialResponder.open(host, sockets);
      TrialMessage answer = null;
      TrialMessage.Open open = new TrialMessage.Open(random.nextLong(), host.octets(peer), sites);
      for (int i = 0; i < TRIES && !(answer instanceof TrialMessage.Begun); i++) {
        answer = ask(peer, open, PATIENCE, TRIES);
        if (answer == null) {
          break;
        }
        if (answer instanceof TrialMessage.Declined) {
          TimeUnit.MILLISECONDS.sleep(PATIENCE.toMillis() * (i + 1));
        }
      }
      if (!(answer instanceof TrialMessage.Begun opened)) {
        return PairResult.none(
            host.self(),
            peer,
            answer instanceof TrialMessage.Declined refused
                ? "it refuses: " + refused.why()
                : "its daemon does not answer (an older version, or it is overloaded)");
      }
      return tried(peer, speed, open, opened, sockets);
    } finally {
      sockets.forEach(UnfragmentedSocket::close);
    }
  }

  private PairResult tried(
      NodeId peer,
      boolean speed,
      TrialMessage.Open open,
      TrialMessage.Begun opened,
      List<UnfragmentedSocket> sockets)
      throws InterruptedException {
    int octets = Math.min(open.octets(), opened.octets());
    List<Lane> lanes = PairLanes.of(open.sites(), opened.sites());
    PairTrial trial = new PairTrial(open.id(), true, lanes, octets, sockets);
    trial.run(MOST, Thread.currentThread()::isInterrupted);
    int micros = trial.echo(ECHOES);
    if (speed) {
      trial.bulk(BULK);
      TimeUnit.MILLISECONDS.sleep(20);
    }
    TrialMessage answer = ask(peer, new TrialMessage.Ask(open.id()), PATIENCE, TRIES);
    if (!(answer instanceof TrialMessage.SeenLanes seen)) {
      return PairResult.none(host.self(), peer, "its daemon does not answer any more");
    }
    List<Failure> failures = trial.failures(seen);
    int connected = (int) lanes.stream().filter(Lane::open).count();
    return new PairResult(
        host.self(),
        peer,
        "",
        connected,
        lanes.size() - connected,
        octets,
        micros,
        seen.micros() == 0 ? 0 : seen.octets() * 8_000_000 / seen.micros(),
        failures.size(),
        failures.stream().limit(PairResult.LISTED).toList());
  }

  /**
   * Asks a member to try the members with higher ids, this one apart, and waits for the results.
   *
   * @param each receives the results as they come
   * @return why there are none; empty otherwise
   */
  public String others(NodeId peer, boolean speed, Duration patience, Consumer<PairResult> each)
      throws InterruptedException {
    long id = random.nextLong();
    long until = System.nanoTime() + patience.toNanos();
    int index = 0;
    int total = 1;
    while (index < total && System.nanoTime() < until) {
      TrialMessage answer = ask(peer, new TrialMessage.Run(id, index, speed), PATIENCE, TRIES);
      if (answer instanceof TrialMessage.PairReport report) {
        total = report.total();
        for (PairResult result : report.results()) {
          if (report.index() == index && result.from().equals(peer)) {
            each.accept(result);
            index++;
          }
        }
        if (report.results().isEmpty() && index < total) {
          TimeUnit.MILLISECONDS.sleep(PATIENCE.toMillis());
        }
      } else if (answer instanceof TrialMessage.Declined) {
        TimeUnit.MILLISECONDS.sleep(PATIENCE.toMillis());
      } else {
        return "its daemon does not answer (an older version, or it is overloaded)";
      }
    }
    return index < total ? "it did not finish in " + patience.toSeconds() + " s" : "";
  }

  private @Nullable TrialMessage ask(
      NodeId peer, TrialMessage question, Duration patience, int tries)
      throws InterruptedException {
    long key = key(peer, question.id());
    CompletableFuture<TrialMessage> answer = new CompletableFuture<>();
    awaited.put(key, answer);
    try {
      for (int i = 0; i < tries; i++) {
        send(peer, question);
        try {
          return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          LOG.trace("no answer of {} yet", peer.abbreviated());
        }
      }
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer that failed", e);
    } finally {
      awaited.remove(key);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
