package io.vrouter.mesh.main;

import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.cli.DaemonFactory;
import io.vrouter.mesh.cli.StartException;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.firewall.HostFirewall;
import io.vrouter.mesh.host.HostException;
import io.vrouter.mesh.host.NamespaceLock;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.reconcile.Cleanup;
import io.vrouter.mesh.state.SavedStateFile;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.RtNetlink;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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
    AtomicReference<Node> current = new AtomicReference<>();
    Thread onSignal = new Thread(() -> endOnSignal(current, config.keepDataplane()), "signal");
    Node node = new NodeStart(config).start();
    current.set(node);
    Runtime.getRuntime().addShutdownHook(onSignal);
    Node.End end = node.awaitEnd();
    while (end == Node.End.UNDERLAY_MOVED) {
      node = startAgain(config);
      current.set(node);
      end = node.awaitEnd();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      LOG.debug("a signal ends the process already", e);
    }
    return end == Node.End.CLEAN ? 0 : 1;
  }

  /** An underlay on the move may be without an address for a while: no reason to end. */
  private static Node startAgain(MeshConfig config) throws StartException {
    String said = "";
    while (true) {
      try {
        return new NodeStart(config).start();
      } catch (StartException e) {
        String why = e.getMessage() + "; " + e.fix();
        if (!why.equals(said)) {
          LOG.warn("starting with the new underlay, tried again every second: {}", why);
          said = why;
        }
        pause(e);
      }
    }
  }

  private static void pause(StartException cause) throws StartException {
    try {
      TimeUnit.SECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cause;
    }
  }

  private static void endOnSignal(AtomicReference<Node> current, boolean keep) {
    boolean clean = Objects.requireNonNull(current.get()).end(keep);
    // A signal that was obeyed in full is a success, which 128 + n would not say.
    Runtime.getRuntime().halt(clean ? 0 : 1);
  }

  @Override
  public int cleanup(MeshConfig config) throws StartException {
    try (NamespaceLock lock = NamespaceLock.take(config.socket());
        RtNetlink netlink = RtNetlink.open()) {
      Objects.requireNonNull(lock);
      List<StepOutcome> outcomes =
          Cleanup.run(netlink, new HostFirewall(), new SavedStateFile(config.stateDir()));
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
}
