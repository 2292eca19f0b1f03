package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Label;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A network of this host that the other hosts shall reach.
 *
 * @param device the device that holds it, e.g. a bridge; null when unknown, then the device of a
 *     connected route to the same prefix counts
 * @param gateway this host's own address in it; null when unknown
 */
public record LocalNetwork(
    Prefix prefix,
    Vni vni,
    @Nullable String device,
    @Nullable InetAddress gateway,
    String network,
    String stack) {
  public LocalNetwork {
    Label.check("network", network);
    Label.check("stack", stack);
  }
}
