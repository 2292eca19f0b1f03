package io.vrouter.mesh.record;

import io.vrouter.membership.NodeId;
import java.util.Set;

/**
 * Of the peers whose data path returns no answer to this host: whether their own probes arrive
 * here. Others show the broken direction by it, and decide nothing.
 *
 * @param arriving probes of these arrive
 * @param missing probes of these don't arrive; both together at most {@link #MAX}
 */
public record ProbeArrivals(Set<NodeId> arriving, Set<NodeId> missing) {
  /** Most peers in one record: 4 KiB. */
  public static final int MAX = 256;

  /** All paths work, or nothing is known. */
  public static final ProbeArrivals NONE = new ProbeArrivals(Set.of(), Set.of());

  public ProbeArrivals {
    arriving = Set.copyOf(arriving);
    missing = Set.copyOf(missing);
    HostRecord.checkCount("peers without an answer", arriving.size() + missing.size(), MAX);
  }
}
