package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Member;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.pool.PoolPeer;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.HostRecords;
import io.vrouter.mesh.record.PoolShare;
import io.vrouter.mesh.record.RecordException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Membership's snapshot with decoded payloads; each payload is decoded once. */
final class RecordReader {
  /** A decoded payload, or why it can't be read. */
  private record DecodedPayload(Bytes payload, @Nullable HostRecord record, String error) {}

  private final Map<NodeId, DecodedPayload> readings = new HashMap<>();

  /**
   * A decoded snapshot.
   *
   * @param peers all but self whose record can be read, in any state
   */
  record DecodedSnapshot(
      List<MeshSnapshot.MemberView> members, List<RemoteHost> peers, List<Problem> problems) {
    /** The part that decides this host's state, claims and votes; when equal, no pass is needed. */
    List<Heeded> heeded() {
      boolean pool = members.stream().anyMatch(DecodedSnapshot::inPool);
      return members.stream()
          .map(
              view ->
                  new Heeded(
                      view.member().id(),
                      view.record(),
                      view.member().state().keepsDataPath(),
                      pool ? PoolBook.standing(view.member().state()) : null))
          .toList();
    }

    private static boolean inPool(MeshSnapshot.MemberView view) {
      HostRecord record = view.record();
      return record != null && !record.pool().equals(PoolShare.NONE);
    }
  }

  /**
   * The fields of a member that a pass uses.
   *
   * @param standing null while no member has a part in the pool
   */
  record Heeded(
      NodeId id,
      @Nullable HostRecord record,
      boolean keepsDataPath,
      PoolPeer.@Nullable VoterState standing) {}

  DecodedSnapshot read(MembershipView view) {
    readings.keySet().retainAll(view.members().keySet());
    List<MeshSnapshot.MemberView> members = new ArrayList<>();
    List<RemoteHost> peers = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    view.members().values().stream()
        .sorted(Comparator.comparing(Member::id))
        .forEach(
            member -> {
              DecodedPayload reading = reading(member);
              HostRecord record = reading.record();
              members.add(new MeshSnapshot.MemberView(member, record));
              if (member.id().equals(view.self())) {
                return;
              }
              if (record != null) {
                InetAddress endpoint = member.record().endpoint().getAddress();
                peers.add(new RemoteHost(member.id(), member.state(), record, endpoint));
              } else if (member.state().keepsDataPath()) {
                problems.add(unreadable(member, reading.error()));
              }
            });
    return new DecodedSnapshot(members, peers, problems);
  }

  private DecodedPayload reading(Member member) {
    Bytes payload = member.record().payload();
    DecodedPayload known = readings.get(member.id());
    if (known != null && known.payload().equals(payload)) {
      return known;
    }
    DecodedPayload reading;
    try {
      reading = new DecodedPayload(payload, HostRecords.decode(payload), "");
    } catch (RecordException e) {
      reading = new DecodedPayload(payload, null, String.valueOf(e.getMessage()));
    }
    readings.put(member.id(), reading);
    return reading;
  }

  private static Problem unreadable(Member member, String error) {
    return new Problem(
        "bad-record",
        "the record of %s (%s) can't be read: %s"
            .formatted(member.id().abbreviated(), member.record().endpoint(), error),
        "run the same meshd version on all hosts");
  }
}
