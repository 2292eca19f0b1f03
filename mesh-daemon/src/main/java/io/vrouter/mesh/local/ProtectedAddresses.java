package io.vrouter.mesh.local;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.DaemonThreads;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The addresses that no prefix may cover: this host's resolvers and seeds, names resolved. Polled
 * on a thread of its own named {@code resolvers}, since a resolver may take seconds. The newest
 * addresses of a name stay while it can't be resolved.
 */
public final class ProtectedAddresses implements Supplier<Set<InetAddress>>, AutoCloseable {
  /** The C library's file, and the one with the upstream servers of systemd-resolved's stub. */
  private static final List<Path> RESOLV_CONFS =
      List.of(Path.of("/etc/resolv.conf"), Path.of("/run/systemd/resolve/resolv.conf"));

  /** Poll interval: a resolver from DHCP is protected before it matters. */
  private static final Duration PERIOD = Duration.ofSeconds(15);

  private final List<Path> resolvConfs;
  private final Set<InetAddress> literals = new HashSet<>();
  private final List<String> names = new ArrayList<>();
  private final Function<String, List<InetAddress>> resolver;
  private final Map<String, List<InetAddress>> resolved = new HashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("resolvers"));
  private volatile Set<InetAddress> newest;

  /**
   * With the system's files and resolver.
   *
   * @param seeds addresses and names, resolved after {@link #start}
   */
  public ProtectedAddresses(Collection<String> seeds) {
    this(RESOLV_CONFS, seeds, ProtectedAddresses::resolved);
  }

  /**
   * Reads the files; names are resolved after {@link #start}.
   *
   * @param seeds addresses and names
   * @param resolver the addresses of a name, empty when it can't be resolved; may block
   */
  ProtectedAddresses(
      List<Path> resolvConfs,
      Collection<String> seeds,
      Function<String, List<InetAddress>> resolver) {
    this.resolvConfs = List.copyOf(resolvConfs);
    this.resolver = resolver;
    for (String seed : seeds) {
      try {
        literals.add(Addresses.parse(seed));
      } catch (IllegalArgumentException e) {
        names.add(seed);
      }
    }
    newest = now();
  }

  /** Begins to poll; {@code changed} runs on the thread and must return at once. */
  public void start(Runnable changed) {
    Future<?> unused =
        thread.scheduleWithFixedDelay(
            () -> {
              if (look()) {
                changed.run();
              }
            },
            0,
            PERIOD.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Looks once; whether anything changed. */
  boolean look() {
    for (String name : names) {
      List<InetAddress> addresses = resolver.apply(name);
      if (!addresses.isEmpty()) {
        resolved.put(name, addresses);
      }
    }
    Set<InetAddress> before = newest;
    newest = now();
    return !newest.equals(before);
  }

  private Set<InetAddress> now() {
    Set<InetAddress> addresses = new HashSet<>(literals);
    resolvConfs.forEach(file -> addresses.addAll(Resolvers.of(file)));
    resolved.values().forEach(addresses::addAll);
    return Set.copyOf(addresses);
  }

  private static List<InetAddress> resolved(String name) {
    try {
      return List.of(InetAddress.getAllByName(name));
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  /** The newest. From any thread. */
  @Override
  public Set<InetAddress> get() {
    return newest;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
