package io.vrouter.mesh.main;

import io.vrouter.mesh.agent.AgentException;
import io.vrouter.mesh.agent.RemoteAgent;
import io.vrouter.mesh.api.UncaughtExceptions;
import io.vrouter.mesh.api.Waiting;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.cli.DaemonFactory;
import io.vrouter.mesh.cli.MeshctlCommands;
import io.vrouter.mesh.cli.StartException;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.fastpath.FastPath;
import io.vrouter.mesh.firewall.HostFirewall;
import io.vrouter.mesh.host.HostException;
import io.vrouter.mesh.host.HostFactsReader;
import io.vrouter.mesh.host.NamespaceLock;
import io.vrouter.mesh.host.Preflight;
import io.vrouter.mesh.host.SdNotify;
import io.vrouter.mesh.log.Logging;
import io.vrouter.mesh.model.FastPathMode;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.node.ProcessMaintenance;
import io.vrouter.mesh.reconcile.Cleanup;
import io.vrouter.mesh.state.SavedStateFile;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.socket.Dumpable;
import java.io.IOException;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a daemon in this process, or cleans up after one. */
final class Daemon implements DaemonFactory {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
  private final PrintStream out;

  /** Reports of a clean-up go to {@code out}. */
  Daemon(PrintStream out) {
    this.out = out;
  }

  @Override
  public int run(MeshConfig config) throws StartException {
    return run(config, false);
  }

  @Override
  public int node(MeshConfig config) throws StartException {
    return run(config, true);
  }

  @Override
  public int agent(MeshConfig config) throws StartException {
    Logging.format(config.logFormat());
    Dumpable.set(false);
    UncaughtExceptions uncaught = new UncaughtExceptions();
    Thread.setDefaultUncaughtExceptionHandler(uncaught);
    try (NamespaceLock lock = NamespaceLock.take(config.agentSocket());
        SdNotify manager = SdNotify.of(System.getenv(), ProcessHandle.current().pid())) {
      Objects.requireNonNull(lock);
      new AgentRun(config, manager, uncaught).run();
      return 0;
    } catch (HostException e) {
      throw new StartException(e.problem().message(), e.problem().fix(), e);
    } catch (NetlinkException e) {
      throw new StartException(
          "asking the kernel: " + e.getMessage(), "run it with CAP_NET_ADMIN", e);
    }
  }

  /**
   * Runs a node.
   *
   * @param split whether its agent is another process, which then holds the namespace's lock
   */
  private int run(MeshConfig config, boolean split) throws StartException {
    Logging.format(config.logFormat());
    // The process memory holds the token and the identity's seed.
    Dumpable.set(false);
    UncaughtExceptions uncaught = new UncaughtExceptions();
    Thread.setDefaultUncaughtExceptionHandler(uncaught);
    try (NamespaceLock lock = split ? null : NamespaceLock.take(config.socket());
        SdNotify manager = SdNotify.of(System.getenv(), ProcessHandle.current().pid());
        Waiting waiting =
            new Waiting(config, System::nanoTime, api -> waitingCommands(config, api))) {
      LOG.trace("lock: {}", lock);
      boolean clean =
          new DaemonRun(
                  config,
                  waiting,
                  manager,
                  uncaught,
                  split,
                  () -> split ? askedToCleanUp(config) : cleanedUp(config))
              .run();
      return clean ? 0 : 1;
    } catch (HostException e) {
      throw new StartException(e.problem().message(), e.problem().fix(), e);
    } catch (NetlinkException e) {
      throw new StartException(
          "asking the kernel: " + e.getMessage(), "run meshd as root on Linux 5.10 or later", e);
    }
  }

  private static boolean askedToCleanUp(MeshConfig config) {
    try (RemoteAgent agent = new RemoteAgent(config.agentSocket(), new SecureRandom())) {
      return agent.remove().isEmpty();
    } catch (AgentException e) {
      LOG.error("cleaning up failed, run 'meshd cleanup' as root", e);
      return false;
    }
  }

  private static MeshctlCommands waitingCommands(MeshConfig config, MeshApi api) {
    return new MeshctlCommands(
        api, new ProcessMaintenance(config, () -> "no node runs\n"), Clock.systemUTC());
  }

  private static boolean cleanedUp(MeshConfig config) {
    try (RtNetlink netlink = RtNetlink.open()) {
      return removed(config, netlink).stream().allMatch(outcome -> outcome.problem() == null);
    } catch (IOException | NetlinkException e) {
      LOG.error("cleaning up failed, run 'meshd cleanup'", e);
      return false;
    }
  }

  private static List<StepOutcome> removed(MeshConfig config, RtNetlink netlink)
      throws IOException {
    try (FastPath fastPath = new FastPath(netlink, FastPathMode.OFF, () -> {})) {
      return Cleanup.run(
          netlink, new HostFirewall(), fastPath, new SavedStateFile(config.stateDir()));
    }
  }

  @Override
  public int cleanup(MeshConfig config) throws StartException {
    try (NamespaceLock lock = NamespaceLock.take(config.socket());
        RtNetlink netlink = RtNetlink.open()) {
      Objects.requireNonNull(lock);
      List<StepOutcome> outcomes = removed(config, netlink);
      for (StepOutcome outcome : outcomes) {
        Problem problem = outcome.problem();
        out.println(
            problem == null
                ? "removed: " + outcome.step()
                : "failed: %s: %s; %s".formatted(outcome.step(), problem.message(), problem.fix()));
      }
      if (outcomes.isEmpty()) {
        out.println("nothing of ours is left on this host");
      }
      return outcomes.stream().allMatch(outcome -> outcome.problem() == null) ? 0 : 1;
    } catch (HostException e) {
      throw new StartException(e.problem().message(), e.problem().fix(), e);
    } catch (IOException | NetlinkException e) {
      throw new StartException(
          "cleaning up: " + e.getMessage(), "run it as root, and once more", e);
    }
  }

  @Override
  public int check(MeshConfig config) throws StartException {
    Set<Integer> ports = Set.of(config.vxlanPort(), config.gossipPort());
    try (RtNetlink netlink = RtNetlink.open()) {
      Preflight preflight =
          Preflight.check(
              new HostFactsReader().read(ports, netlink.links().entries()),
              config.vxlanPort(),
              config.gossipPort(),
              null);
      preflight.failures().forEach(problem -> print("fail", problem));
      preflight.warnings().forEach(problem -> print("warn", problem));
      if (preflight.failures().isEmpty()) {
        out.println("pass  meshd can start on this host");
      }
      return preflight.failures().isEmpty() ? 0 : 1;
    } catch (IOException | NetlinkException e) {
      throw new StartException(
          "looking at this host: " + e.getMessage(), "run it as root, with /proc mounted", e);
    }
  }

  private void print(String result, Problem problem) {
    out.println("%s  %s: %s".formatted(result, problem.code(), problem.message()));
    out.println("      fix: " + problem.fix());
  }
}
