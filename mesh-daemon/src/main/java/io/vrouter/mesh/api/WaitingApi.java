package io.vrouter.mesh.api;

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
import io.vrouter.mesh.control.RefusingKeys;
import io.vrouter.mesh.control.Routes;
import io.vrouter.mesh.control.Status;
import io.vrouter.mesh.control.SubnetClaim;
import io.vrouter.mesh.control.TestReport;
import io.vrouter.mesh.control.TokenView;
import io.vrouter.mesh.control.Version;
import io.vrouter.mesh.control.Withdrawn;
import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Answers while the node waits to start: a status with that problem, and no members. */
public final class WaitingApi implements MeshApi {
  private final MeshConfig config;
  private final Supplier<Problem> missing;
  private final ProblemTimes times = ProblemTimes.system();

  /** With the problem that is waited for. */
  public WaitingApi(MeshConfig config, Supplier<Problem> missing) {
    this.config = config;
    this.missing = missing;
  }

  @Override
  public String version() {
    return Version.current();
  }

  @Override
  public Status status() {
    return new Status("", times.of(List.of(missing.get())), Map.of(), false);
  }

  @Override
  public KeysApi keys() {
    return new RefusingKeys(null, missing);
  }

  @Override
  public Members members(boolean all) {
    return new Members("", List.of());
  }

  @Override
  public Routes routes() {
    return new Routes(List.of());
  }

  @Override
  public Withdrawn withdrawn() {
    return new Withdrawn(List.of());
  }

  @Override
  public void forgetPrefix(String prefix) throws MeshApiException {
    throw refused();
  }

  @Override
  public Networks networks() {
    return new Networks(List.of());
  }

  @Override
  public Conflicts conflicts() {
    return new Conflicts(List.of());
  }

  @Override
  public Events events() {
    return new Events(List.of());
  }

  @Override
  public Subscription subscribe(Consumer<Events.Event> consumer) {
    return () -> {};
  }

  @Override
  public Optional<Duration> ping(String nodeId, Duration timeout) throws MeshApiException {
    throw refused();
  }

  @Override
  public Optional<Duration> gossip(String nodeId) throws MeshApiException {
    throw refused();
  }

  @Override
  public TestReport test(boolean speed, Consumer<TestReport.Pair> progress)
      throws MeshApiException {
    throw refused();
  }

  @Override
  public Doctor doctor() {
    Problem problem = missing.get();
    return new Doctor(
        List.of(
            new Check(
                "status-" + problem.code(), Check.Result.FAIL, problem.message(), problem.fix())));
  }

  @Override
  public PlanReport plan() throws MeshApiException {
    throw refused();
  }

  @Override
  public void leave() throws MeshApiException {
    throw refused();
  }

  @Override
  public void end() {}

  @Override
  public void forget(String nodeId) throws MeshApiException {
    throw refused();
  }

  @Override
  public Pools pools() {
    return new Pools(
        List.of(), config.pool().toString(), List.of(), List.of(), Pools.InDaemonJson.UNKNOWN);
  }

  @Override
  public void wantPoolRange() {}

  @Override
  public Pools.Applied applyPools() throws MeshApiException {
    throw refused();
  }

  @Override
  public void rotateTunnelKey() throws MeshApiException {
    throw refused();
  }

  @Override
  public SubnetClaim claimSubnet(String name) throws MeshApiException {
    throw refused();
  }

  @Override
  public SubnetClaim releaseSubnet(String name) throws MeshApiException {
    throw refused();
  }

  @Override
  public PolicyView policy() {
    return new PolicyView(null, 0, List.of());
  }

  @Override
  public PolicyView applyPolicy(String signed) throws MeshApiException {
    throw refused();
  }

  @Override
  public TokenView token() {
    return new TokenView("", "");
  }

  @Override
  public ConfigView config() {
    return LiveApi.view(config);
  }

  private MeshApiException refused() {
    return new MeshApiException(missing.get());
  }
}
