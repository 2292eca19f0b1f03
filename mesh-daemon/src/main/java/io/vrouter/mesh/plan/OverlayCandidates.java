package io.vrouter.mesh.plan;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Sha256;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;

/**
 * The order in which a host tries the addresses of an overlay subnet: a hash sequence of its node
 * id. Hosts that start together rarely choose the same address, and a host that lost its state
 * chooses its former address first.
 */
public final class OverlayCandidates {
  private static final int HASHED = 64;

  private OverlayCandidates() {}

  /**
   * The first candidate that no record claims; never the network's own or its broadcast address.
   *
   * @param held addresses that known records claim, live or not
   * @return empty when the subnet is full
   */
  public static Optional<InetAddress> pick(
      NodeId self, Vni vni, Prefix subnet, Set<InetAddress> held) {
    BigInteger hosts = hosts(subnet);
    if (hosts.signum() <= 0) {
      return Optional.empty();
    }
    BigInteger offset = BigInteger.ZERO;
    for (int attempt = 0; attempt < HASHED; attempt++) {
      offset = new BigInteger(1, hash(self, vni, attempt)).mod(hosts);
      InetAddress candidate = host(subnet, offset);
      if (!held.contains(candidate)) {
        return Optional.of(candidate);
      }
    }
    // The subnet is nearly full: walk on. Of more addresses than are held one must be free.
    BigInteger left = hosts.min(BigInteger.valueOf(held.size() + 1L));
    for (long step = 1; step <= left.longValueExact(); step++) {
      InetAddress candidate = host(subnet, offset.add(BigInteger.valueOf(step)).mod(hosts));
      if (!held.contains(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** The number of host addresses in a subnet. */
  static BigInteger hosts(Prefix subnet) {
    int bits = (subnet.isIpv4() ? 32 : 128) - subnet.length();
    // RFC 4291 section 2.6.1: an IPv6 subnet has no broadcast, but its zero address is anycast.
    int reserved = subnet.isIpv4() ? 2 : 1;
    return BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.valueOf(reserved));
  }

  private static InetAddress host(Prefix subnet, BigInteger offset) {
    byte[] base = subnet.address().getAddress();
    byte[] sum = new BigInteger(1, base).add(offset).add(BigInteger.ONE).toByteArray();
    byte[] bytes = new byte[base.length];
    int length = Math.min(sum.length, bytes.length);
    System.arraycopy(sum, sum.length - length, bytes, bytes.length - length, length);
    return Addresses.of(bytes);
  }

  private static byte[] hash(NodeId self, Vni vni, int attempt) {
    return Sha256.of(
        ByteBuffer.allocate(NodeId.BYTES + 8)
            .put(self.toBytes())
            .putInt(vni.value())
            .putInt(attempt)
            .array());
  }
}
