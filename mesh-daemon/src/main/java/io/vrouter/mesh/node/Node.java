package io.vrouter.mesh.node;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MembershipException;
import io.vrouter.membership.NodeKeys;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.jgroups.MovableMembership;
import io.vrouter.mesh.api.DiscoveryFile;
import io.vrouter.mesh.api.EventLog;
import io.vrouter.mesh.api.GossipProblems;
import io.vrouter.mesh.api.HostCheckup;
import io.vrouter.mesh.api.HttpDoor;
import io.vrouter.mesh.api.LiveApi;
import io.vrouter.mesh.api.LiveKeys;
import io.vrouter.mesh.api.LiveTrialHost;
import io.vrouter.mesh.api.NodeMetrics;
import io.vrouter.mesh.api.PathReports;
import io.vrouter.mesh.api.PoolApi;
import io.vrouter.mesh.api.TestRun;
import io.vrouter.mesh.api.TunnelApi;
import io.vrouter.mesh.api.UncaughtExceptions;
import io.vrouter.mesh.api.WallClock;
import io.vrouter.mesh.api.WarmUp;
import io.vrouter.mesh.cli.MeshctlCommands;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.control.ControlException;
import io.vrouter.mesh.control.ControlServer;
import io.vrouter.mesh.control.HttpServer;
import io.vrouter.mesh.docker.DaemonJsonFile;
import io.vrouter.mesh.docker.EngineOptions;
import io.vrouter.mesh.host.RealTime;
import io.vrouter.mesh.local.HostListener;
import io.vrouter.mesh.local.HostWatch;
import io.vrouter.mesh.metrics.MeshMetrics;
import io.vrouter.mesh.model.Endpoint;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.observe.Watch;
import io.vrouter.mesh.path.PathProber;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.reconcile.Farewell;
import io.vrouter.mesh.reconcile.OverlayPaths;
import io.vrouter.mesh.reconcile.Reconciler;
import io.vrouter.mesh.state.PoolStateFile;
import io.vrouter.mesh.state.SavedStateFile;
import io.vrouter.mesh.state.SignedPolicyFile;
import io.vrouter.mesh.trial.Trials;
import io.vrouter.mesh.wireguard.TunnelKeys;
import io.vrouter.netlink.RtNetlink;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running daemon: wires its parts and defines the order in which they start and end. */
public final class Node implements HostListener {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final MeshConfig config;
  private final MovableMembership membership;
  private final HostWatch host;
  private final AgentSide side;
  private final Optional<DiscoveryFile> discovery;
  private final Optional<TunnelKeys> tunnelKeys;
  private final UnderlayMove move;
  private final List<Problem> warnings;
  private final UncaughtExceptions uncaught;
  private final Closeables parts;
  private final Reconciler reconciler;
  private final EventLog events = new EventLog(Clock.systemUTC());
  private final PathReports reports;
  private final LiveApi api;
  private final List<Watch> watches = new CopyOnWriteArrayList<>();
  private final NodeEnding ending;
  private volatile Optional<HttpDoor> http = Optional.empty();

  /**
   * Makes the parts without side effects.
   *
   * @param netlink for the reconciler and the agent's side only
   * @param side what takes privileges
   * @param parts closed at the end, after the node's own
   */
  Node(
      MeshConfig config,
      MeshToken token,
      NodeKeys keys,
      RtNetlink netlink,
      AgentSide side,
      MovableMembership membership,
      HostWatch host,
      OverlayPaths paths,
      RealTime realTime,
      Optional<DiscoveryFile> discovery,
      Optional<TunnelKeys> tunnelKeys,
      UnderlayMove move,
      List<Problem> warnings,
      UncaughtExceptions uncaught,
      Closeables parts) {
    this.config = config;
    this.membership = membership;
    this.host = host;
    this.side = side;
    this.discovery = discovery;
    this.tunnelKeys = tunnelKeys;
    this.move = move;
    this.warnings = List.copyOf(warnings);
    this.uncaught = uncaught;
    this.parts = parts;
    SavedStateFile store = new SavedStateFile(config.stateDir());
    PoolStateFile pools = new PoolStateFile(config.stateDir());
    SignedPolicyFile policies = new SignedPolicyFile(config.stateDir());
    this.reconciler =
        new Reconciler(
            host.current(),
            membership,
            netlink,
            side.agent(this::firewallAnswered),
            store,
            pools,
            policies,
            keys,
            System::nanoTime);
    this.ending = new NodeEnding(membership, reconciler, parts);
    tunnelKeys.ifPresent(this::follow);
    reconciler.listen(paths::snapshot);
    reconciler.onRepair(what -> events.kernel(membership.self(), config.nodeName(), what));
    WallClock wall = new WallClock(Clock.systemUTC(), System::nanoTime);
    reports = new PathReports(reconciler::snapshot, wall, events);
    PathProber prober =
        parts.add(
            new PathProber(
                FirewallPolicy.DEFAULT_PROBE_PORT,
                RandomGenerator.getDefault(),
                side.probeSenders(),
                found -> {
                  reports.found(found);
                  reconciler.paths(reports.smallerMtus(), reports.arrivals());
                }));
    reconciler.listen(
        snapshot -> prober.targets(paths.targets(host.current().underlay().tunnelMtu())));
    membership.listen(events::membership);
    LiveTrialHost trialHost = new LiveTrialHost(reconciler::snapshot, host, reports::smallerMtus);
    Trials trials =
        parts.add(new Trials(trialHost, membership::pass, RandomGenerator.getDefault()));
    membership.passed(trials::received);
    this.api =
        new LiveApi(
            config,
            token,
            reconciler,
            events,
            paths,
            reports,
            membership,
            wall,
            new HostCheckup(config, host, realTime, side.split(), wall),
            new TestRun(trials, trialHost, reconciler::snapshot),
            new PoolApi(
                reconciler,
                new DaemonJsonFile(DaemonJsonFile.DEFAULT),
                new EngineOptions(config.docker().socket())),
            new LiveKeys(membership, membership::endpoint, config.stateDir()),
            new TunnelApi(tunnelKeys, reconciler),
            () -> host.current().networks(),
            Map.of("gossip", membership::sinceLastTurn, "reconcile", reconciler::sinceLastTurn),
            () -> problems(store, pools, policies),
            ending::leave,
            ending::endLeft);
  }

