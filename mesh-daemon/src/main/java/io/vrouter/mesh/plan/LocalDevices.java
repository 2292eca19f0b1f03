package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Prefix;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The devices that hold a local network: the named one, else those whose connected prefix shares an
 * address with the network's. A configured prefix often has another length than the bridge's.
 */
final class LocalDevices {
  private final ForeignRoutes surroundings;

  LocalDevices(ForeignRoutes surroundings) {
    this.surroundings = surroundings;
  }

  /** In order of name; empty while nothing holds the network. */
  Set<String> of(LocalNetwork network) {
    String named = network.device();
    if (named != null) {
      return Set.of(named);
    }
    Set<String> exact = devices(connected().filter(it -> it.prefix().equals(network.prefix())));
    return exact.isEmpty()
        ? devices(connected().filter(it -> it.prefix().overlaps(network.prefix())))
        : exact;
  }

  /** The connected network whose address has the most leading bits in common with a prefix. */
  Optional<ForeignRoutes.Occupied> nearest(Prefix prefix) {
    return connected()
        .filter(it -> it.prefix().isIpv4() == prefix.isIpv4())
        .max(
            Comparator.comparingInt((ForeignRoutes.Occupied it) -> common(it.prefix(), prefix))
                .thenComparing(ForeignRoutes.Occupied::prefix, Comparator.reverseOrder()));
  }

  private Stream<ForeignRoutes.Occupied> connected() {
    return surroundings.routes().stream()
        .filter(route -> route.connected() && !route.device().isEmpty());
  }

  private static Set<String> devices(Stream<ForeignRoutes.Occupied> routes) {
    Set<String> devices = new TreeSet<>();
    routes.forEach(route -> devices.add(route.device()));
    return devices;
  }

  private static int common(Prefix a, Prefix b) {
    byte[] first = a.address().getAddress();
    byte[] second = b.address().getAddress();
    for (int i = 0; i < first.length; i++) {
      int differing = (first[i] ^ second[i]) & 0xff;
      if (differing != 0) {
        return i * 8 + Integer.numberOfLeadingZeros(differing) - 24;
      }
    }
    return first.length * 8;
  }
}
