package io.vrouter.mesh.docker;

import io.vrouter.mesh.model.Label;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One subnet of a Docker network that the mesh carries.
 *
 * @param device the bridge that holds it
 * @param gateway the bridge's own address in it; null when it has none or the engine returns none
 * @param network Docker's name of the network
 * @param stack the compose project, or the network's name where there is none
 */
public record DockerNetwork(
    Prefix prefix,
    Vni vni,
    String device,
    @Nullable InetAddress gateway,
    String network,
    String stack) {
  public DockerNetwork {
    Label.check("network", network);
    Label.check("stack", stack);
  }
}
