package io.vrouter.membership.crypto;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The frames sent last. A receiver without this boot's session drops a frame and sends a challenge
 * that names it; the answer repeats the frame. A challenge counts only for a datagram that was sent
 * to its source (or to the group) within {@link #ANSWERABLE}, and once per challenger: a replayed
 * challenge has no effect. A fixed number of slots. Not safe for use by several threads.
 */
final class RecentFrames {
  /** Frames that can be repeated. */
  static final int SLOTS = 64;

  /** Most datagrams with an answerable challenge. */
  static final int MARKS = 1024;

  /** Most answered challengers of one multicast. */
  static final int CHALLENGERS = 64;

  /** Longest age of a repeated frame in nanoseconds: a wide area's round trip. */
  static final long AGE = TimeUnit.MILLISECONDS.toNanos(300);

  /** Nanoseconds after sending within which a challenge counts. */
  static final long ANSWERABLE = TimeUnit.SECONDS.toNanos(2);

  private final Slot[] slots = new Slot[SLOTS];
  private final FrameMark[] marks = new FrameMark[MARKS];
  private int next;

  private record Slot(InetSocketAddress to, ByteBuffer frame, long sent, Set<Salt> repeated) {}

  private record FrameMark(InetSocketAddress to, long counter, long sent, Set<Salt> answered) {}

  /** Holds a frame for repetition. */
  void keep(InetSocketAddress to, ByteBuffer frame, long now) {
    slots[next] = new Slot(to, frame, now, new HashSet<>(2));
    next = (next + 1) % SLOTS;
  }

  /** Records that a frame was sealed with this counter. */
  void sealed(InetSocketAddress to, long counter, long now) {
    marks[(int) (counter % MARKS)] = new FrameMark(to, counter, now, new HashSet<>(2));
  }

  /** Whether a challenge of the frame with this counter is to be answered; true once each. */
  boolean answerable(
      long counter, InetSocketAddress by, @Nullable InetSocketAddress group, Salt boot, long now) {
    FrameMark mark = marks[(int) Long.remainderUnsigned(counter, MARKS)];
    return mark != null
        && mark.counter == counter
        && (mark.to.equals(by) || mark.to.equals(group))
        && now - mark.sent <= ANSWERABLE
        && mark.answered.size() < CHALLENGERS
        && mark.answered.add(boot);
  }

  /** The frames that this boot of a peer may have dropped, in sending order; each once per boot. */
  List<ByteBuffer> repeat(
      InetSocketAddress peer, @Nullable InetSocketAddress group, Salt boot, long now) {
    List<ByteBuffer> frames = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      Slot slot = slots[(next + i) % SLOTS];
      if (slot != null
          && now - slot.sent <= AGE
          && (slot.to.equals(peer) || slot.to.equals(group))
          && slot.repeated.add(boot)) {
        frames.add(slot.frame.duplicate());
      }
    }
    return frames;
  }
}
