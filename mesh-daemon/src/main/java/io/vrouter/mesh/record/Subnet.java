package io.vrouter.mesh.record;

import io.vrouter.mesh.model.Label;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A container subnet that lives on a host.
 *
 * @param network the network's name, e.g. a Docker network's
 * @param stack the Compose project it belongs to, or the network's name where there is none
 * @param gateway the host's own address in it, when known
 * @param lamport see {@link Lamport}
 * @param contested whether it was claimed although another host's claim to the same was known
 */
public record Subnet(
    Prefix prefix,
    Vni vni,
    String network,
    String stack,
    @Nullable InetAddress gateway,
    long lamport,
    boolean contested) {
  /** A subnet that no other host was known to claim. */
  public Subnet(
      Prefix prefix,
      Vni vni,
      String network,
      String stack,
      @Nullable InetAddress gateway,
      long lamport) {
    this(prefix, vni, network, stack, gateway, lamport, false);
  }

  public Subnet {
    Label.check("network", network);
    Label.check("stack", stack);
    Lamport.check(lamport);
    if (gateway != null && !prefix.contains(gateway)) {
      throw new IllegalArgumentException(
          "gateway '%s' is not in %s".formatted(gateway.getHostAddress(), prefix));
    }
  }

  /** A copy with another Lamport number. */
  public Subnet numbered(long number) {
    return new Subnet(prefix, vni, network, stack, gateway, number, contested);
  }
}
