package io.vrouter.mesh.api;

import io.vrouter.membership.Membership;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.control.ConfigView;
import io.vrouter.mesh.control.Conflicts;
import io.vrouter.mesh.control.Doctor;
import io.vrouter.mesh.control.Events;
import io.vrouter.mesh.control.KeysApi;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.control.MeshApiException;
import io.vrouter.mesh.control.Networks;
import io.vrouter.mesh.control.PlanReport;
import io.vrouter.mesh.control.PolicyView;
import io.vrouter.mesh.control.Pools;
import io.vrouter.mesh.control.ProblemTimes;
import io.vrouter.mesh.control.Routes;
import io.vrouter.mesh.control.Status;
import io.vrouter.mesh.control.SubnetClaim;
import io.vrouter.mesh.control.TestReport;
import io.vrouter.mesh.control.TokenView;
import io.vrouter.mesh.control.Version;
import io.vrouter.mesh.control.Withdrawn;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.plan.Step;
import io.vrouter.mesh.policy.PolicyException;
import io.vrouter.mesh.policy.SignedPolicy;
import io.vrouter.mesh.probe.PingResult;
import io.vrouter.mesh.reconcile.MeshSnapshot.MemberView;
import io.vrouter.mesh.reconcile.OverlayPaths;
import io.vrouter.mesh.reconcile.Reconciler;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.socket.UdpErrorProbe;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers from the newest snapshot. Thread-safe. */
public final class LiveApi implements MeshApi {
  private static final Logger LOG = LoggerFactory.getLogger(LiveApi.class);

  /** A turn takes milliseconds; nft and iptables may take 10 s each on a stalled disk. */
  static final Duration STUCK = Duration.ofSeconds(25);

  private final MeshConfig config;
  private final MeshToken token;
  private final Reconciler reconciler;
  private final EventLog events;
  private final OverlayPaths paths;
  private final PathReports reports;
  private final Membership membership;
  private final WallClock clock;
  private final HostCheckup checkup;
  private final TestRun tests;
  private final PoolApi pools;
  private final KeysApi keys;
  private final TunnelApi tunnels;
  private final Supplier<List<LocalNetwork>> networks;
  private final Map<String, Heartbeat> heartbeats;
  private final Supplier<List<Problem>> problems;
  private final Supplier<List<Problem>> leave;
  private final Runnable end;
  private final ProblemTimes times = ProblemTimes.system();

  public LiveApi(
      MeshConfig config,
      MeshToken token,
      Reconciler reconciler,
      EventLog events,
      OverlayPaths paths,
      PathReports reports,
      Membership membership,
      WallClock clock,
      HostCheckup checkup,
      TestRun tests,
      PoolApi pools,
      KeysApi keys,
      TunnelApi tunnels,
      Supplier<List<LocalNetwork>> networks,
      Map<String, Heartbeat> heartbeats,
      Supplier<List<Problem>> problems,
      Supplier<List<Problem>> leave,
      Runnable end) {
    this.config = config;
    this.token = token;
    this.reconciler = reconciler;
    this.events = events;
    this.paths = paths;
    this.reports = reports;
    this.membership = membership;
    this.clock = clock;
    this.checkup = checkup;
    this.tests = tests;
    this.pools = pools;
    this.keys = keys;
    this.tunnels = tunnels;
    this.networks = networks;
    this.heartbeats = Map.copyOf(heartbeats);
    this.problems = problems;
    this.leave = leave;
    this.end = end;
    // A problem's first moment counts even when the status is not asked for.
    reconciler.listen(snapshot -> status());
  }

  private SnapshotViews views() {
    return new SnapshotViews(reconciler.snapshot(), config.vni());
  }

  @Override
  public String version() {
    return Version.current();
  }

  @Override
  public boolean live() {
    List<String> stuck = stuck(heartbeats);
    if (!stuck.isEmpty()) {
      LOG.error("no turn for more than {} s: {}", STUCK.toSeconds(), String.join(", ", stuck));
    }
    return stuck.isEmpty();
  }

