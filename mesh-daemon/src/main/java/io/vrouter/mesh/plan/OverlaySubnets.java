package io.vrouter.mesh.plan;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Each VNI has its own overlay subnet, the same on every host, so that no address has two meanings
 * on one host.
 *
 * <p>The configured VNI has the configured subnet. The subnet of another VNI is offset by the
 * difference of the VNIs, wrapping within the {@link #BITS} bits above the subnet's length:
 * 10.1.1.0/24 for VNI 1000 makes 10.1.2.0/24 for VNI 1001, and all of them stay in 10.0.0.0/9,
 * clear of the default pool.
 */
public final class OverlaySubnets {
  /** Bits above the subnet's own length that a VNI changes. */
  static final int BITS = 15;

  private OverlaySubnets() {}

  /**
   * The subnet of a VNI.
   *
   * @param base the subnet of {@code baseVni}
   */
  public static Prefix of(Prefix base, Vni baseVni, Vni vni) {
    if (vni.equals(baseVni)) {
      return base;
    }
    int bits = base.address().getAddress().length * 8;
    int turned = Math.min(BITS, Math.max(0, base.length() - 8));
    BigInteger size = BigInteger.ONE.shiftLeft(turned);
    BigInteger all = new BigInteger(1, base.address().getAddress());
    BigInteger index = all.shiftRight(bits - base.length());
    BigInteger low = index.mod(size);
    BigInteger moved = low.add(BigInteger.valueOf((long) vni.value() - baseVni.value())).mod(size);
    BigInteger shifted = index.subtract(low).add(moved).shiftLeft(bits - base.length());
    return new Prefix(address(shifted, bits / 8), base.length());
  }

  /**
   * The destination whose traffic an overlay subnet would take from this host: a connected network,
   * a route to the subnet or a part of it, or an address whose route must not change. A route
   * strictly shorter than the subnet doesn't count.
   *
   * @return the words after "the subnet …"; empty when nothing is in the way
   */
  static Optional<String> taken(
      Prefix subnet,
      ForeignRoutes surroundings,
      InetAddress underlay,
      Collection<InetAddress> avoid) {
    for (ForeignRoutes.Occupied route : surroundings.routes()) {
      boolean counts =
          route.connected()
              ? route.prefix().overlaps(subnet)
              : subnet.contains(route.prefix()) && !route.device().isEmpty();
      if (counts) {
        return Optional.of("overlaps the " + route + " of this host");
      }
    }
    return contained("the gateway", subnet, surroundings.gateways())
        .or(() -> contained("the underlay address", subnet, List.of(underlay)))
        .or(() -> contained("the seed or resolver", subnet, avoid));
  }

  private static Optional<String> contained(
      String what, Prefix subnet, Collection<InetAddress> addresses) {
    return addresses.stream()
        .filter(subnet::contains)
        .findFirst()
        .map(address -> "contains " + what + " " + address.getHostAddress());
  }

  private static InetAddress address(BigInteger value, int octets) {
    byte[] bytes = new byte[octets];
    for (int i = 0; i < octets; i++) {
      bytes[octets - 1 - i] = value.shiftRight(8 * i).byteValue();
    }
    return Addresses.of(bytes);
  }
}
