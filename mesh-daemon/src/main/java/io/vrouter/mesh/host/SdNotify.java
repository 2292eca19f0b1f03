package io.vrouter.mesh.host;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.membership.Defects;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.socket.UnixDatagramSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports this process's state to the service manager that started it, by the protocol of
 * sd_notify(3): environment {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC} and {@code WATCHDOG_PID}.
 * Does nothing where these are not set. Thread-safe.
 */
public final class SdNotify implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SdNotify.class);

  /** Keep-alive messages per watchdog period: two may be lost. */
  private static final int SIGNS = 3;

  private final Consumer<String> notify;
  private final Duration watchdog;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("watchdog"));
  private boolean ready;

  /**
   * Creates the reporter over a notification channel.
   *
   * @param watchdog period within which a keep-alive is due; zero for none
   */
  SdNotify(Consumer<String> notify, Duration watchdog) {
    this.notify = notify;
    this.watchdog = watchdog;
  }

  /** The reporter of a process with this environment. */
  public static SdNotify of(Map<String, String> environment, long pid) {
    String address = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (address.isEmpty()) {
      return new SdNotify(state -> {}, Duration.ZERO);
    }
    Duration watchdog = watchdog(environment, pid);
    try {
      UnixDatagramSocket socket = UnixDatagramSocket.to(address);
      return new SdNotify(state -> send(socket, state), watchdog);
    } catch (SyscallException | IllegalArgumentException e) {
      LOG.warn("the service manager at {} is not notified: {}", address, e.getMessage());
      return new SdNotify(state -> {}, Duration.ZERO);
    }
  }

  private static Duration watchdog(Map<String, String> environment, long pid) {
    String whose = environment.getOrDefault("WATCHDOG_PID", "");
    try {
      long micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
      boolean ours = whose.isEmpty() || Long.parseLong(whose) == pid;
      return ours ? Duration.of(Math.max(0, micros), ChronoUnit.MICROS) : Duration.ZERO;
    } catch (NumberFormatException e) {
      LOG.warn("WATCHDOG_USEC or WATCHDOG_PID is not a number: no sign of life is sent");
      return Duration.ZERO;
    }
  }

  private static void send(UnixDatagramSocket socket, String state) {
    try {
      socket.send(state.getBytes(StandardCharsets.UTF_8));
    } catch (SyscallException e) {
      LOG.debug("the service manager was not notified", e);
    }
  }

  /** Sends {@code WATCHDOG=1} three times per watchdog period while {@code live} is true. */
  public void watch(BooleanSupplier live) {
    if (watchdog.isZero()) {
      return;
    }
    long pause = watchdog.dividedBy(SIGNS).toNanos();
    Future<?> unused = thread.scheduleAtFixedRate(() -> sign(live), 0, pause, TimeUnit.NANOSECONDS);
  }

  void sign(BooleanSupplier live) {
    try {
      if (live.getAsBoolean()) {
        notify.accept("WATCHDOG=1");
      }
    } catch (RuntimeException e) {
      Defects.caught("finding out whether the daemon lives, for the service manager", e);
    }
  }

  /**
   * Reports that the process answers commands.
   *
   * @param status one line for people
   */
  public synchronized void ready(String status) {
    notify.accept((ready ? "" : "READY=1\n") + "STATUS=" + status.replace('\n', ' '));
    ready = true;
  }

  /** Reports that the process begins to end. */
  public void stopping() {
    notify.accept("STOPPING=1");
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
