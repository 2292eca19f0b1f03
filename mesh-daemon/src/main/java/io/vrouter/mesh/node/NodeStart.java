package io.vrouter.mesh.node;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.MembershipException;
import io.vrouter.membership.NodeKeys;
import io.vrouter.membership.Seed;
import io.vrouter.membership.crypto.KeyBook;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.crypto.NodeIdentity;
import io.vrouter.membership.jgroups.JGroupsConfig;
import io.vrouter.membership.jgroups.MovableMembership;
import io.vrouter.mesh.api.DiscoveryFile;
import io.vrouter.mesh.api.UncaughtExceptions;
import io.vrouter.mesh.cli.StartException;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.control.ControlException;
import io.vrouter.mesh.control.Version;
import io.vrouter.mesh.host.HostException;
import io.vrouter.mesh.host.HostFacts;
import io.vrouter.mesh.host.HostFactsReader;
import io.vrouter.mesh.host.Preflight;
import io.vrouter.mesh.host.RealTime;
import io.vrouter.mesh.local.HostWatch;
import io.vrouter.mesh.local.LocalStates;
import io.vrouter.mesh.local.ProtectedAddresses;
import io.vrouter.mesh.local.Underlays;
import io.vrouter.mesh.model.FastPathMode;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Underlay;
import io.vrouter.mesh.probe.UdpDataPathProbe;
import io.vrouter.mesh.reconcile.OverlayPaths;
import io.vrouter.mesh.state.KnownAddresses;
import io.vrouter.mesh.wireguard.TunnelKeys;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.RtNetlink;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All steps from a configuration to a running node: each refusal contains its fix. */
public final class NodeStart {
  private static final Logger LOG = LoggerFactory.getLogger(NodeStart.class);

  /** An engine lists its networks within tens of milliseconds; a hanging one must not block us. */
  private static final Duration DOCKER_PATIENCE = Duration.ofSeconds(2);

  private final MeshConfig config;
  private final UncaughtExceptions uncaught;
  private final boolean split;
  private final List<Problem> warnings = new ArrayList<>();

  /**
   * Starts nothing yet.
   *
   * @param split whether the agent is another process
   */
  public NodeStart(MeshConfig config, UncaughtExceptions uncaught, boolean split) {
    this.config = config;
    this.split = split;
    this.uncaught = uncaught;
  }

  /**
   * Starts, or undoes the steps already taken.
   *
   * @param serving run just before the node's own control socket opens
   * @throws StartException when only the operator can remove the obstacle
   * @throws NotYetException when a missing condition may still come
   */
  public Node start(Runnable serving) throws StartException, NotYetException {
    Closeables parts = new Closeables();
    boolean started = false;
    try {
      Node node = start(parts, serving);
      started = true;
      return node;
    } catch (HostException e) {
      throw new NotYetException(e.problem(), e);
    } catch (MembershipException e) {
      throw new NotYetException(new Problem(e.code(), String.valueOf(e.getMessage()), e.fix()), e);
    } catch (ControlException e) {
      throw new StartException(String.valueOf(e.getMessage()), e.fix(), e);
    } catch (NetlinkException e) {
      throw new StartException(
          "asking the kernel: " + e.getMessage(), "run meshd as root on Linux 5.10 or later", e);
    } finally {
      if (!started) {
        parts.close();
      }
    }
  }

