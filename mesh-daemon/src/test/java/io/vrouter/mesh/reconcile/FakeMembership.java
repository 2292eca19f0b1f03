package io.vrouter.mesh.reconcile;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.Membership;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.HostRecords;
import io.vrouter.mesh.record.RecordException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A mesh whose members the test names. */
final class FakeMembership implements Membership {
  private final NodeId self;
  private final Map<NodeId, Member> members = new TreeMap<>();
  private final List<Consumer<MembershipEvent>> listeners = new CopyOnWriteArrayList<>();
  private boolean settled = true;
  final List<Bytes> published = new CopyOnWriteArrayList<>();

  FakeMembership(NodeId self) {
    this.self = self;
  }

  synchronized void settled(boolean newSettled) {
    settled = newSettled;
  }

  /** These and no others are known. */
  void peers(Collection<RemoteHost> peers) {
    synchronized (this) {
      members.keySet().removeIf(id -> !id.equals(self));
      for (RemoteHost peer : peers) {
        members.put(
            peer.id(),
            member(peer.id(), peer.state(), HostRecords.encode(peer.record()), peer.endpoint()));
      }
    }
    tell(new MembershipEvent.Forgotten(self, "the test said so"));
  }

  synchronized void garbage(NodeId id) {
    members.put(id, member(id, MemberState.ALIVE, Bytes.of((byte) 1, (byte) 2)));
  }

  synchronized HostRecord told() throws RecordException {
    return HostRecords.decode(published.get(published.size() - 1));
  }

  private void tell(MembershipEvent event) {
    listeners.forEach(listener -> listener.accept(event));
  }

  private static Member member(NodeId id, MemberState state, Bytes payload) {
    return member(id, state, payload, Worlds.ip("192.0.2.250"));
  }

  private static Member member(NodeId id, MemberState state, Bytes payload, InetAddress address) {
    InetSocketAddress endpoint = new InetSocketAddress(address, 7950);
    return new Member(
        id,
        state,
        new MemberRecord(
            id,
            new FakeKeys(id).publicKey(),
            1,
            1,
            1,
            endpoint,
            MemberRecord.Intent.STAY,
            payload,
            Bytes.EMPTY),
        0);
  }

  @Override
  public NodeId self() {
    return self;
  }

  @Override
  public void start(Bytes payload) {
    publish(payload);
  }

  @Override
  public synchronized void publish(Bytes payload) {
    if (published.isEmpty() || !published.get(published.size() - 1).equals(payload)) {
      published.add(payload);
      members.put(self, member(self, MemberState.ALIVE, payload));
    }
  }

  @Override
  public Duration sinceLastTurn() {
    return Duration.ZERO;
  }

  @Override
  public synchronized MembershipView view() {
    return new MembershipView(self, members, settled);
  }

  @Override
  public void listen(Consumer<MembershipEvent> listener) {
    listeners.add(listener);
  }

  @Override
  public void linkLost() {}

  @Override
  public void linkChanged() {}

  @Override
  public void forget(NodeId id) {}

  @Override
  public void leave(MemberRecord.Intent intent, Duration patience) {}

  @Override
  public void close() {}
}
