package io.vrouter.mesh.probe;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.membership.DataPathProbe;
import io.vrouter.membership.Member;
import io.vrouter.membership.ThreadPriority;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.socket.UdpErrorProbe;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes a closed UDP port of the peer's overlay address: at most {@value #DATAGRAMS} datagrams,
 * one every {@value #INTERVAL_MILLIS} ms. At most {@value #THREADS} peers are probed at once and
 * {@value #WAITING} wait; the answer for any further one is {@link DataPathProbe.Answer#UNKNOWN},
 * which decides nothing, so that a cut of many hosts can't pile up work. Thread-safe.
 */
public final class UdpDataPathProbe implements DataPathProbe, AutoCloseable {
  static final int DATAGRAMS = 4;
  static final int INTERVAL_MILLIS = 100;
  static final int THREADS = 8;
  static final int WAITING = 64;

  private static final Logger LOG = LoggerFactory.getLogger(UdpDataPathProbe.class);
  private static final int IDLE_SECONDS = 10;

  /** {@link UdpErrorProbe#ask}. */
  @FunctionalInterface
  interface Asker {
    UdpErrorProbe.ProbeResult ask(InetAddress peer, int port, int datagrams, Duration interval);
  }

  private final Function<Member, Optional<InetAddress>> overlay;
  private final int port;
  private final Asker asker;
  private final ThreadPoolExecutor executor;

  /**
   * Creates the probe; sends nothing yet.
   *
   * @param overlay the peer's overlay address if the path to it is installed on this host, else
   *     empty; called on any thread, must not block
   * @param port the closed port, the same as in the peers' firewall policy
   * @param urgency real-time priority for the probing threads
   */
  public UdpDataPathProbe(
      Function<Member, Optional<InetAddress>> overlay, int port, ThreadPriority urgency) {
    this(overlay, port, urgency, UdpErrorProbe::ask);
  }

  UdpDataPathProbe(
      Function<Member, Optional<InetAddress>> overlay,
      int port,
      ThreadPriority urgency,
      Asker asker) {
    this.overlay = overlay;
    this.port = port;
    this.asker = asker;
    ThreadFactory threads = DaemonThreads.numbered("data-path-probe-");
    this.executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            work ->
                threads.newThread(
                    () -> {
                      urgency.raise();
                      work.run();
                    }));
    executor.allowCoreThreadTimeOut(true);
  }

  @Override
  public void probe(Member peer, Consumer<Answer> answer) {
    Optional<InetAddress> address = overlay.apply(peer);
    if (address.isEmpty()) {
      answer.accept(Answer.UNKNOWN);
      return;
    }
    try {
      executor.execute(() -> answer.accept(ask(peer, address.get())));
    } catch (RejectedExecutionException e) {
      LOG.debug("too many peers to ask at once, {} is left out", peer.id());
      answer.accept(Answer.UNKNOWN);
    }
  }

  private Answer ask(Member peer, InetAddress address) {
    try {
      UdpErrorProbe.ProbeResult told =
          asker.ask(address, port, DATAGRAMS, Duration.ofMillis(INTERVAL_MILLIS));
      LOG.debug("data path to {} at {}: {}", peer.id(), address.getHostAddress(), told);
      return switch (told) {
        case ANSWERED -> Answer.ANSWERED;
        case SILENT -> Answer.SILENT;
        case NOT_SENT -> Answer.UNKNOWN;
      };
    } catch (SyscallException e) {
      LOG.warn("the data path to {} can't be asked: {}", peer.id(), e.getMessage());
      return Answer.UNKNOWN;
    }
  }

  /** Stops probing. Probes in progress end within their bound; waiting ones get no answer. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
