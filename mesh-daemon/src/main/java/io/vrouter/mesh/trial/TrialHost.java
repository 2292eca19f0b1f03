package io.vrouter.mesh.trial;

import io.vrouter.membership.NodeId;
import java.net.InetAddress;
import java.util.List;

/** Facts of a host for its trials. Thread-safe; the answers are the newest. */
public interface TrialHost {
  /** This node. */
  NodeId self();

  /** The living members, self not among them. */
  List<NodeId> peers();

  /**
   * This host's addresses in its networks, those outside the mesh as VNI 0; the ports mean nothing.
   */
  List<Site> sites();

  /** Octets of the largest packet of the path to a member, as measured. */
  int octets(NodeId peer);

  /** Whether the member's record has the address in one of its networks of the VNI. */
  boolean has(NodeId peer, int vni, InetAddress address);
}
