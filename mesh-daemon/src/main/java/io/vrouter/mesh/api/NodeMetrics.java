package io.vrouter.mesh.api;

import io.vrouter.membership.crypto.Verdict;
import io.vrouter.membership.engine.Counters;
import io.vrouter.membership.jgroups.JGroupsMembership;
import io.vrouter.membership.jgroups.TransportCounters;
import io.vrouter.mesh.metrics.Families;
import io.vrouter.mesh.metrics.Seconds;
import io.vrouter.mesh.reconcile.MeshSnapshot;
import io.vrouter.mesh.reconcile.Reconciler;
import io.vrouter.netlink.NetlinkErrors;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Numbers of gossip, reconciler and netlink, read at a scrape. Thread-safe. */
public final class NodeMetrics {
  private static final double NANOS = 1e9;

  private final JGroupsMembership membership;
  private final Reconciler reconciler;
  private final AtomicLong passes = new AtomicLong();
  private final Seconds reconcile =
      new Seconds(
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

  /** Observes every pass from now on. */
  public NodeMetrics(JGroupsMembership membership, Reconciler reconciler) {
    this.membership = membership;
    this.reconciler = reconciler;
    reconciler.listen(this::passed);
  }

  private void passed(MeshSnapshot snapshot) {
    MeshSnapshot.PassCounters counters = snapshot.counters();
    if (passes.getAndSet(counters.passes()) != counters.passes()) {
      reconcile.observe(counters.lastPassNanos());
    }
  }

  /** Adds all. */
  public void add(Families families) {
    transport(families, membership.transportStats());
    Counters engine = membership.engineCounters();
    if (engine != null) {
      engine(families, engine);
    }
    reconcile(families, reconciler.snapshot().counters());
    NetlinkErrors.counts()
        .forEach(
            (errno, count) ->
                families.counter(
                    "mesh_netlink_errors",
                    "Requests that the kernel refused, by error; some are expected.",
                    count,
                    "errno",
                    errno));
  }

  private void transport(Families families, TransportCounters counters) {
    families.counter("mesh_gossip_sent_datagrams", "Datagrams sent.", counters.sent());
    families.counter("mesh_gossip_sent_bytes", "UDP payload sent.", counters.sentBytes());
    families.counter("mesh_gossip_received_datagrams", "Datagrams received.", counters.received());
    families.counter(
        "mesh_gossip_received_bytes", "UDP payload received.", counters.receivedBytes());
    for (Map.Entry<Verdict.Reason, Long> dropped : counters.dropped().entrySet()) {
      families.counter(
          "mesh_gossip_dropped_datagrams",
          "Datagrams dropped, by reason.",
          dropped.getValue(),
          "reason",
          dropped.getKey().name().toLowerCase(Locale.ROOT));
    }
    families.counter(
        "mesh_gossip_dropped_datagrams",
        "Datagrams dropped, by reason.",
        counters.unlikely(),
        "reason",
        "unlikely");
    families.counter(
        "mesh_gossip_queue_full_datagrams",
        "Datagrams dropped because the gossip thread was behind.",
        counters.queueFull());
    families.counter(
        "mesh_gossip_send_failures", "Datagrams that were not sent.", counters.sendFailures());
    families.gauge("mesh_gossip_sessions", "Sessions with other hosts.", counters.sessions());
    families.gauge(
        "mesh_gossip_last_turn_seconds",
        "Time since the gossip thread last turned; above some seconds it is stuck.",
        membership.sinceLastTurn().toNanos() / NANOS);
  }

  private static void engine(Families families, Counters counters) {
    families.counter("mesh_swim_suspicions", "Suspicions by own probes.", counters.suspicions());
    families.counter("mesh_swim_failures", "Members seen failed.", counters.failures());
    families.counter(
        "mesh_swim_refutations", "Suspicions of this host refuted.", counters.refutations());
    families.counter("mesh_swim_forged", "Records with a wrong signature.", counters.forged());
    families.counter("mesh_swim_malformed", "Datagrams that don't decode.", counters.malformed());
    families.counter("mesh_swim_pauses", "Standstills of this process.", counters.pauses());
    families.gauge(
        "mesh_swim_local_health", "Lifeguard's score; 0 is healthy.", counters.localHealth());
  }

  private void reconcile(Families families, MeshSnapshot.PassCounters counters) {
    families.add(reconcile.snapshot());
    families.counter("mesh_reconcile_writes", "Steps written to the kernel.", counters.writes());
    families.counter("mesh_reconcile_failures", "Steps that failed.", counters.failures());
  }
}
