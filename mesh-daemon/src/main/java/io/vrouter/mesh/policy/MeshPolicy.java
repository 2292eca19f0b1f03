package io.vrouter.mesh.policy;

import io.vrouter.membership.NodeId;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What each node may have.
 *
 * @param version counter from 1; of two policies the higher counts
 * @param nodes by node id: names are free text of their hosts, ids are hashes of keys
 * @param others for every node that isn't named
 */
public record MeshPolicy(long version, Map<NodeId, Grant> nodes, Grant others) {
  /** The highest version. */
  public static final long MAX_VERSION = 1L << 53;

  public MeshPolicy {
    if (version < 1 || version > MAX_VERSION) {
      throw new IllegalArgumentException(
          "version '%d' is not a whole number from 1 to %d".formatted(version, MAX_VERSION));
    }
    nodes = Collections.unmodifiableMap(new TreeMap<>(nodes));
  }

  /** The grant of a node. */
  public Grant of(NodeId id) {
    return nodes.getOrDefault(id, others);
  }
}
