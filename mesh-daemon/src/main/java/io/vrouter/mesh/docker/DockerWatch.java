package io.vrouter.mesh.docker;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.mesh.model.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows an engine's networks: subscribes to its events, then lists, and lists again at each
 * change and each new connection. While the engine is absent, the last known networks stay, a
 * problem is reported, and connects are retried without limit. A stopped engine stays stopped: no
 * connect where systemd's socket activation would start it.
 *
 * <p>The callback runs on the watch's own thread, once for each snapshot that differs from the
 * previous one; it must not block. {@link #start} and {@link #close} may be called from any thread,
 * once each.
 */
public final class DockerWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DockerWatch.class);

  /** A new connection requests events from this long before it. */
  private static final Duration OVERLAP = Duration.ofSeconds(2);

  private static final String ASLEEP =
      "no engine runs, and a connection to its socket would start one";

  /** Shortest time between two lists of containers, however often containers start and stop. */
  private static final Duration BETWEEN_INSPECTIONS = Duration.ofSeconds(2);

  /** Most networks named in one problem. */
  private static final int TOLD = 8;

  private final DockerSettings settings;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final Consumer<DockerSnapshot> onChange;
  private final DockerNetworksFile kept;
  private final EngineSocket engineSocket;
  private final BlockingQueue<Wakeup> signals = new LinkedBlockingQueue<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread thread;
  private volatile @Nullable DockerClient engine;
  private volatile DockerSnapshot snapshot = DockerSnapshot.unknown();

  /** The engine's last list, perhaps from an earlier process. On the watch's thread only. */
  private DockerNetworks known = new DockerNetworks(List.of(), Map.of(), List.of());

  private final AtomicInteger attempts = new AtomicInteger();

  private final ContainerReports containers = new ContainerReports();

  /** Number of connection attempts. */
  int attempts() {
    return attempts.get();
  }

  /** Wakes the thread. */
  private enum Wakeup {
    CHANGED,
    ATTACHED,
    ENDED,
    CLOSED
  }

  /**
   * Creates the watch; sends nothing before {@link #start}.
   *
   * @param stateDir directory of the engine's last list, for a start while the engine is down
   * @param clock this host's wall clock, used only to request the engine's most recent events
   * @param onChange receives each new snapshot
   */
  public DockerWatch(
      DockerSettings settings,
      Path stateDir,
      RandomGenerator random,
      InstantSource clock,
      Consumer<DockerSnapshot> onChange) {
    this.settings = settings;
    this.kept = new DockerNetworksFile(stateDir, settings.socket());
    this.engineSocket = new EngineSocket(settings.socket());
    this.random = random;
    this.clock = clock;
    this.onChange = onChange;
    thread = DaemonThreads.of("docker", this::run);
  }

  /** Starts following; returns at once. */
  public void start() {
    thread.start();
  }

  /** The newest snapshot. */
  public DockerSnapshot snapshot() {
    return snapshot;
  }

  /** Stops following and waits for the thread, unless called from the callback. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    signals.add(Wakeup.CLOSED);
    DockerClient current = engine;
    if (current != null) {
      current.close();
    }
    if (Thread.currentThread() != thread) {
      await(thread);
    }
  }

  private static void await(Thread other) {
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    known = picked(kept.load());
    publish(DockerSnapshot.EngineState.UNKNOWN, 0, List.of());
    Duration wait = settings.retryFirst();
    while (!closed.get()) {
      long before = snapshot.connection();
      attempts.incrementAndGet();
      try {
        follow();
        throw new DockerException("the engine closed the stream of events", null);
      } catch (DockerException e) {
        if (!closed.get()) {
          lost(e);
        }
      } catch (RuntimeException e) {
        LOG.error("docker: following {} failed", settings.socket(), e);
        lost(new DockerException("internal error: " + e, e));
      }
      if (snapshot.connection() != before) {
        wait = settings.retryFirst();
      }
      pause(wait);
      wait = settings.retryAfter(wait);
    }
  }

  /** Runs one connection, from the ping to its end. */
  private void follow() throws DockerException {
    if (!Files.exists(settings.socket())) {
      engineSocket.gone();
      // A host without Docker seldom gets one, so this check must cost less than a connection.
      throw new DockerException("there is no socket " + settings.socket(), null);
    }
    if (engineSocket.asleep()) {
      throw new DockerException(ASLEEP, null);
    }
    engineSocket.reach();
    try (DockerClient connected = DockerClient.connect(settings.socket())) {
      engine = connected;
      if (closed.get()) {
        return;
      }
      Instant since = clock.instant().minus(OVERLAP);
      signals.removeIf(signal -> signal != Wakeup.CLOSED);
      DockerClient.EventStream events = connected.subscribe(since);
      Thread reader = DaemonThreads.of("docker-events", () -> read(connected, events));
      reader.start();
      try {
        list(connected, snapshot.connection() + 1);
        engineSocket.answered();
        LOG.info("docker: following {} (API {})", settings.socket(), connected.version());
        while (awaitChange(connected)) {
          list(connected, snapshot.connection());
        }
      } finally {
        events.close();
        // Else the reader's last signal would end the next connection.
        await(reader);
      }
    } finally {
      engine = null;
      engineSocket.lost();
    }
  }

  private void read(DockerClient connected, DockerClient.EventStream events) {
    try {
      events.follow(() -> signals.add(Wakeup.CHANGED), this::attached);
    } catch (DockerException e) {
      LOG.debug("docker: {}", e.getMessage());
    } finally {
      // The HTTP client retries a failed request after 1 s, which would start the engine.
      connected.close();
      signals.add(Wakeup.ENDED);
    }
  }

  /**
   * Waits for a change or the relist interval; inspects containers meanwhile.
   *
   * @return false when the connection is over
   */
  private boolean awaitChange(DockerClient connected) {
    try {
      List<Wakeup> seen = new ArrayList<>();
      long until = System.nanoTime() + settings.relist().toNanos();
      inspect(connected);
      long left = until - System.nanoTime();
      while (seen.isEmpty() && left > 0) {
        Wakeup first = signals.poll(left, TimeUnit.NANOSECONDS);
        if (first == Wakeup.ATTACHED) {
          first = signals.poll(BETWEEN_INSPECTIONS.toMillis(), TimeUnit.MILLISECONDS);
          inspect(connected);
        }
        if (first != null && first != Wakeup.ATTACHED) {
          seen.add(first);
        }
        left = until - System.nanoTime();
      }
      // One list covers all changes queued at once.
      signals.drainTo(seen);
      return !closed.get() && !seen.contains(Wakeup.ENDED);
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void list(DockerClient connected, long connection) throws DockerException {
    List<EngineNetwork> networks = connected.networks();
    known = picked(networks);
    containers.listed(networks);
    publish(DockerSnapshot.EngineState.FOLLOWED, connection, List.of());
    kept.keep(networks);
    // Publishes only a change of the file's problems.
    publish(DockerSnapshot.EngineState.FOLLOWED, connection, List.of());
  }

  private void attached() {
    if (containers.attached()) {
      signals.add(Wakeup.ATTACHED);
    }
  }

  private void inspect(DockerClient connected) {
    if (containers.inspect(connected, known)) {
      publish(DockerSnapshot.EngineState.FOLLOWED, snapshot.connection(), List.of());
    }
  }

  private DockerNetworks picked(List<EngineNetwork> networks) {
    return DockerNetworks.of(networks, settings.vnis(), settings.exposeByDefault());
  }

  private void lost(DockerException why) {
    DockerSnapshot last = snapshot;
    if (last.connection() == 0
        && !settings.required()
        && known.networks().isEmpty()
        && (!Files.exists(settings.socket()) || ASLEEP.equals(why.getMessage()))) {
      publish(DockerSnapshot.EngineState.ABSENT, 0, List.of());
      return;
    }
    if (last.state() != DockerSnapshot.EngineState.UNREACHABLE) {
      LOG.warn("docker: {} at {}", why.getMessage(), settings.socket());
    }
    publish(
        DockerSnapshot.EngineState.UNREACHABLE,
        last.connection(),
        List.of(
            new Problem(
                "docker-unreachable",
                "the Docker engine at %s doesn't answer (%s): changes of its networks aren't seen; %s"
                    .formatted(settings.socket(), why.getMessage(), lastSeen()),
                "start it (systemctl start docker), or name its socket with --docker; where Docker"
                    + " was removed for good start meshd with --docker off, which withdraws"
                    + " them")));
  }

  private String lastSeen() {
    List<String> seen =
        known.networks().stream().map(it -> it.prefix() + " (" + it.network() + ")").toList();
    if (seen.isEmpty()) {
      return "none is advertised";
    }
    String more = seen.size() > TOLD ? " and " + (seen.size() - TOLD) + " more" : "";
    return "as last seen these stay advertised while their bridges are there: "
        + String.join(", ", seen.subList(0, Math.min(TOLD, seen.size())))
        + more;
  }

  private void publish(DockerSnapshot.EngineState state, long connection, List<Problem> of) {
    List<Problem> problems = new ArrayList<>(of);
    problems.addAll(known.problems());
    problems.addAll(kept.problems());
    if (state == DockerSnapshot.EngineState.FOLLOWED) {
      problems.addAll(containers.problems());
    }
    DockerSnapshot next =
        new DockerSnapshot(state, connection, known.networks(), known.subnets(), problems);
    if (!next.equals(snapshot)) {
      snapshot = next;
      onChange.accept(next);
    }
  }

  private void pause(Duration most) {
    long millis = most.toMillis();
    long wait = millis - random.nextLong(millis / 2 + 1);
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
    try {
      for (long left = until - System.nanoTime();
          left > 0 && !closed.get();
          left = until - System.nanoTime()) {
        Wakeup signal = signals.poll(left, TimeUnit.NANOSECONDS);
        if (signal == Wakeup.CLOSED) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
