package io.vrouter.membership.jgroups;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.DataPathProbe;
import io.vrouter.membership.Seed;
import io.vrouter.membership.ThreadPriority;
import io.vrouter.membership.crypto.KeyBook;
import io.vrouter.membership.crypto.NodeIdentity;
import io.vrouter.membership.engine.SwimConfig;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of {@link JGroupsMembership}.
 *
 * @param underlay this host's address, on one of its interfaces; multicast uses that interface
 * @param port the UDP port for unicast; also the default port of the multicast group, because the
 *     sockets bind to different addresses
 * @param multicast whether discovery multicasts on the LAN
 * @param group multicast address and port, of the underlay's family
 * @param seeds addresses of nodes to contact first; own addresses are skipped
 * @param keys keys that datagrams are sealed with; belongs to this node from now on
 * @param identity signs this node's record; opened for this boot
 * @param stateDir directory of the peers file
 * @param probe probes a silent peer's kernel over the data path
 * @param swim the engine's parameters
 * @param resolver resolves the names of seeds
 * @param nanoTime monotonic nanoseconds
 * @param random a source of randomness fit for keys
 * @param urgency real-time priority for the threads that answer probes
 * @param sessionsPerAddress most sessions of one IP address, from 1
 * @param advertised the address that peers reach this host by, when address translation (1:1, the
 *     port stays) lies between; null when it is {@code underlay}. Sockets bind to the underlay
 */
