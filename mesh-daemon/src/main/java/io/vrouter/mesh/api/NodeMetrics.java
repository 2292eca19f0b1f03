package io.vrouter.mesh.api;

import com.codahale.metrics.Meter;
import com.codahale.metrics.Timer;
import io.vrouter.membership.crypto.Verdict;
import io.vrouter.membership.engine.Counters;
import io.vrouter.membership.jgroups.MovableMembership;
import io.vrouter.membership.jgroups.TransportCounters;
import io.vrouter.mesh.metrics.Measurements;
import io.vrouter.mesh.reconcile.MeshSnapshot;
import io.vrouter.mesh.reconcile.Reconciler;
import io.vrouter.netlink.NetlinkErrors;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The measurements of gossip, reconciler and netlink. Thread-safe. */
public final class NodeMetrics {
  private static final double NANOS = 1e9;

  private final MovableMembership membership;
  private final Measurements measurements;
  private final Timer passes;
  private final Meter writes;
  private final Meter failures;

  /** Of the last pass measured. */
  private MeshSnapshot.PassCounters measured;

  /** Of this reading. */
  private volatile TransportCounters transport;

  private volatile @Nullable Counters engine;

  /** Measures from now on. */
  public NodeMetrics(
      MovableMembership membership, Reconciler reconciler, Measurements measurements) {
    this.membership = membership;
    this.measurements = measurements;
    this.transport = membership.transportStats();
    this.measured = reconciler.snapshot().counters();
    passes =
        measurements.timer(
            "mesh_reconcile_duration",
            "Time of a pass: what the kernel holds is read, compared and written.",
            0.001,
            0.0025,
            0.005,
            0.01,
            0.025,
            0.05,
            0.1,
            0.25,
            0.5,
            1,
            2.5,
            5,
            10);
    writes = measurements.meter("mesh_reconcile_writes", "Steps written to the kernel.");
    failures = measurements.meter("mesh_reconcile_failures", "Steps that failed.");
    transport();
    reconciler.listen(snapshot -> passed(snapshot.counters()));
    measurements.refresh(this::refresh);
  }

  private synchronized void passed(MeshSnapshot.PassCounters counters) {
    if (counters.passes() != measured.passes()) {
      passes.update(counters.lastPassNanos(), TimeUnit.NANOSECONDS);
      writes.mark(counters.writes() - measured.writes());
      failures.mark(counters.failures() - measured.failures());
      measured = counters;
    }
  }

  /** Reads once what several measurements share. */
  private void refresh() {
    transport = membership.transportStats();
    Counters newest = membership.engineCounters();
    boolean first = engine == null && newest != null;
    engine = newest;
    if (first) {
      engine();
    }
    for (String errno : NetlinkErrors.counts().keySet()) {
      measurements.count(
          "mesh_netlink_errors",
          "Requests that the kernel refused, by error; some are expected.",
          () -> NetlinkErrors.counts().getOrDefault(errno, 0L),
          "errno",
          errno);
    }
  }

  private void transport() {
    sent("mesh_gossip_sent_datagrams", "Datagrams sent.", TransportCounters::sent);
    sent("mesh_gossip_sent_bytes", "UDP payload sent.", TransportCounters::sentBytes);
    sent("mesh_gossip_received_datagrams", "Datagrams received.", TransportCounters::received);
    sent("mesh_gossip_received_bytes", "UDP payload received.", TransportCounters::receivedBytes);
    for (Verdict.Reason reason : transport.dropped().keySet()) {
      dropped(
          reason.name().toLowerCase(Locale.ROOT),
          counters -> counters.dropped().getOrDefault(reason, 0L));
    }
    dropped("unlikely", TransportCounters::unlikely);
    sent(
        "mesh_gossip_queue_full_datagrams",
        "Datagrams dropped because the gossip thread was behind.",
        TransportCounters::queueFull);
    sent(
        "mesh_gossip_send_failures",
        "Datagrams that were not sent.",
        TransportCounters::sendFailures);
    measurements.gauge(
        "mesh_gossip_sessions", "Sessions with other hosts.", () -> transport.sessions());
    measurements.gauge(
        "mesh_gossip_last_turn_seconds",
        "Time since the gossip thread last turned; above some seconds it is stuck.",
        () -> membership.sinceLastTurn().toNanos() / NANOS);
  }

  private void sent(String family, String help, ToLongFunction<TransportCounters> value) {
    measurements.count(family, help, () -> value.applyAsLong(transport));
  }

  private void dropped(String reason, ToLongFunction<TransportCounters> value) {
    measurements.count(
        "mesh_gossip_dropped_datagrams",
        "Datagrams dropped, by reason.",
        () -> value.applyAsLong(transport),
        "reason",
        reason);
  }

  private void engine() {
    seen("mesh_swim_suspicions", "Suspicions by own probes.", Counters::suspicions);
    seen("mesh_swim_failures", "Members seen failed.", Counters::failures);
    seen("mesh_swim_refutations", "Suspicions of this host refuted.", Counters::refutations);
    seen("mesh_swim_forged", "Records with a wrong signature.", Counters::forged);
    seen("mesh_swim_malformed", "Datagrams that don't decode.", Counters::malformed);
    seen("mesh_swim_pauses", "Standstills of this process.", Counters::pauses);
    measurements.gauge(
        "mesh_swim_local_health",
        "Lifeguard's score; 0 is healthy.",
        () -> {
          Counters now = engine;
          return now == null ? 0 : now.localHealth();
        });
  }

  private void seen(String family, String help, ToLongFunction<Counters> value) {
    measurements.count(
        family,
        help,
        () -> {
          Counters now = engine;
          return now == null ? 0 : value.applyAsLong(now);
        });
  }
}
