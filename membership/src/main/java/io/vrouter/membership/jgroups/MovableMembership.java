package io.vrouter.membership.jgroups;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.Membership;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.MembershipException;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.KeyBook;
import io.vrouter.membership.crypto.KeyReport;
import io.vrouter.membership.engine.Counters;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A membership that goes on under another address: what it is bound to is another boot, and nothing
 * that uses it notices. Listeners, the last payload and, until the next boot has adopted the saved
 * records, the last view stay.
 */
public final class MovableMembership implements Membership {
  private final List<Consumer<MembershipEvent>> listeners = new CopyOnWriteArrayList<>();
  private volatile BiConsumer<NodeId, Bytes> passed = (from, content) -> {};
  private volatile JGroupsMembership boot;
  private volatile @Nullable Bytes payload;
  private volatile TransportCounters former = TransportCounters.NONE;
  private boolean over;

  /** Prepares the first boot; binds, reads and writes nothing yet. */
  public MovableMembership(JGroupsConfig config) {
    this.boot = new JGroupsMembership(config);
  }

  @Override
  public NodeId self() {
    return boot.self();
  }

  @Override
  public synchronized void start(Bytes first) throws MembershipException {
    payload = first;
    begin(boot, first);
  }

  private void begin(JGroupsMembership fresh, Bytes first) throws MembershipException {
    fresh.passed((from, content) -> passed.accept(from, content));
    fresh.listen(event -> listeners.forEach(listener -> listener.accept(event)));
    fresh.start(first);
  }

  /**
   * Ends the present boot without a farewell, since its address may be gone, and begins the next.
   * Blocks for some milliseconds; does nothing after the end.
   *
   * @param next with an identity that was opened for it
   * @throws MembershipException when the new address can't be bound: nothing is sent or received
   *     until another call succeeds, and the view stays
   */
  public synchronized void move(JGroupsConfig next) throws MembershipException {
    Bytes told = payload;
    if (over || told == null) {
      return;
    }
    JGroupsMembership last = boot;
    last.close();
    JGroupsMembership fresh = new JGroupsMembership(next);
    boolean begun = false;
    try {
      begin(fresh, told);
      begun = true;
    } finally {
      if (!begun) {
        fresh.close();
      }
    }
    former = former.plus(last.transportStats());
    boot = fresh;
    Bytes newest = payload;
    if (newest != null && !newest.equals(told)) {
      fresh.publish(newest);
    }
    fresh.linkChanged();
  }

  @Override
  public void publish(Bytes newest) {
    payload = newest;
    boot.publish(newest);
  }

  @Override
  public Duration sinceLastTurn() {
    return boot.sinceLastTurn();
  }

  @Override
  public MembershipView view() {
    return boot.view();
  }

  @Override
  public void listen(Consumer<MembershipEvent> listener) {
    listeners.add(listener);
  }

  @Override
  public void linkChanged() {
    boot.linkChanged();
  }

  @Override
  public void linkLost() {
    boot.linkLost();
  }

  @Override
  public void forget(NodeId id) {
    boot.forget(id);
  }

  @Override
  public synchronized void leave(MemberRecord.Intent intent, Duration patience) {
    over = true;
    boot.leave(intent, patience);
  }

  /** As {@link JGroupsMembership#pass}. */
  public void pass(NodeId to, Bytes content) {
    boot.pass(to, content);
  }

  /** As {@link JGroupsMembership#passed}. */
  public void passed(BiConsumer<NodeId, Bytes> listener) {
    passed = listener;
  }

  /** The transport's counters since the first boot's start. */
  public TransportCounters transportStats() {
    return former.plus(boot.transportStats());
  }

  /** The engine's counters since the present boot's start, or null before. */
  public @Nullable Counters engineCounters() {
    return boot.engineCounters();
  }

  /** Present problems: code, message and fix of each. */
  public List<Warning> problems() {
    return boot.problems();
  }

  /** This node's address and port as others reach it. */
  public InetSocketAddress endpoint() {
    return boot.endpoint();
  }

  /** The keys and tokens of the mesh. */
  public KeyBook keys() {
    return boot.keys();
  }

  /** The state of the keys, here and at peers. */
  public KeyReport keyReport() {
    return boot.keyReport();
  }

  @Override
  public synchronized void close() {
    over = true;
    boot.close();
  }
}