public record JGroupsConfig(
    InetAddress underlay,
    int port,
    boolean multicast,
    InetSocketAddress group,
    List<Seed> seeds,
    KeyBook keys,
    NodeIdentity identity,
    Path stateDir,
    DataPathProbe probe,
    SwimConfig swim,
    SeedResolver resolver,
    LongSupplier nanoTime,
    SecureRandom random,
    ThreadPriority urgency,
    int sessionsPerAddress,
    @Nullable InetAddress advertised) {

  /** The gossip port; 7946 is Swarm's and Serf's. */
  public static final int DEFAULT_PORT = 7950;

  /** Most sessions of one IP address: each restart of a host adds one. */
  public static final int SESSIONS_PER_ADDRESS = 4;

  private static final byte[] GROUP_V4 = {(byte) 239, (byte) 192, 79, 50};
  private static final byte[] GROUP_V6 = {
    (byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x79, 0x50
  };

  public JGroupsConfig {
    seeds = List.copyOf(seeds);
    advertised = underlay.equals(advertised) ? null : advertised;
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("gossip port: 1 to 65535 is allowed, not " + port);
    }
    if (advertised != null && advertised.getClass() != underlay.getClass()) {
      throw new IllegalArgumentException(
          "advertised address: "
              + advertised.getHostAddress()
              + " is of another family than "
              + underlay.getHostAddress());
    }
    if (multicast && !group.getAddress().isMulticastAddress()) {
      throw new IllegalArgumentException(
          "multicast group: " + group.getAddress().getHostAddress() + " is no multicast address");
    }
  }

  /**
   * The defaults: LAN multicast on, no seeds, the system's clock and resolver.
   *
   * @param probe see {@link DataPathProbe}
   */
  public static JGroupsConfig defaults(
      InetAddress underlay,
      KeyBook keys,
      NodeIdentity identity,
      Path stateDir,
      DataPathProbe probe) {
    return new JGroupsConfig(
        underlay,
        DEFAULT_PORT,
        true,
        group(underlay),
        List.of(),
        keys,
        identity,
        stateDir,
        probe,
        SwimConfig.defaults(),
        SeedResolver.system(),
        System::nanoTime,
        new SecureRandom(),
        ThreadPriority.NONE,
        SESSIONS_PER_ADDRESS,
        null);
  }

  private static InetSocketAddress group(InetAddress underlay) {
    byte[] address = underlay instanceof Inet6Address ? GROUP_V6 : GROUP_V4;
    return new InetSocketAddress(Addresses.of(address), DEFAULT_PORT);
  }

  /** This node's address and port as peers reach it, as in its record. */
  public InetSocketAddress self() {
    return new InetSocketAddress(advertised == null ? underlay : advertised, port);
  }

  /** The address and port that the unicast socket binds to. */
  public InetSocketAddress local() {
    return new InetSocketAddress(underlay, port);
  }

  /** Both addresses, without a duplicate. */
  Set<InetSocketAddress> own() {
    return advertised == null ? Set.of(local()) : Set.of(self(), local());
  }

  /** These settings with another port; the group's is the same unless it was set to another. */
  public JGroupsConfig withPort(int other) {
    InetSocketAddress moved =
        group.getPort() == port ? new InetSocketAddress(group.getAddress(), other) : group;
    Draft draft = new Draft(this);
    draft.port = other;
    draft.group = moved;
    return draft.config();
  }

  /** These settings with multicast on or off. */
  public JGroupsConfig withMulticast(boolean on) {
    Draft draft = new Draft(this);
    draft.multicast = on;
    return draft.config();
  }

  /** These settings with another multicast group. */
  public JGroupsConfig withGroup(InetSocketAddress other) {
    Draft draft = new Draft(this);
    draft.group = other;
    return draft.config();
  }

  /** These settings with other seeds. */
  public JGroupsConfig withSeeds(List<Seed> others) {
    Draft draft = new Draft(this);
    draft.seeds = others;
    return draft.config();
  }

  /** These settings with another resolver. */
  public JGroupsConfig withResolver(SeedResolver other) {
    Draft draft = new Draft(this);
    draft.resolver = other;
    return draft.config();
  }

  /** These settings with another clock. */
  public JGroupsConfig withNanoTime(LongSupplier other) {
    Draft draft = new Draft(this);
    draft.nanoTime = other;
    return draft.config();
  }

  /** These settings with another thread priority. */
  public JGroupsConfig withUrgency(ThreadPriority other) {
    Draft draft = new Draft(this);
    draft.urgency = other;
    return draft.config();
  }

  /** These settings with another quota of sessions. */
  public JGroupsConfig withSessionsPerAddress(int most) {
    Draft draft = new Draft(this);
    draft.sessionsPerAddress = most;
    return draft.config();
  }

  /** These settings with the address that peers reach this host by; null for the underlay's. */
  public JGroupsConfig withAdvertised(@Nullable InetAddress address) {
    Draft draft = new Draft(this);
    draft.advertised = address;
    return draft.config();
  }

  /** The settings while some of them are changed. */
  private static final class Draft {
    InetAddress underlay;
    int port;
    boolean multicast;
    InetSocketAddress group;
    List<Seed> seeds;
    KeyBook keys;
    NodeIdentity identity;
    Path stateDir;
    DataPathProbe probe;
    SwimConfig swim;
    SeedResolver resolver;
    LongSupplier nanoTime;
    SecureRandom random;
    ThreadPriority urgency;
    int sessionsPerAddress;
    @Nullable InetAddress advertised;

    Draft(JGroupsConfig config) {
      underlay = config.underlay();
      port = config.port();
      multicast = config.multicast();
      group = config.group();
      seeds = config.seeds();
      keys = config.keys();
      identity = config.identity();
      stateDir = config.stateDir();
      probe = config.probe();
      swim = config.swim();
      resolver = config.resolver();
      nanoTime = config.nanoTime();
      random = config.random();
      urgency = config.urgency();
      sessionsPerAddress = config.sessionsPerAddress();
      advertised = config.advertised();
    }

    JGroupsConfig config() {
      return new JGroupsConfig(
          underlay,
          port,
          multicast,
          group,
          seeds,
          keys,
          identity,
          stateDir,
          probe,
          swim,
          resolver,
          nanoTime,
          random,
          urgency,
          sessionsPerAddress,
          advertised);
    }
  }
}
