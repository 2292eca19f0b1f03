package io.vrouter.mesh.reconcile;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Tunnels;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.route.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What encrypts between this host and others.
 *
 * @param encrypted peers that are reached inside WireGuard only
 */
public record TunnelView(Encryption encryption, List<Device> devices, Set<NodeId> encrypted) {
  /** No encryption. */
  public static final TunnelView NONE = new TunnelView(Encryption.NONE, List.of(), Set.of());

  public TunnelView {
    devices = List.copyOf(devices);
    encrypted = Set.copyOf(encrypted);
  }

  /**
   * A WireGuard device.
   *
   * @param implementation {@code kernel} or {@code wireguard-go}; empty while there is none
   * @param port UDP
   * @param key the public key in base64
   */
  public record Device(String name, String implementation, int port, String key) {}

  static TunnelView of(Encryption encryption, Tunnels tunnels, Observed observed) {
    List<Device> devices = new ArrayList<>();
    for (WireGuardKey key : tunnels.devices()) {
      String name = Wanted.Tunnel.name(key.slot());
      String kind = observed.link(name).map(Link::kind).orElse("");
      devices.add(
          new Device(
              name,
              switch (kind) {
                case "tun" -> "wireguard-go";
                case "wireguard" -> "kernel";
                default -> "";
              },
              key.port(),
              key.toString()));
    }
    return new TunnelView(
        encryption,
        devices,
        tunnels.ends().entrySet().stream()
            .filter(entry -> entry.getValue().encrypted())
            .map(java.util.Map.Entry::getKey)
            .collect(Collectors.toSet()));
  }
}
