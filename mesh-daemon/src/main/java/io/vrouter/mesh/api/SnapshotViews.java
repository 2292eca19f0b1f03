package io.vrouter.mesh.api;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.OperatorKey;
import io.vrouter.mesh.control.Conflicts;
import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.control.Networks;
import io.vrouter.mesh.control.PolicyView;
import io.vrouter.mesh.control.ProblemTimes;
import io.vrouter.mesh.control.Routes;
import io.vrouter.mesh.control.Status;
import io.vrouter.mesh.control.Withdrawn;
import io.vrouter.mesh.local.LocalStates;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.Conflict;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.plan.RouteState;
import io.vrouter.mesh.plan.VtepMac;
import io.vrouter.mesh.policy.Grant;
import io.vrouter.mesh.policy.MeshPolicy;
import io.vrouter.mesh.pool.PoolConflict;
import io.vrouter.mesh.reconcile.KnownPrefix;
import io.vrouter.mesh.reconcile.MeshSnapshot;
import io.vrouter.mesh.reconcile.MeshSnapshot.MemberView;
import io.vrouter.mesh.reconcile.MeshSnapshot.RouteView;
import io.vrouter.mesh.reconcile.TunnelView;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Overlay;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Converts a snapshot to the contract's answers. Pure. */
final class SnapshotViews {
  private final MeshSnapshot snapshot;
  private final Vni vni;

  /** With the VNI whose overlay address stands for a member. */
  SnapshotViews(MeshSnapshot snapshot, Vni vni) {
    this.snapshot = snapshot;
    this.vni = vni;
  }

  Status status(List<Problem> others, ProblemTimes times) {
    Map<MemberStatus, Integer> counts = new EnumMap<>(MemberStatus.class);
    snapshot
        .members()
        .forEach(view -> counts.merge(EventLog.status(view.member().state()), 1, Integer::sum));
    List<Problem> problems = new ArrayList<>(snapshot.problems());
    problems.addAll(others);
    return new Status(
        snapshot.self().toString(),
        times.of(Causes.of(problems)),
        counts,
        snapshot.converged(),
        encryption());
  }

  private Status.Encryption encryption() {
    TunnelView tunnels = snapshot.tunnels();
    long peers =
        snapshot.members().stream()
            .map(MemberView::member)
            .filter(member -> EventLog.status(member.state()) == MemberStatus.ALIVE)
            .filter(member -> tunnels.encrypted().contains(member.id()))
            .count();
    return new Status.Encryption(
        tunnels.encryption().toString(),
        (int) peers,
        tunnels.devices().stream()
            .map(
                device ->
                    new Status.Device(
                        device.name(),
                        device.implementation().isEmpty() ? null : device.implementation(),
                        device.port(),
                        device.key()))
            .toList());
  }

  /** The members by name. */
  Members members(boolean all, WallClock clock, Function<NodeId, Members.@Nullable Path> path) {
    List<Members.Member> members =
        snapshot.members().stream()
            .filter(view -> all || listed(view))
            .map(
                view ->
                    member(view, clock.at(view.member().since()), path.apply(view.member().id())))
            .sorted(Comparator.comparing(Members.Member::name).thenComparing(Members.Member::id))
            .toList();
    return new Members(snapshot.self().toString(), members);
  }

  static Withdrawn withdrawn(List<KnownPrefix> prefixes) {
    return new Withdrawn(
        prefixes.stream()
            .map(
                known ->
                    new Withdrawn.WithdrawnPrefix(
                        known.prefix().toString(),
                        known.origin() == null ? "" : known.origin().toString(),
                        known.withdrawnSeconds(),
                        known.remainingSeconds()))
            .toList());
  }

  Routes routes() {
    return new Routes(
        snapshot.routes().stream()
            .filter(view -> !view.node().equals(snapshot.self()))
            .map(SnapshotViews::route)
            .toList());
  }

  /**
   * The networks of all members, and those of this host that it does not advertise.
   *
   * @param local this host's networks, advertised or not
   */
  Networks networks(List<LocalNetwork> local) {
    return new NetworkViews(snapshot).of(local);
  }

  Conflicts conflicts() {
    List<Conflicts.Conflict> conflicts = new ArrayList<>();
    snapshot.conflicts().forEach(conflict -> conflicts.add(conflict(conflict)));
    snapshot.pool().conflicts().forEach(conflict -> conflicts.add(conflict(conflict)));
    return new Conflicts(conflicts);
  }

