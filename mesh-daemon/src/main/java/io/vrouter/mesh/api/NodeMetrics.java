package io.vrouter.mesh.api;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.vrouter.membership.engine.Counters;
import io.vrouter.membership.jgroups.JGroupsMembership;
import io.vrouter.membership.jgroups.TransportCounters;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.reconcile.MeshSnapshot;
import io.vrouter.mesh.reconcile.Reconciler;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Counters of gossip and reconciler, as gauges that are read at a scrape. */
public final class NodeMetrics {
  private static final double NANOS = 1e9;

  private final JGroupsMembership membership;
  private final Reconciler reconciler;

  private final PathReports paths;

  public NodeMetrics(JGroupsMembership membership, Reconciler reconciler, PathReports paths) {
    this.paths = paths;
    this.membership = membership;
    this.reconciler = reconciler;
  }

  public void register(MetricRegistry registry) {
    transport(registry, "gossip.sent.datagrams", TransportCounters::sent);
    transport(registry, "gossip.sent.bytes", TransportCounters::sentBytes);
    transport(registry, "gossip.received.datagrams", TransportCounters::received);
    transport(registry, "gossip.received.bytes", TransportCounters::receivedBytes);
    transport(
        registry,
        "gossip.dropped.datagrams",
        it -> it.dropped().values().stream().mapToLong(Long::longValue).sum() + it.unlikely());
    transport(registry, "gossip.queue.full", TransportCounters::queueFull);
    transport(registry, "gossip.sessions", TransportCounters::sessions);
    engine(registry, "swim.suspicions", Counters::suspicions);
    engine(registry, "swim.failures", Counters::failures);
    engine(registry, "swim.refutations", Counters::refutations);
    engine(registry, "swim.forged", Counters::forged);
    engine(registry, "swim.malformed", Counters::malformed);
    engine(registry, "swim.pauses", Counters::pauses);
    engine(registry, "swim.local.health", Counters::localHealth);
    reconcile(registry, "reconcile.passes", MeshSnapshot.PassCounters::passes);
    reconcile(registry, "reconcile.writes", MeshSnapshot.PassCounters::writes);
    reconcile(registry, "reconcile.failures", MeshSnapshot.PassCounters::failures);
    reconcile(registry, "reconcile.last.seconds", it -> it.lastPassNanos() / NANOS);
    for (Members.Path.PathHealth state : Members.Path.PathHealth.values()) {
      paths(registry, "mesh.paths." + state, path -> path.state() == state);
    }
    for (Members.Path.Direction direction : Members.Path.Direction.values()) {
      paths(registry, "mesh.paths.broken." + direction, path -> path.direction() == direction);
    }
  }

  private void paths(MetricRegistry registry, String name, Predicate<Members.Path> counted) {
    registry.registerGauge(name, (Gauge<Long>) () -> paths.count(counted));
  }

  private void transport(
      MetricRegistry registry, String name, ToLongFunction<TransportCounters> reading) {
    registry.registerGauge(
        name, (Gauge<Long>) () -> reading.applyAsLong(membership.transportStats()));
  }

  private void engine(MetricRegistry registry, String name, ToLongFunction<Counters> reading) {
    registry.registerGauge(
        name,
        (Gauge<Long>)
            () -> {
              Counters counters = membership.engineCounters();
              return counters == null ? 0L : reading.applyAsLong(counters);
            });
  }

  private void reconcile(
      MetricRegistry registry, String name, ToDoubleFunction<MeshSnapshot.PassCounters> reading) {
    registry.registerGauge(
        name, (Gauge<Double>) () -> reading.applyAsDouble(reconciler.snapshot().counters()));
  }
}
