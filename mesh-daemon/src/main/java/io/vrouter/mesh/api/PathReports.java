package io.vrouter.mesh.api;

import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.path.PathState;
import io.vrouter.mesh.reconcile.MeshSnapshot;
import io.vrouter.mesh.reconcile.MeshSnapshot.MemberView;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.ProbeArrivals;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The watched data paths as members' {@code path}, problems and events. Thread-safe; {@link #found}
 * is called by one thread at a time.
 */
public final class PathReports {
  private final Supplier<MeshSnapshot> snapshot;
  private final WallClock clock;
  private final EventLog events;
  private volatile Map<NodeId, PathState> states = Map.of();

  /** No paths yet. */
  public PathReports(Supplier<MeshSnapshot> snapshot, WallClock clock, EventLog events) {
    this.snapshot = snapshot;
    this.clock = clock;
    this.events = events;
  }

  /** Stores the newest states. */
  public synchronized void found(Map<NodeId, PathState> newest) {
    Map<NodeId, PathState> before = states;
    states = Map.copyOf(newest);
    newest.forEach(
        (peer, state) -> {
          PathState known = before.get(peer);
          PathState.Kind from = known == null ? PathState.Kind.UNKNOWN : known.kind();
          boolean first = from == PathState.Kind.UNKNOWN && state.kind() == PathState.Kind.OK;
          if (state.kind() != from && !first) {
            events.path(peer, name(peer), words(state));
          }
        });
  }

  private static String words(PathState state) {
    return switch (state.kind()) {
      case UNKNOWN -> "the data path isn't verified yet";
      case OK -> "packets of %d octets arrive".formatted(state.mtu());
      case DEGRADED -> "packets of more than %d octets don't arrive".formatted(state.mtu());
      case UNREACHABLE -> "packets of no size are answered";
    };
  }

  private String name(NodeId peer) {
    return view(peer).map(MemberView::name).orElse(peer.abbreviated());
  }

  private Optional<MemberView> view(NodeId peer) {
    return snapshot.get().members().stream()
        .filter(view -> view.member().id().equals(peer))
        .findFirst();
  }

  /** The path to a member; null for this host. */
  Members.@Nullable Path path(NodeId peer) {
    if (peer.equals(snapshot.get().self())) {
      return null;
    }
    PathState state = states.get(peer);
    Optional<MemberView> member = view(peer);
    // The last result outlives the data path of a failed member by up to 1 s.
    boolean watched = member.map(view -> view.member().state().keepsDataPath()).orElse(false);
    if (state == null || !watched) {
      long since = member.map(view -> view.member().since()).orElse(0L);
      return new Members.Path(Members.Path.PathHealth.UNKNOWN, null, null, null, clock.at(since));
    }
    HostRecord told = member.map(MemberView::record).orElse(null);
    return new Members.Path(
        Members.Path.PathHealth.valueOf(state.kind().name()),
        direction(state, told),
        state.mtu() == 0 ? null : Integer.valueOf(state.mtu()),
        state.roundTrip().isZero() ? null : Long.valueOf(state.roundTrip().toNanos() / 1_000),
        clock.at(state.since()));
  }

  /**
   * The broken direction. That its probes arrive is this host's own evidence; where they don't, the
   * peer's record holds whether ours arrive there.
   */
  private Members.Path.@Nullable Direction direction(PathState state, @Nullable HostRecord told) {
    if (state.kind() != PathState.Kind.UNREACHABLE) {
      return null;
    }
    NodeId self = snapshot.get().self();
    return switch (state.arrival()) {
      case UNKNOWN -> null;
      case ARRIVES -> Members.Path.Direction.TO;
      case MISSING -> {
        if (told == null) {
          yield null;
        }
        if (told.arrivals().arriving().contains(self)) {
          yield Members.Path.Direction.FROM;
        }
        yield told.arrivals().missing().contains(self) ? Members.Path.Direction.BOTH : null;
      }
    };
  }

  /** Number of living members with such a path. */
  long count(Predicate<Members.Path> counted) {
    return snapshot.get().members().stream()
        .filter(view -> view.member().state().keepsDataPath())
        .map(view -> path(view.member().id()))
        .filter(path -> path != null && counted.test(path))
        .count();
  }

  /** For this host's record: whose probes arrive, of the peers without an answer. */
  public ProbeArrivals arrivals() {
    Map<NodeId, PathState> known = states;
    return new ProbeArrivals(
        with(known, PathState.Arrival.ARRIVES), with(known, PathState.Arrival.MISSING));
  }

  private static Set<NodeId> with(Map<NodeId, PathState> known, PathState.Arrival arrival) {
    return known.entrySet().stream()
        .filter(entry -> entry.getValue().kind() == PathState.Kind.UNREACHABLE)
        .filter(entry -> entry.getValue().arrival() == arrival)
        .map(Map.Entry::getKey)
        .sorted()
        .limit(ProbeArrivals.MAX / 2)
        .collect(Collectors.toSet());
  }

  /** Path MTU in octets, for the paths below the tunnel's MTU. */
  public Map<NodeId, Integer> smallerMtus() {
    Map<NodeId, Integer> smaller = new TreeMap<>();
    states.forEach(
        (peer, state) -> {
          if (state.kind() == PathState.Kind.DEGRADED) {
            smaller.put(peer, state.mtu());
          }
        });
    return smaller;
  }

  /**
   * An error for each living member whose path returns no answer, a warning for each whose path MTU
   * is below the tunnel's MTU.
   */
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    Map<NodeId, PathState> known = states;
    for (MemberView view : snapshot.get().members()) {
      PathState state = known.get(view.member().id());
      if (state != null
          && state.kind() == PathState.Kind.UNREACHABLE
          && view.member().state() == MemberState.ALIVE) {
        problems.add(unreachable(view, direction(state, view.record())));
      } else if (state != null && state.kind() == PathState.Kind.DEGRADED) {
        problems.add(
            Problem.warning(
                "path-mtu",
                "the path to %s carries packets of %d octets at most; routes to its networks have that MTU"
                    .formatted(view.name(), state.mtu()),
                "raise the MTU of the path between the hosts, or give all hosts --mtu "
                    + state.mtu()));
      }
    }
    return problems;
  }

  private static Problem unreachable(MemberView view, Members.Path.@Nullable Direction direction) {
    String underlay =
        Objects.requireNonNull(view.member().record().endpoint().getAddress()).getHostAddress();
    return new Problem(
        "path-unreachable",
        "containers can't reach those of %s (%s): gossip arrives, VXLAN packets %s"
            .formatted(view.name(), underlay, lost(direction)),
        "allow the VXLAN port (UDP 4789 by default) "
            + way(direction, underlay)
            + ": host firewalls ('nft list ruleset'), security groups, the"
            + " hypervisor; 'meshctl doctor' on both hosts");
  }

  private static String lost(Members.Path.@Nullable Direction direction) {
    if (direction == null) {
      return "get no answer";
    }
    return switch (direction) {
      case TO -> "from this host don't arrive there, those from there arrive here";
      case FROM -> "from there don't arrive here, those from this host arrive there";
      case BOTH -> "arrive in neither direction";
    };
  }

  private static String way(Members.Path.@Nullable Direction direction, String underlay) {
    if (direction == Members.Path.Direction.TO) {
      return "from this host to " + underlay;
    }
    return direction == Members.Path.Direction.FROM
        ? "from " + underlay + " to this host"
        : "between this host and " + underlay + " in both directions";
  }
}