  static List<String> stuck(Map<String, Heartbeat> heartbeats) {
    return heartbeats.entrySet().stream()
        .filter(entry -> entry.getValue().sinceLastTurn().compareTo(STUCK) > 0)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  @Override
  public Status status() {
    return views().status(problems.get(), times);
  }

  @Override
  public Members members(boolean all) {
    return views().members(all, clock, reports::path);
  }

  @Override
  public Routes routes() {
    return views().routes();
  }

  @Override
  public Withdrawn withdrawn() throws InterruptedException {
    return SnapshotViews.withdrawn(reconciler.withdrawn());
  }

  @Override
  public void forgetPrefix(String text) throws MeshApiException, InterruptedException {
    Prefix prefix;
    try {
      prefix = Prefix.parse(text);
    } catch (IllegalArgumentException e) {
      throw failed(
          "bad-prefix", String.valueOf(e.getMessage()), "see 'meshctl routes --withdrawn'");
    }
    if (!reconciler.forget(prefix)) {
      throw failed(
          "not-withdrawn",
          prefix + " is not held back here",
          "see 'meshctl routes --withdrawn'; a prefix that a member has is withdrawn there");
    }
  }

  @Override
  public Networks networks() {
    return views().networks(networks.get());
  }

  @Override
  public Conflicts conflicts() {
    return views().conflicts();
  }

  @Override
  public Events events() {
    return events.all();
  }

  @Override
  public Subscription subscribe(Consumer<Events.Event> consumer) {
    return events.subscribe(consumer);
  }

  @Override
  public Optional<Duration> ping(String nodeId, Duration timeout) throws MeshApiException {
    MemberView member = member(nodeId);
    InetAddress overlay =
        paths
            .to(member.member().id())
            .orElseThrow(
                () ->
                    failed(
                        "no-path",
                        "there is no path to " + member.name() + " here",
                        "see 'meshctl members' and 'meshctl routes'"));
    try {
      PingResult ping = PingResult.once(overlay, FirewallPolicy.DEFAULT_PROBE_PORT, timeout);
      return ping.answer() == UdpErrorProbe.ProbeResult.ANSWERED
          ? Optional.of(ping.roundTrip())
          : Optional.empty();
    } catch (SyscallException e) {
      throw failed("no-socket", String.valueOf(e.getMessage()), "try again");
    }
  }

  @Override
  public Optional<Duration> gossip(String nodeId) throws MeshApiException, InterruptedException {
    return tests.gossip(member(nodeId).member().id());
  }

  @Override
  public TestReport test(boolean speed, Consumer<TestReport.Pair> progress)
      throws InterruptedException {
    return tests.run(speed, progress);
  }

  @Override
  public Doctor doctor() {
    return checkup.run(status(), members(false));
  }

  @Override
  public PlanReport plan() throws MeshApiException, InterruptedException {
    try {
      return new PlanReport(
          reconciler.plan().steps().stream()
              .map(
                  step ->
                      new PlanReport.Step(
                          step instanceof Step.SetFirewall || step instanceof Step.RemoveFirewall
                              ? "nft"
                              : "netlink",
                          step.toString(),
                          "the records of the members and this host's networks"))
              .toList());
    } catch (io.vrouter.mesh.agent.AgentException e) {
      throw new MeshApiException(e.problem());
    } catch (io.vrouter.netlink.NetlinkException e) {
      throw failed("kernel-unreachable", "asking the kernel: " + e.getMessage(), "try again");
    }
  }

  @Override
  public void leave() throws MeshApiException {
    List<Problem> left = leave.get();
    if (!left.isEmpty()) {
      throw failed(
          "left-behind",
          left.stream().map(Problem::message).collect(Collectors.joining("; ")),
          "run 'meshd cleanup'");
    }
  }

  @Override
  public void end() {
    end.run();
  }

  @Override
  public void forget(String nodeId) throws MeshApiException {
    MemberView member = member(nodeId);
    if (member.member().state().keepsDataPath()) {
      throw failed(
          "member-alive",
          "%s is %s".formatted(member.name(), EventLog.status(member.member().state()).text()),
          "only a failed, left or replaced member can be forgotten");
    }
    membership.forget(member.member().id());
  }

  @Override
  public Pools pools() {
    return pools.pools();
  }

  @Override
  public void wantPoolRange() {
    pools.want();
  }

  @Override
  public Pools.Applied applyPools() throws MeshApiException {
    return pools.apply();
  }

  @Override
  public void rotateTunnelKey() throws MeshApiException {
    tunnels.rotate();
  }

  @Override
  public SubnetClaim claimSubnet(String name) throws MeshApiException, InterruptedException {
    return pools.claim(name);
  }

  @Override
  public SubnetClaim releaseSubnet(String name) throws MeshApiException, InterruptedException {
    return pools.release(name);
  }

  @Override
  public PolicyView policy() {
    return SnapshotViews.policy(reconciler.operator(), reconciler.snapshot().policy());
  }

  @Override
  public PolicyView applyPolicy(String signed) throws MeshApiException, InterruptedException {
    try {
      SignedPolicy policy = SignedPolicy.parse(signed);
      reconciler.apply(policy);
      return SnapshotViews.policy(reconciler.operator(), Optional.of(policy.policy()));
    } catch (PolicyException e) {
      throw failed(
          "policy-refused", String.valueOf(e.getMessage()), "see 'meshctl policy sign --help'");
    }
  }

  @Override
  public KeysApi keys() {
    return keys;
  }

  @Override
  public TokenView token() {
    return new TokenView(token.clusterName(), token.fingerprint());
  }

  @Override
  public ConfigView config() {
    return view(config);
  }

  static ConfigView view(MeshConfig config) {
    return new ConfigView(
        config.entries().stream()
            .map(entry -> new ConfigView.Setting(entry.key(), entry.value(), entry.origin()))
            .toList());
  }

  private MemberView member(String nodeId) throws MeshApiException {
    NodeId id;
    try {
      id = NodeId.parse(nodeId);
    } catch (IllegalArgumentException e) {
      throw failed("unknown-node", String.valueOf(e.getMessage()), "see 'meshctl members'");
    }
    return views()
        .find(id.toString())
        .orElseThrow(
            () ->
                failed(
                    "unknown-node",
                    "no member has the id " + nodeId,
                    "see 'meshctl members --all'"));
  }

  private static MeshApiException failed(String code, String message, String fix) {
    return new MeshApiException(new Problem(code, message, fix));
  }
}
