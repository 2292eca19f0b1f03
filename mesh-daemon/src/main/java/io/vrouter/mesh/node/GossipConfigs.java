package io.vrouter.mesh.node;

import io.vrouter.membership.crypto.NodeIdentity;
import io.vrouter.membership.jgroups.JGroupsConfig;
import java.net.InetAddress;

/** Makes the configuration of gossip for an underlay address. */
@FunctionalInterface
interface GossipConfigs {
  /** For one boot of gossip, with the identity that was opened for it. */
  JGroupsConfig of(InetAddress underlay, NodeIdentity boot);
}
