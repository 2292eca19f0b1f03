package io.vrouter.mesh.pool;

import io.vrouter.mesh.model.Label;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.record.PoolRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The subnets of this host's ranges: named ones, and the rest, which is Docker's. Docker assigns
 * from the bottom and names take from the top, so that they meet last.
 */
public final class PoolSubnets {
  private PoolSubnets() {}

  /**
   * The subnet that a name received or returned.
   *
   * @param state to be saved
   */
  public record Allocation(PoolState state, Prefix subnet) {}

  /**
   * An entry of Docker's {@code default-address-pools}.
   *
   * @param base the prefix that subnets are cut from
   * @param size length of each subnet
   */
  public record Pool(Prefix base, int size) {}

  /**
   * Assigns a subnet to a name: the same again when it has one.
   *
   * @param used the subnets of this host's engine
   * @throws PoolException when the name is not allowed, or no subnet is free
   */
  public static Allocation claim(PoolState state, String name, Set<Prefix> used)
      throws PoolException {
    try {
      Label.check("subnet name", name);
    } catch (IllegalArgumentException e) {
      throw new PoolException(String.valueOf(e.getMessage()), e);
    }
    Prefix given = state.named().get(name);
    if (given != null) {
      return new Allocation(state, given);
    }
    List<Prefix> taken = new ArrayList<>(used);
    taken.addAll(state.named().values());
    Prefix free = null;
    for (PoolRange range : state.ranges()) {
      Prefix last = free(range, taken).reduce((a, b) -> b).orElse(null);
      free = last == null ? free : last;
    }
    if (free == null) {
      throw new PoolException(
          state.ranges().isEmpty()
              ? "this host has no pool range yet: wait until meshctl status says converged"
              : "all subnets of this host's pool ranges are used: release one with meshctl subnet"
                  + " release NAME, or remove unused Docker networks");
    }
    Map<String, Prefix> named = new TreeMap<>(state.named());
    named.put(name, free);
    return new Allocation(state.withNamed(named), free);
  }

  /**
   * Releases a name's subnet.
   *
   * @throws PoolException when no subnet has that name
   */
  public static Allocation release(PoolState state, String name) throws PoolException {
    Map<String, Prefix> named = new TreeMap<>(state.named());
    Prefix released = named.remove(name);
    if (released == null) {
      throw new PoolException(
          "no subnet is claimed by the name '%s'; there are: %s"
              .formatted(
                  Label.fit(name), named.isEmpty() ? "none" : String.join(", ", named.keySet())));
    }
    return new Allocation(state.withNamed(named), released);
  }

  /**
   * The pools that Docker may use: the ranges in the order of their claims, without the named
   * parts.
   */
  public static List<Pool> dockerPools(PoolState state) {
    List<Pool> pools = new ArrayList<>();
    for (PoolRange range : state.ranges()) {
      without(range.prefix(), state.named().values())
          .forEach(base -> pools.add(new Pool(base, PoolRange.SUBNET_LENGTH)));
    }
    return pools;
  }

  /** The free subnets of a range, from the bottom. */
  static Stream<Prefix> free(PoolRange range, Collection<Prefix> taken) {
    List<Prefix> inHere = taken.stream().filter(range.prefix()::overlaps).toList();
    return LongStream.range(0, PoolRange.SUBNETS)
        .mapToObj(index -> Subnets.at(range.prefix(), PoolRange.SUBNET_LENGTH, index))
        .filter(subnet -> !Subnets.overlaps(subnet, inHere));
  }

  private static Stream<Prefix> without(Prefix from, Collection<Prefix> parts) {
    if (parts.stream().noneMatch(from::overlaps)) {
      return Stream.of(from);
    }
    if (parts.contains(from) || from.length() >= PoolRange.SUBNET_LENGTH) {
      return Stream.empty();
    }
    return LongStream.range(0, 2)
        .mapToObj(half -> Subnets.at(from, from.length() + 1, half))
        .flatMap(half -> without(half, parts));
  }
}
