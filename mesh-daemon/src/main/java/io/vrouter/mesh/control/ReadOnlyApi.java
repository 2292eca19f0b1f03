package io.vrouter.mesh.control;

import io.vrouter.mesh.model.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The operations of read-only users: nothing is changed, and the operations that cost a kernel dump
 * run once a second at most, for all users together. Thread-safe.
 */
public final class ReadOnlyApi implements MeshApi {
  /** How long an answer that costs a dump is reused. */
  static final Duration SHARED_FOR = Duration.ofSeconds(1);

  private final MeshApi api;
  private final Shared<PlanReport> plan;
  private final Shared<Doctor> doctor;

  /** Over the daemon's own; {@code nanos} is a monotonic clock. */
  public ReadOnlyApi(MeshApi api, LongSupplier nanos) {
    this.api = api;
    this.plan = new Shared<>(nanos);
    this.doctor = new Shared<>(nanos);
  }

  /** Makes an answer. */
  private interface ApiCall<T> {
    T make() throws MeshApiException, InterruptedException;
  }

  /** The newest answer; callers wait while it is made. */
  private static final class Shared<T> {
    private final ReentrantLock lock = new ReentrantLock();
    private final LongSupplier nanos;
    private @Nullable T newest;
    private long made;

    Shared(LongSupplier nanos) {
      this.nanos = nanos;
    }

    T get(ApiCall<T> source) throws MeshApiException, InterruptedException {
      lock.lockInterruptibly();
      try {
        T known = newest;
        if (known != null && nanos.getAsLong() - made < SHARED_FOR.toNanos()) {
          return known;
        }
        T answer = source.make();
        newest = answer;
        made = nanos.getAsLong();
        return answer;
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public PlanReport plan() throws MeshApiException, InterruptedException {
    return plan.get(api::plan);
  }

  @Override
  public Doctor doctor() throws InterruptedException {
    try {
      return doctor.get(api::doctor);
    } catch (MeshApiException e) {
      throw new IllegalStateException("doctor answers always", e);
    }
  }

  @Override
  public String version() {
    return api.version();
  }

  @Override
  public boolean live() {
    return api.live();
  }

  @Override
  public Status status() {
    return api.status();
  }

  @Override
  public Members members(boolean all) {
    return api.members(all);
  }

  @Override
  public Routes routes() {
    return api.routes();
  }

  @Override
  public Withdrawn withdrawn() throws InterruptedException {
    return api.withdrawn();
  }

  @Override
  public void forgetPrefix(String prefix) throws MeshApiException {
    throw refused();
  }

  @Override
  public Networks networks() {
    return api.networks();
  }

  @Override
  public Conflicts conflicts() {
    return api.conflicts();
  }

  @Override
  public Events events() {
    return api.events();
  }

  @Override
  public Subscription subscribe(Consumer<Events.Event> consumer) {
    return api.subscribe(consumer);
  }

  @Override
  public Optional<Duration> ping(String nodeId, Duration timeout)
      throws MeshApiException, InterruptedException {
    return api.ping(nodeId, timeout);
  }

  @Override
  public Optional<Duration> gossip(String nodeId) throws MeshApiException, InterruptedException {
    return api.gossip(nodeId);
  }

  @Override
  public TestReport test(boolean speed, Consumer<TestReport.Pair> progress)
      throws MeshApiException {
    throw refused();
  }

  @Override
  public Pools pools() {
    return api.pools();
  }

  @Override
  public PolicyView policy() {
    return api.policy();
  }

  @Override
  public PolicyView applyPolicy(String signed) throws MeshApiException {
    throw refused();
  }

  @Override
  public TokenView token() {
    return api.token();
  }

  @Override
  public ConfigView config() {
    return api.config();
  }

  @Override
  public KeysApi keys() {
    return new RefusingKeys(api.keys(), () -> refused().problem());
  }

  @Override
  public void leave() throws MeshApiException {
    throw refused();
  }

  @Override
  public void end() {
    throw new UnsupportedOperationException("only a writer ends the daemon");
  }

  @Override
  public void forget(String nodeId) throws MeshApiException {
    throw refused();
  }

  @Override
  public void wantPoolRange() {
    throw new UnsupportedOperationException("only a writer claims a range");
  }

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

  private static MeshApiException refused() {
    return new MeshApiException(
        new Problem(
            "permission",
            "this user may look but not change anything",
            "run this as root (sudo) or as the user meshd runs as"));
  }
}
