package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Member;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.RouteState;
import io.vrouter.mesh.policy.MeshPolicy;
import io.vrouter.mesh.pool.PoolState;
import io.vrouter.mesh.record.HostRecord;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * State of the loop at the end of a pass.
 *
 * @param members all known members, self included, by node id
 * @param routes peers' prefixes, by prefix
 * @param problems problems for the operator, not ordered by severity
 * @param pool this host's part in the pool of subnets
 * @param policy the operator's policy in force
 * @param converged whether the last plan was empty against a fresh dump, and no pull is outstanding
 * @param plan the last plan that was not empty, one step a line; empty when there was none
 * @param counters since the start
 * @param tunnels what encrypts
 */
public record MeshSnapshot(
    NodeId self,
    String node,
    List<MemberView> members,
    List<RouteView> routes,
    List<Problem> problems,
    List<Conflict> conflicts,
    PoolView pool,
    Optional<MeshPolicy> policy,
    boolean converged,
    String plan,
    PassCounters counters,
    TunnelView tunnels) {
  public MeshSnapshot {
    members = List.copyOf(members);
    routes = List.copyOf(routes);
    problems = List.copyOf(problems);
    conflicts = List.copyOf(conflicts);
  }

  /** A snapshot without encryption. */
  public MeshSnapshot(
      NodeId self,
      String node,
      List<MemberView> members,
      List<RouteView> routes,
      List<Problem> problems,
      List<Conflict> conflicts,
      PoolView pool,
      Optional<MeshPolicy> policy,
      boolean converged,
      String plan,
      PassCounters counters) {
    this(
        self,
        node,
        members,
        routes,
        problems,
        conflicts,
        pool,
        policy,
        converged,
        plan,
        counters,
        TunnelView.NONE);
  }

  /** Before the first pass. */
  static MeshSnapshot before(LocalState local) {
    return new MeshSnapshot(
        local.self(),
        local.node(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new PoolView(local.pool().pool(), false, false, PoolState.NONE, List.of()),
        Optional.empty(),
        false,
        "",
        new PassCounters(0, 0, 0, 0));
  }

  /**
   * The same with other problems.
   *
   * @param looked whether the pass completed
   */
  MeshSnapshot told(List<Problem> newProblems, boolean looked) {
    return new MeshSnapshot(
        self,
        node,
        members,
        routes,
        newProblems,
        conflicts,
        pool,
        policy,
        converged && looked,
        plan,
        counters,
        tunnels);
  }

  /** The same with members whose states differ in nothing that a pass uses. */
  MeshSnapshot listing(List<MemberView> newMembers) {
    return new MeshSnapshot(
        self,
        node,
        newMembers,
        routes,
        problems,
        conflicts,
        pool,
        policy,
        converged,
        plan,
        counters,
        tunnels);
  }

  /**
   * A member.
   *
   * @param record its decoded record; null when unreadable
   */
  public record MemberView(Member member, @Nullable HostRecord record) {
    /** Its name, or its id's first digits. */
    public String name() {
      HostRecord told = record;
      return told == null ? member.id().abbreviated() : told.node();
    }
  }

  /**
   * A peer's prefix on this host.
   *
   * @param via null while it has no route
   * @param node the claimer
   * @param reason why it is not installed; empty when it is
   */
  public record RouteView(
      Prefix prefix,
      Vni vni,
      @Nullable InetAddress via,
      String device,
      NodeId node,
      RouteState state,
      String reason) {}

  /**
   * For metrics.
   *
   * @param passes runs of the loop
   * @param writes steps done
   * @param failures steps that failed
   * @param lastPassNanos how long the last pass took
   */
  public record PassCounters(long passes, long writes, long failures, long lastPassNanos) {}
}
