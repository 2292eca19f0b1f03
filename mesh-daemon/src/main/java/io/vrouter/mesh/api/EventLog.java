package io.vrouter.mesh.api;

import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.control.Events;
import io.vrouter.mesh.control.Events.Event;
import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.MeshApi.Subscription;
import io.vrouter.mesh.record.HostRecords;
import io.vrouter.mesh.record.RecordException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last events and their followers. Thread-safe; followers are called in order. */
public final class EventLog {
  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

  /** Events kept: in a churning mesh of hundreds they still cover the last minutes. */
  static final int KEPT = 1_000;

  private final InstantSource clock;
  private final Deque<Event> kept = new ArrayDeque<>();
  private final List<Consumer<Event>> followers = new CopyOnWriteArrayList<>();

  public EventLog(InstantSource clock) {
    this.clock = clock;
  }

  /** Records an event of membership. */
  public void membership(MembershipEvent event) {
    if (event instanceof MembershipEvent.Transition it) {
      add("transition", it.id(), it.record(), it.from(), it.to(), it.cause());
    } else if (event instanceof MembershipEvent.Updated it) {
      add("updated", it.id(), it.record(), null, null, "published a new record");
    } else if (event instanceof MembershipEvent.Forgotten it) {
      add("forgotten", it.id(), null, null, null, it.cause());
    } else if (event instanceof MembershipEvent.Warning it) {
      add("warning", it.id(), null, null, null, it.message() + "; " + it.fix());
    }
  }

  /** Records a repair of the kernel by this host. */
  public void kernel(NodeId self, String name, String cause) {
    add(new Event(clock.instant(), "kernel", self.toString(), name, null, null, cause));
  }

  /** Records a change of the data path to a peer. */
  void path(NodeId peer, String name, String cause) {
    add(new Event(clock.instant(), "path", peer.toString(), name, null, null, cause));
  }

  /** All events kept, oldest first. */
  synchronized Events all() {
    return new Events(new ArrayList<>(kept));
  }

  /** Calls the consumer for each later event. */
  Subscription subscribe(Consumer<Event> consumer) {
    followers.add(consumer);
    return () -> followers.remove(consumer);
  }

  static MemberStatus status(MemberState state) {
    return switch (state) {
      case ALIVE -> MemberStatus.ALIVE;
      case SUSPECT -> MemberStatus.SUSPECT;
      case RESTARTING -> MemberStatus.RESTARTING;
      case FAILED -> MemberStatus.FAILED;
      case LEFT -> MemberStatus.LEFT;
      case REPLACED -> MemberStatus.REPLACED;
    };
  }

  private void add(
      String type,
      NodeId id,
      @Nullable MemberRecord record,
      @Nullable MemberState from,
      @Nullable MemberState to,
      String cause) {
    add(
        new Event(
            clock.instant(),
            type,
            id.toString(),
            name(id, record),
            from == null ? null : status(from),
            to == null ? null : status(to),
            cause));
  }

  private synchronized void add(Event event) {
    if (kept.size() == KEPT) {
      kept.removeFirst();
    }
    kept.addLast(event);
    LOG.info(
        "{} {}{}: {}",
        event.type(),
        event.name(),
        event.to() == null ? "" : " " + event.to().text(),
        event.cause());
    followers.forEach(follower -> follower.accept(event));
  }

  private static String name(NodeId id, @Nullable MemberRecord record) {
    if (record == null) {
      return id.abbreviated();
    }
    try {
      return HostRecords.decode(record.payload()).node();
    } catch (RecordException e) {
      return id.abbreviated();
    }
  }
}
