package io.vrouter.mesh.path;

import io.vrouter.membership.NodeId;
import java.net.InetAddress;

/**
 * A peer with a watched path.
 *
 * @param overlay address of its kernel in the overlay
 * @param mtu octets of an IP packet that the tunnel device takes
 */
public record PathTarget(NodeId peer, InetAddress overlay, int mtu) {}
