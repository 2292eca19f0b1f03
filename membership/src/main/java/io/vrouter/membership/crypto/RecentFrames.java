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
 * The last few frames sent. A receiver without our session drops a frame and sends a challenge; the
 * answer repeats the frame. A fixed number of slots.
 */
final class RecentFrames {
  /** Number of slots. */
  static final int SLOTS = 64;

  /** Nanoseconds until a frame is too old to repeat: a wide area's round trip. */
  static final long AGE = TimeUnit.MILLISECONDS.toNanos(300);

  private final Slot[] slots = new Slot[SLOTS];
  private int next;

  private record Slot(
      InetSocketAddress to, ByteBuffer frame, long sent, Set<InetSocketAddress> repeated) {}

  void keep(InetSocketAddress to, ByteBuffer frame, long now) {
    slots[next] = new Slot(to, frame, now, new HashSet<>(2));
    next = (next + 1) % SLOTS;
  }

  /** Frames this peer may have dropped, in sending order; each frame once per peer. */
  List<ByteBuffer> repeat(InetSocketAddress peer, @Nullable InetSocketAddress group, long now) {
    List<ByteBuffer> frames = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      Slot slot = slots[(next + i) % SLOTS];
      if (slot != null
          && now - slot.sent <= AGE
          && (slot.to.equals(peer) || slot.to.equals(group))
          && slot.repeated.add(peer)) {
        frames.add(slot.frame.duplicate());
      }
    }
    return frames;
  }
}
