package io.vrouter.membership.jgroups;

import io.vrouter.membership.Seed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The seeds, with their names' addresses at the last look-up. A name that can't be resolved keeps
 * its last addresses and is a problem meanwhile. Resolved on the discovery thread, read on the
 * gossip thread.
 */
final class SeedBook {
  private static final String CODE = "seed-unresolvable";

  private final List<Seed> seeds;
  private final SeedResolver resolver;
  private final Set<InetSocketAddress> own;
  private final Problems problems;
  private final Map<Seed, List<InetSocketAddress>> resolved = new ConcurrentHashMap<>();

  SeedBook(JGroupsConfig config, Problems problems) {
    this.seeds = config.seeds();
    this.resolver = config.resolver();
    this.own = config.own();
    this.problems = problems;
    for (Seed seed : seeds) {
      InetAddress literal = seed.address();
      if (literal != null) {
        resolved.put(seed, List.of(new InetSocketAddress(literal, seed.port())));
      }
    }
  }

  /** Whether a seed is a name. */
  boolean hasNames() {
    return seeds.stream().anyMatch(seed -> seed.address() == null);
  }

  /**
   * Resolves all names. Blocks as long as the resolver does.
   *
   * @return whether an address is new
   */
  boolean resolve() {
    Set<InetSocketAddress> before = addresses();
    for (Seed seed : seeds) {
      if (seed.address() == null) {
        resolve(seed);
      }
    }
    return !before.containsAll(addresses());
  }

  private void resolve(Seed seed) {
    try {
      List<InetSocketAddress> addresses = new ArrayList<>();
      for (InetAddress address : resolver.resolve(seed.host())) {
        addresses.add(new InetSocketAddress(address, seed.port()));
      }
      resolved.put(seed, List.copyOf(addresses));
      problems.clear(CODE, seed.toString());
    } catch (UnknownHostException | RuntimeException e) {
      problems.put(
          CODE,
          seed.toString(),
          "seed '" + seed + "' could not be resolved: " + e.getMessage(),
          "check the name, or name the seed by its address; it is looked up again meanwhile");
    }
  }

  /** All addresses of all seeds but this node's own. */
  Set<InetSocketAddress> addresses() {
    Set<InetSocketAddress> all = new LinkedHashSet<>();
    for (Seed seed : seeds) {
      all.addAll(resolved.getOrDefault(seed, List.of()));
    }
    all.removeAll(own);
    return all;
  }
}
