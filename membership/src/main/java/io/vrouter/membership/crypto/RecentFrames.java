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
 * The last few frames sent, for a receiver that couldn't count them because it didn't know our
 * session yet: it challenges, and gets them again with the answer. A fixed number of slots.
 */
final class RecentFrames {
  /** Frames that are kept. */
  static final int SLOTS = 64;

  /** Nanoseconds after which a frame is no longer worth repeating: a wide area's round trip. */
  static final long AGE = TimeUnit.MILLISECONDS.toNanos(300);

  private final Slot[] slots = new Slot[SLOTS];
  private int next;

  private record Slot(
      InetSocketAddress to, ByteBuffer frame, long sent, Set<InetSocketAddress> repeated) {}

  void keep(InetSocketAddress to, ByteBuffer frame, long now) {
    slots[next] = new Slot(to, frame, now, new HashSet<>(2));
    next = (next + 1) % SLOTS;
  }

  /** What this peer may have missed, in the order it was sent; each frame once per peer. */
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
