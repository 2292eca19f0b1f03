package io.vrouter.mesh.plan;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.Sha256;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.record.HostRecord;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The overlay subnet of a mesh without {@code --vxlan-subnet}: of a fixed sequence the one that the
 * fewest members can't use, and never one that this host can't; the first of equals. Equal records
 * give an equal choice on every host, without a word in between.
 *
 * <p>A member can't use a subnet that overlaps what it reaches past the mesh, by its record, nor
 * one that overlaps its own prefixes. A record without that (a fixed subnet, an older version) can
 * use that of its overlay address only. Each member counts once for a subnet: one that lies can
 * move the mesh along the sequence, and doesn't keep it from a subnet. Failed members count while
 * their records are known, so that a host that comes and goes moves the mesh once.
 *
 * <p>A move costs no packet: an overlay address is a next hop with a permanent neighbour, never an
 * address in a container's packet, and the former one stays until peers know the new one.
 */
public final class OverlayChoice {
  /** Each is private, outside the default pool and Docker's default ranges. */
  public static final List<Prefix> CANDIDATES = candidates();

  private static final int LENGTH = 24;

  private OverlayChoice() {}

  private static List<Prefix> candidates() {
    List<Prefix> all = new ArrayList<>();
    for (String first :
        List.of(
            "10.1.1.0/24",
            "10.113.77.0/24",
            "172.16.233.0/24",
            "100.99.7.0/24",
            "192.168.251.0/24")) {
      all.add(Prefix.parse(first));
    }
    // The rest is spread over 10.64.0.0/10.
    for (int i = all.size(); i < Integer.SIZE; i++) {
      byte[] hash = Sha256.of(ByteBuffer.allocate(4).putInt(i).array());
      all.add(
          Prefix.parse(
              "10.%d.%d.0/%d".formatted(64 + (hash[0] & 63), 1 + (hash[1] & 127), LENGTH)));
    }
    return List.copyOf(all);
  }

  /** A candidate by its index, 0 to 31. */
  public static Prefix candidate(int index) {
    return CANDIDATES.get(index);
  }

  /**
   * The candidates that overlap what this host reaches, or its own networks.
   *
   * @return bit i for candidate i
   */
  public static int blocked(LocalState local, ForeignRoutes surroundings) {
    int blocked = 0;
    for (int i = 0; i < CANDIDATES.size(); i++) {
      Prefix candidate = CANDIDATES.get(i);
      boolean taken =
          OverlaySubnets.taken(
                      candidate, surroundings, local.underlay().address(), local.options().avoid())
                  .isPresent()
              || local.networks().stream()
                  .anyMatch(network -> network.prefix().overlaps(candidate));
      boolean allowed = local.options().allow().stream().anyMatch(it -> it.contains(candidate));
      blocked |= taken && !allowed ? 1 << i : 0;
    }
    return blocked;
  }

  /**
   * The candidate that all choose.
   *
   * @param blocked of this host, see {@link #blocked}
   * @param base the VNI that has the candidate itself as its subnet
   * @return its index; 0 when this host can't use any
   */
  public static int choose(int blocked, Collection<RemoteHost> peers, Vni base) {
    int best = 0;
    int fewest = Integer.MAX_VALUE;
    for (int i = 0; i < CANDIDATES.size(); i++) {
      if ((blocked & 1 << i) == 0) {
        int index = i;
        int against =
            (int)
                peers.stream()
                    .filter(OverlayChoice::counts)
                    .filter(peer -> !uses(peer.record(), index, base))
                    .count();
        if (against < fewest) {
          best = i;
          fewest = against;
        }
      }
    }
    return best;
  }

  private static boolean counts(RemoteHost peer) {
    return peer.state() != MemberState.LEFT && peer.state() != MemberState.REPLACED;
  }

  private static boolean uses(HostRecord record, int index, Vni base) {
    Prefix candidate = CANDIDATES.get(index);
    Integer blocked = record.blockedOverlays();
    if (blocked == null) {
      return record.overlay(base).map(it -> candidate.contains(it.address())).orElse(true);
    }
    return (blocked & 1 << index) == 0
        && !candidate.contains(record.underlay())
        && record.subnets().stream().noneMatch(subnet -> subnet.prefix().overlaps(candidate));
  }

  /** The index of the candidate that gives a VNI the subnet with this address; -1 for none. */
  public static int of(InetAddress address, Vni base, Vni vni) {
    for (int i = 0; i < CANDIDATES.size(); i++) {
      if (OverlaySubnets.of(CANDIDATES.get(i), base, vni).contains(address)) {
        return i;
      }
    }
    return -1;
  }
}
