package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A VNI that this host is in.
 *
 * @param overlaySubnet the subnet that overlay addresses are claimed from
 * @param pinned the address the operator chose; null to claim one
 */
public record LocalVni(Vni vni, Prefix overlaySubnet, @Nullable InetAddress pinned) {
  public LocalVni {
    if (pinned != null && !overlaySubnet.contains(pinned)) {
      throw new IllegalArgumentException(
          "overlay address '%s' is not in the overlay subnet %s of VNI %s"
              .formatted(pinned.getHostAddress(), overlaySubnet, vni));
    }
  }
}