  /** A policy. */
  static PolicyView policy(Optional<Bytes> operator, Optional<MeshPolicy> policy) {
    List<PolicyView.GrantedNode> nodes = new ArrayList<>();
    policy.ifPresent(
        it -> {
          it.nodes().forEach((id, grant) -> nodes.add(granted(id.toString(), grant)));
          nodes.add(granted("*", it.others()));
        });
    return new PolicyView(
        operator.map(OperatorKey::text).orElse(null),
        policy.map(MeshPolicy::version).orElse(0L),
        nodes);
  }

  private static PolicyView.GrantedNode granted(String node, Grant grant) {
    return new PolicyView.GrantedNode(
        node,
        grant.prefixes().stream().map(Object::toString).toList(),
        grant.anyVni() ? List.of("any") : grant.vnis().stream().map(Object::toString).toList());
  }

  /** A member by id. */
  Optional<MemberView> find(String nodeId) {
    return snapshot.members().stream()
        .filter(view -> view.member().id().toString().equals(nodeId))
        .findFirst();
  }

  private static boolean listed(MemberView view) {
    MemberStatus status = EventLog.status(view.member().state());
    return status != MemberStatus.LEFT && status != MemberStatus.REPLACED;
  }

  private Members.Member member(MemberView view, Instant since, Members.@Nullable Path path) {
    NodeId id = view.member().id();
    HostRecord record = view.record();
    MemberStatus status = EventLog.status(view.member().state());
    if (record == null) {
      String endpoint = view.member().record().endpoint().getAddress().getHostAddress();
      return new Members.Member(
          id.toString(),
          view.name(),
          status,
          endpoint,
          null,
          null,
          List.of(),
          "unknown",
          since,
          path);
    }
    Optional<Overlay> overlay =
        record.overlay(vni).or(() -> record.overlays().stream().findFirst());
    return new Members.Member(
        id.toString(),
        record.node(),
        status,
        record.underlay().getHostAddress(),
        overlay.map(claim -> claim.address().getHostAddress()).orElse(null),
        overlay.map(claim -> VtepMac.of(id, claim.vni()).toString()).orElse(null),
        record.subnets().stream()
            .map(
                subnet ->
                    new Members.Subnet(
                        subnet.prefix().toString(),
                        subnet.vni().value(),
                        named(subnet.network()),
                        named(subnet.stack())))
            .toList(),
        record.version(),
        since,
        path,
        snapshot.tunnels().encrypted().contains(id) ? "wireguard" : null);
  }

  private static Routes.Route route(RouteView view) {
    return new Routes.Route(
        view.prefix().toString(),
        view.vni().value(),
        view.via() == null ? "" : view.via().getHostAddress(),
        view.device(),
        view.node().toString(),
        state(view.state()));
  }

  private Conflicts.Conflict conflict(PoolConflict conflict) {
    return new Conflicts.Conflict(
        "pool",
        conflict.subnet().toString(),
        conflict.holder().id().toString(),
        snapshot.self().toString(),
        conflict.problem().message(),
        conflict.problem().fix());
  }

  private static Conflicts.Conflict conflict(Conflict conflict) {
    boolean overlay = conflict.kind() == Conflict.ClaimKind.OVERLAY;
    return new Conflicts.Conflict(
        overlay ? "overlay" : "prefix",
        conflict.loser().claimed(),
        conflict.winner().id().toString(),
        conflict.loser().id().toString(),
        conflict.toString(),
        overlay
            ? "give " + conflict.loser().node() + " another address with --vxlan-ip, or none"
            : "give the network on "
                + conflict.loser().node()
                + " a subnet that overlaps none of 'meshctl networks'");
  }

  private static Routes.RouteCondition state(RouteState state) {
    return switch (state) {
      case INSTALLED -> Routes.RouteCondition.INSTALLED;
      case MISSING -> Routes.RouteCondition.MISSING;
      case FOREIGN -> Routes.RouteCondition.FOREIGN;
      case CONFLICT -> Routes.RouteCondition.CONFLICT;
    };
  }

  /** Null in the contract when no name was given. */
  static @Nullable String named(String label) {
    return label.equals(LocalStates.UNNAMED) ? null : label;
  }
}
