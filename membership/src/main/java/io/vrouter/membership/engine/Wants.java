package io.vrouter.membership.engine;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records to fetch, in one queue per underlay address that named them, so that a source of many
 * invented records does not delay those of another. Turns rotate among the sources; when all turns
 * are taken, a source below its share takes one from the largest.
 */
final class Wants {
  /** One record to fetch. */
  static final class Want {
    final NodeId id;
    final InetAddress origin;
    InetSocketAddress source;
    boolean active;
    int attempts;
    int request;

    /** When the fetch ends: engine time, set by its first turn. */
    long deadline = Long.MAX_VALUE;

    @Nullable SignedHead head;
    byte[] buffer = new byte[0];
    int missing;

    Want(NodeId id, InetSocketAddress source) {
      this.id = id;
      this.origin = source.getAddress();
      this.source = source;
    }

    void expect(SignedHead newHead) {
      head = newHead;
      buffer = new byte[0];
      missing = (int) ((1L << chunks(newHead)) - 1);
    }
  }

  private static final class WantQueue {
    final Deque<Want> waiting = new ArrayDeque<>();
    final Deque<Want> active = new ArrayDeque<>();

    int size() {
      return waiting.size() + active.size();
    }
  }

  /** Turns guaranteed to a source. */
  static final int SHARE = 8;

  private final int turns;
  private final int most;
  private final Map<NodeId, Want> all = new HashMap<>();
  private final Map<InetAddress, WantQueue> lines = new LinkedHashMap<>();
  private int active;
  private int waiting;

  /**
   * Creates an empty queue.
   *
   * @param turns records requested at once
   * @param most records to fetch in all
   */
  Wants(int turns, int most) {
    this.turns = turns;
    this.most = most;
  }

  static int chunks(SignedHead head) {
    return (head.payloadLength() + SwimMessage.Chunk.SIZE - 1) / SwimMessage.Chunk.SIZE;
  }

  @Nullable Want get(NodeId id) {
    return all.get(id);
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  int size() {
    return all.size();
  }

  boolean anyWaits() {
    return waiting > 0;
  }

  /** Adds a record; without room, one of the largest source is dropped. Null when not added. */
  @Nullable Want add(NodeId id, InetSocketAddress source) {
    Want want = new Want(id, source);
    WantQueue own = lines.get(want.origin);
    if (all.size() >= most) {
      WantQueue largest = largest(WantQueue::size);
      if (largest == null || largest.size() <= (own == null ? 1 : own.size() + 1)) {
        return null;
      }
      Want last = largest.waiting.isEmpty() ? largest.active.getLast() : largest.waiting.getLast();
      remove(last);
    }
    all.put(id, want);
    lines.computeIfAbsent(want.origin, o -> new WantQueue()).waiting.add(want);
    waiting++;
    return want;
  }

  private interface Size {
    int of(WantQueue line);
  }

  private @Nullable WantQueue largest(Size size) {
    WantQueue largest = null;
    for (WantQueue line : lines.values()) {
      if (largest == null || size.of(line) > size.of(largest)) {
        largest = line;
      }
    }
    return largest;
  }

  void remove(Want want) {
    all.remove(want.id);
    WantQueue line = lines.get(want.origin);
    if (line == null) {
      return;
    }
    if (want.active) {
      line.active.remove(want);
      active--;
    } else if (line.waiting.remove(want)) {
      waiting--;
    }
    want.active = false;
    if (line.size() == 0) {
      lines.remove(want.origin);
    }
  }

  /** Assigns the free turns, and takes back those beyond a source's share. */
  List<Want> turns() {
    List<Want> given = new ArrayList<>();
    boolean any = true;
    while (any && waiting > 0) {
      any = false;
      Iterator<WantQueue> round = List.copyOf(lines.values()).iterator();
      while (round.hasNext() && waiting > 0) {
        WantQueue line = round.next();
        if (!line.waiting.isEmpty() && room(line)) {
          Want want = line.waiting.remove();
          waiting--;
          want.active = true;
          line.active.add(want);
          active++;
          given.add(want);
          any = true;
        }
      }
    }
    given.removeIf(want -> !want.active);
    return given;
  }

  private boolean room(WantQueue line) {
    if (active < turns) {
      return true;
    }
    WantQueue largest = line.active.size() < SHARE ? largest(other -> other.active.size()) : null;
    if (largest == null || largest.active.size() <= SHARE) {
      return false;
    }
    Want back = largest.active.removeLast();
    back.active = false;
    SignedHead head = back.head;
    if (head != null) {
      back.expect(head); // only a record with a turn holds a buffer
    }
    active--;
    largest.waiting.addFirst(back);
    waiting++;
    return true;
  }
}
