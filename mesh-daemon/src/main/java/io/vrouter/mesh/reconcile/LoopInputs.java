package io.vrouter.mesh.reconcile;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.record.ProbeArrivals;
import io.vrouter.mesh.record.WireGuardKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The newest values of other threads for the loop; each replaces the former. Thread-safe. */
final class LoopInputs {
  private final AtomicReference<@Nullable LocalState> local = new AtomicReference<>();
  private final AtomicBoolean rangeWanted = new AtomicBoolean();
  private volatile Paths paths = new Paths(Map.of(), ProbeArrivals.NONE);
  private volatile List<WireGuardKey> tunnelKeys = List.of();

  private record Paths(Map<NodeId, Integer> mtus, ProbeArrivals arrivals) {}

  void local(LocalState newest) {
    local.set(newest);
  }

  /** Whether these results of the probes differ from the former ones. */
  boolean paths(Map<NodeId, Integer> mtus, ProbeArrivals arrivals) {
    Paths newest = new Paths(Map.copyOf(mtus), arrivals);
    boolean differ = !newest.equals(paths);
    paths = newest;
    return differ;
  }

  void tunnelKeys(List<WireGuardKey> keys) {
    tunnelKeys = List.copyOf(keys);
  }

  void wantRange() {
    rangeWanted.set(true);
  }

  /** Hands all over. On the loop's thread. */
  void into(Books books) {
    books.paths(paths.mtus(), paths.arrivals());
    books.tunnels().keys(tunnelKeys);
    LocalState newest = local.getAndSet(null);
    if (newest != null) {
      books.given(newest);
    }
    if (rangeWanted.get()) {
      books.pool().ask();
    }
  }
}
