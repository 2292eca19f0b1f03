package io.vrouter.mesh.local;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.mesh.firewall.HostFirewall;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls the rules of legacy iptables, of which nftables sends no event, on a thread of its own. */
public final class SilentRules implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SilentRules.class);

  /** Poll interval with such rules: below 1 s together with the loop's delay. */
  private static final Duration IN_USE = Duration.ofMillis(700);

  /** Poll interval without such rules: legacy iptables would have to come into use first. */
  private static final Duration UNUSED = Duration.ofSeconds(3);

  private final HostFirewall firewall;
  private final Runnable changed;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("silent-rules"));

  /**
   * Starts polling.
   *
   * @param changed run on the polling thread; must return at once
   */
  public SilentRules(HostFirewall firewall, Runnable changed) {
    this.firewall = firewall;
    this.changed = changed;
    next();
  }

  private void next() {
    Duration pause = firewall.legacyRules() ? IN_USE : UNUSED;
    try {
      Future<?> unused = thread.schedule(this::look, pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("closed meanwhile", e);
    }
  }

  private void look() {
    if (firewall.legacyChanged()) {
      changed.run();
    }
    next();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