  /** A key that no peer uses any more is deleted. */
  private void follow(TunnelKeys own) {
    reconciler.tunnelKeys(own.publicKeys());
    reconciler.onTunnelKeyRetired(
        slot -> {
          own.retire(slot);
          reconciler.tunnelKeys(own.publicKeys());
        });
  }

  /**
   * Starts; the control socket answers before the first datagram of gossip is sent.
   *
   * @param serving run just before the control socket opens
   */
  void start(Runnable serving) throws ControlException, MembershipException {
    Clock clock = Clock.systemUTC();
    MeshMetrics metrics = new MeshMetrics(api);
    new NodeMetrics(membership, reconciler, metrics.measurements());
    if (config.http().isPresent()) {
      Endpoint bind = config.http().get();
      InetSocketAddress address = new InetSocketAddress(bind.address(), bind.port());
      http =
          Optional.of(
              parts.add(new HttpDoor(() -> HttpServer.open(address, api, metrics::exposition))));
    }
    Bytes payload = reconciler.firstPayload();
    // A failure from here on leaves no thread behind; a second close does nothing.
    parts.add(() -> reconciler.close(Farewell.KEEP));
    watchKernel();
    MeshctlCommands commands =
        new MeshctlCommands(api, new ProcessMaintenance(config, metrics::exposition), clock);
    serving.run();
    // Last before the gossip: no meshctl waits for work that could be done earlier.
    parts.add(ControlServer.open(config.socket(), commands));
    parts.add(new WarmUp(commands));
    membership.start(payload);
    reconciler.start();
    host.start(this, reconciler::firewallChanged);
    discovery.ifPresent(this::keepMembers);
    LOG.info(
        "{} is in the mesh from {}, node id {}",
        config.nodeName(),
        host.underlay().address().getHostAddress(),
        membership.self());
  }

  private void firewallAnswered() {
    reconciler.kernelChanged(true);
  }

  /** Kernel and rule events go to the reconciler. */
  private void watchKernel() {
    watches.add(
        parts.add(
            Watch.kernel(change -> reconciler.kernelChanged(change == Watch.ChangeKind.OURS))));
    side.followRules(reconciler::rulesChanged, reconciler::firewallChanged);
  }

  /** The newest state is enough, so one pending write serves all requests. */
  private void keepMembers(DiscoveryFile file) {
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            0,
            1,
            1,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(1),
            work -> new Thread(work, "discovery-file"),
            new ThreadPoolExecutor.DiscardPolicy());
    parts.add(thread::shutdownNow);
    reconciler.listen(snapshot -> thread.execute(() -> file.keep(api.members(false))));
  }

  /** Whether no thread hangs. */
  public boolean live() {
    return api.live();
  }

  /** Waits until the node is stopped. */
  public NodeEnding.NodeEnd awaitEnd() {
    return ending.await();
  }

  /**
   * Ends the node.
   *
   * @param keep whether the data path stays for a next start
   * @return whether everything ended as required
   */
  public boolean end(boolean keep) {
    return ending.end(keep);
  }

  private List<Problem> problems(
      SavedStateFile store, PoolStateFile pools, SignedPolicyFile policies) {
    List<Problem> problems = new ArrayList<>(warnings);
    problems.addAll(uncaught.problems());
    store.problem().ifPresent(problems::add);
    pools.problem().ifPresent(problems::add);
    policies.problem().ifPresent(problems::add);
    host.problems().forEach(problems::add);
    move.problem().ifPresent(problems::add);
    watches.forEach(watch -> watch.problem().ifPresent(problems::add));
    problems.addAll(side.problems());
    problems.addAll(reports.problems());
    tunnelKeys.flatMap(TunnelKeys::problem).ifPresent(problems::add);
    discovery.flatMap(DiscoveryFile::problem).ifPresent(problems::add);
    http.flatMap(HttpDoor::problem).ifPresent(problems::add);
    problems.addAll(GossipProblems.of(membership.problems()));
    return problems;
  }

  @Override
  public void changed(LocalState state) {
    reconciler.update(state);
  }

  @Override
  public void linkUp() {
    membership.linkChanged();
  }

  @Override
  public void linkDown() {
    membership.linkLost();
  }

  @Override
  public void underlayMoved(InetAddress address) {
    move.to(address);
  }
}
