package io.vrouter.mesh.main;

import io.vrouter.membership.Seed;
import io.vrouter.membership.TrustedFile;
import io.vrouter.mesh.agent.AgentPolicy;
import io.vrouter.mesh.agent.AgentPolicyFile;
import io.vrouter.mesh.agent.AgentServer;
import io.vrouter.mesh.agent.AgentTunnels;
import io.vrouter.mesh.agent.FactBoard;
import io.vrouter.mesh.agent.FormerStore;
import io.vrouter.mesh.api.UncaughtExceptions;
import io.vrouter.mesh.cli.StartException;
import io.vrouter.mesh.config.ConfiguredSubnet;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.firewall.HostFirewall;
import io.vrouter.mesh.firewall.ProbedSet;
import io.vrouter.mesh.host.HostFactsReader;
import io.vrouter.mesh.host.Preflight;
import io.vrouter.mesh.host.SdNotify;
import io.vrouter.mesh.local.DockerFollower;
import io.vrouter.mesh.local.ProtectedAddresses;
import io.vrouter.mesh.local.SilentRules;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.node.Closeables;
import io.vrouter.mesh.observe.Watch;
import io.vrouter.mesh.plan.FormerSetting;
import io.vrouter.mesh.reconcile.SavedState;
import io.vrouter.mesh.state.SavedStateFile;
import io.vrouter.mesh.wireguard.WireGuardKeys;
import io.vrouter.mesh.wireguard.WireGuardTarget;
import io.vrouter.netlink.Nftables;
import io.vrouter.netlink.RtNetlink;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of an agent's process: it serves until a signal, and leaves the kernel as it is. */
final class AgentRun {
  private static final Logger LOG = LoggerFactory.getLogger(AgentRun.class);

  /** An engine lists its networks within tens of milliseconds; a hanging one must not block us. */
  private static final Duration DOCKER_PATIENCE = Duration.ofSeconds(2);

  private final MeshConfig config;
  private final SdNotify manager;
  private final UncaughtExceptions uncaught;
  private final Closeables parts = new Closeables();
  private final AtomicReference<@Nullable Watch> rules = new AtomicReference<>();
  private final AtomicReference<@Nullable WireGuardKeys> wireguard = new AtomicReference<>();

  AgentRun(MeshConfig config, SdNotify manager, UncaughtExceptions uncaught) {
    this.config = config;
    this.manager = manager;
    this.uncaught = uncaught;
  }

  /**
   * Serves until the process is ended by a signal.
   *
   * @throws StartException when it can't serve here
   */
  void run() throws StartException {
    CountDownLatch end = new CountDownLatch(1);
    try (parts) {
      AgentPolicy policy = policy();
      AgentServer server = serve(policy);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> ended(end), "signal"));
      manager.watch(server::live);
      manager.ready("serves the user " + policy.user());
      LOG.info("serves the user {} at {}", policy.user(), config.agentSocket());
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ended(CountDownLatch end) {
    manager.stopping();
    parts.close();
    end.countDown();
    Runtime.getRuntime().halt(0);
  }

  private AgentPolicy policy() throws StartException {
    AgentPolicy base =
        AgentPolicy.of(
            config.vnis(),
            config.vxlanSubnet(),
            config.vxlanPort(),
            config.acceptPrefixes(),
            config.allowPrefixes(),
            config.subnets().stream()
                .collect(
                    Collectors.toMap(
                        ConfiguredSubnet::prefix, ConfiguredSubnet::vni, (a, b) -> a)));
    if (config.encryption() != Encryption.NONE) {
      base = base.withWireGuard(config.wireguardPort());
    }
    Optional<Path> file = config.agentPolicy();
    if (file.isEmpty()) {
      return base;
    }
    try {
      return AgentPolicyFile.read(file.get(), base);
    } catch (IOException e) {
      throw new StartException(
          "the agent's policy: " + e.getMessage(), "correct the file of --agent-policy", e);
    }
  }

  private AgentServer serve(AgentPolicy policy) throws StartException {
    RtNetlink netlink = parts.add(RtNetlink.open());
    List<Problem> warnings = new ArrayList<>(preflight(netlink));
    SavedStateFile saved = new SavedStateFile(config.stateDir());
    FactBoard board = new FactBoard(() -> problems(warnings, saved));
    HostFirewall firewall = parts.add(new HostFirewall(board::answered));
    HostFirewall asked = parts.add(new HostFirewall());
    ProtectedAddresses avoid =
        parts.add(new ProtectedAddresses(config.seeds().stream().map(Seed::host).toList()));
    avoid.start(() -> LOG.debug("other resolvers or seeds"));
    try {
      TrustedFile.checkDirectory(config.stateDir());
      parts.add(new DockerFollower(config, board::docker));
      // Before the first request: networks that aren't known yet would be refused, and closed.
      if (!board.awaitDocker(DOCKER_PATIENCE)) {
        LOG.warn("Docker has not answered yet: its networks are refused until it does");
      }
      AgentServer server =
          parts.add(
              AgentServer.open(
                  config.agentSocket(),
                  policy,
                  netlink,
                  firewall,
                  asked,
                  parts.add(new ProbedSet(Nftables::open))::ages,
                  tunnels(netlink),
                  store(saved),
                  board,
                  avoid,
                  System::nanoTime));
      rules.set(parts.add(Watch.rules(board::rules)));
      parts.add(new SilentRules(firewall, board::firewall));
      return server;
    } catch (IOException e) {
      throw new StartException(
          "the agent can't serve: " + e.getMessage(),
          "let it write to the directories of --agent-socket and --state-dir",
          e);
    }
  }

  private Optional<AgentTunnels> tunnels(RtNetlink netlink) throws IOException {
    if (config.encryption() == Encryption.NONE) {
      return Optional.empty();
    }
    WireGuardKeys keys =
        WireGuardKeys.open(config.stateDir(), new SecureRandom(), config.wireguardPort());
    wireguard.set(keys);
    return Optional.of(new OwnTunnels(keys, parts.add(new WireGuardTarget(netlink, keys))));
  }

  private List<Problem> problems(List<Problem> warnings, SavedStateFile saved) {
    List<Problem> problems = new ArrayList<>(warnings);
    problems.addAll(uncaught.problems());
    saved.problem().ifPresent(problems::add);
    WireGuardKeys keys = wireguard.get();
    if (keys != null) {
      keys.problem().ifPresent(problems::add);
    }
    Watch watch = rules.get();
    if (watch != null) {
      watch.problem().ifPresent(problems::add);
    }
    return problems;
  }

  private List<Problem> preflight(RtNetlink netlink) throws StartException {
    try {
      Preflight preflight =
          Preflight.agent(
              new HostFactsReader().read(Set.of(config.vxlanPort()), netlink.links().entries()),
              config.vxlanPort());
      if (!preflight.failures().isEmpty()) {
        Problem first = preflight.failures().get(0);
        throw new StartException(first.message(), first.fix());
      }
      return preflight.warnings();
    } catch (IOException e) {
      throw new StartException("reading /proc: " + e.getMessage(), "mount /proc", e);
    }
  }

  /** The part of a state file that an agent has: settings that {@code meshd cleanup} restores. */
  private static FormerStore store(SavedStateFile file) {
    return new FormerStore() {
      @Override
      public List<FormerSetting> load() {
        return file.load().former();
      }

      @Override
      public void save(List<FormerSetting> settings) throws IOException {
        SavedState none = SavedState.NONE;
        file.save(
            new SavedState(
                none.lamport(), none.overlays(), none.subnets(), settings, none.known()));
      }
    };
  }
}