  private Node start(Closeables parts, Runnable serving)
      throws StartException, NotYetException, HostException, MembershipException, ControlException {
    NodeSecrets secrets = new NodeSecrets(config, warnings::add);
    MeshToken token = secrets.token();
    RtNetlink netlink = parts.add(RtNetlink.open());
    RtNetlink lookups = parts.add(RtNetlink.open());
    if (split && config.fastPath() == FastPathMode.ON) {
      throw new StartException(
          "the fast path is not done by a node and an agent",
          "run both in one process, 'meshd run', or set --fast-path off");
    }
    AgentSide side =
        split ? new RemoteAgentSide(config, parts) : new OwnAgentSide(config, netlink, parts);
    preflight(side, netlink);
    Optional<DiscoveryFile> discovery = discovery();
    List<Seed> seeds = new ArrayList<>(seeds(token));
    discovery.ifPresent(file -> seeds.addAll(file.seeds()));
    Set<InetAddress> literals = literals(seeds);
    KnownAddresses known = new KnownAddresses(config.stateDir());
    List<InetAddress> others = new ArrayList<>(literals);
    others.addAll(known.peers());
    Underlays underlays = new Underlays(config, others, known.underlay());
    // Before the identity, which counts this start on the disk.
    underlays.find(lookups);
    NodeIdentity identity = secrets.identity();
    NodeKeys keys = secrets.nodeKeys(token, identity);
    Optional<TunnelKeys> tunnelKeys = side.tunnelKeys();
    ProtectedAddresses avoid =
        parts.add(new ProtectedAddresses(seeds.stream().map(Seed::host).toList()));
    LocalStates states = new LocalStates(identity.id(), Version.current(), config, avoid);
    HostWatch host = parts.add(new HostWatch(underlays, states, lookups));
    avoid.start(host::look);
    side.followDocker(host);
    Underlay underlay = host.underlay();
    OverlayPaths paths = new OverlayPaths(config.vni());
    RealTime realTime = new RealTime();
    realTime.raiseMachine();
    UdpDataPathProbe probe =
        parts.add(
            new UdpDataPathProbe(
                peer -> paths.to(peer.id()), FirewallPolicy.DEFAULT_PROBE_PORT, realTime));
    KeyBook book = secrets.keys(token, identity);
    GossipConfigs gossip =
        (address, boot) ->
            JGroupsConfig.defaults(address, book, boot, config.stateDir(), probe)
                .withPort(config.gossipPort())
                .withMulticast(config.multicast())
                .withSeeds(seeds)
                .withAdvertised(config.advertise().orElse(null))
                .withUrgency(realTime);
    MovableMembership membership =
        parts.add(new MovableMembership(gossip.of(underlay.address(), identity)));
    if (!host.awaitDocker(DOCKER_PATIENCE)) {
      LOG.warn("Docker has not answered yet: its networks are told as soon as it does");
    }
    warnings.forEach(it -> LOG.warn("{}: {}; {}", it.code(), it.message(), it.fix()));
    Node node =
        new Node(
            config,
            token,
            keys,
            netlink,
            side,
            membership,
            host,
            paths,
            realTime,
            discovery,
            tunnelKeys,
            parts.add(new UnderlayMove(membership, gossip, secrets::identity, known::keep)),
            warnings,
            uncaught,
            parts);
    node.start(serving);
    known.keep(underlay.address());
    return node;
  }

  private Optional<DiscoveryFile> discovery() throws ControlException {
    return config.discoveryFile().isEmpty()
        ? Optional.empty()
        : Optional.of(DiscoveryFile.open(config.discoveryFile().get(), config.gossipPort()));
  }

  private void preflight(AgentSide side, RtNetlink netlink) throws StartException {
    try {
      HostFacts facts =
          new HostFactsReader()
              .read(Set.of(config.vxlanPort(), config.gossipPort()), netlink.links().entries());
      Preflight preflight = side.preflight(facts);
      if (!preflight.failures().isEmpty()) {
        throw new StartException(
            joined(preflight.failures().stream().map(Problem::message).toList()),
            joined(preflight.failures().stream().map(Problem::fix).toList()));
      }
      warnings.addAll(preflight.warnings());
    } catch (IOException e) {
      throw new StartException("reading /proc: " + e.getMessage(), "mount /proc", e);
    }
  }

  private List<Seed> seeds(MeshToken token) throws StartException {
    List<Seed> seeds = new ArrayList<>(config.seeds());
    try {
      token.seeds().forEach(seed -> seeds.add(Seed.parse(seed, config.gossipPort())));
    } catch (IllegalArgumentException e) {
      throw new StartException(
          "a seed in the token: " + e.getMessage(), "make the token anew with a right --seed");
    }
    return List.copyOf(seeds);
  }

  private static Set<InetAddress> literals(List<Seed> seeds) {
    Set<InetAddress> literals = new LinkedHashSet<>();
    for (Seed seed : seeds) {
      try {
        literals.add(Addresses.parse(seed.host()));
      } catch (IllegalArgumentException e) {
        LOG.debug("seed {} is a name", seed);
      }
    }
    return literals;
  }

  private static String joined(List<String> sentences) {
    return String.join("; ", sentences);
  }
}
