package io.vrouter.membership.crypto;

import io.vrouter.membership.crypto.Envelope.Form;
import io.vrouter.membership.crypto.Envelope.Header;
import io.vrouter.membership.crypto.Handshake.Challenge;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Seals this boot's datagrams: under a pair's key where there is one, else under the boot's own. A
 * separate lock keeps sending from waiting for receiving. Any thread.
 */
final class Sealer {
  /** Most addresses with a pair's key; a dropped one costs a handshake. */
  private static final int PAIRS = 4096;

  /** Nanoseconds between two answers to one boot of a peer. */
  private static final long ANSWER_GAP = TimeUnit.MILLISECONDS.toNanos(5);

  private final Handshake handshake;
  private final Salt salt;
  private final @Nullable InetSocketAddress group;
  private final Envelope envelope = new Envelope();
  private final RecentFrames held = new RecentFrames();
  private final Map<InetSocketAddress, PairKey> pairs =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, PairKey> eldest) {
          return size() > PAIRS;
        }
      };

  private EpochKey epoch;
  private SecretKey mesh;
  private long counter;

  /** The key towards one boot of a peer, and when it was last answered. */
  private record PairKey(Salt boot, SecretKey key, long answered) {}

  Sealer(EpochKey epoch, Handshake handshake, Salt salt, @Nullable InetSocketAddress group) {
    this.epoch = epoch;
    this.handshake = handshake;
    this.salt = salt;
    this.group = group;
    this.mesh = epoch.session(salt.toArray());
  }

  /** Takes the epoch's new key; each peer challenges once more. */
  synchronized void rekey(EpochKey next) {
    epoch = next;
    mesh = next.session(salt.toArray());
    pairs.clear();
  }

  /** Seals a frame and holds it for repetition. */
  synchronized ByteBuffer seal(InetSocketAddress to, ByteBuffer frame, long now) {
    ByteBuffer copy = ByteBuffer.allocate(frame.remaining()).put(frame.duplicate()).flip();
    held.keep(to, copy, now);
    return frame(to, copy, now);
  }

  private ByteBuffer frame(InetSocketAddress to, ByteBuffer frame, long now) {
    PairKey pair = pairs.get(to);
    ByteBuffer datagram =
        pair == null
            ? seal(Form.MESH, mesh, Plaintext.FRAME, to, frame)
            : seal(Form.PAIR, pair.key, Plaintext.FRAME, to, frame);
    held.sealed(to, counter, now);
    return datagram;
  }

  /** Seals a challenge or an answer: any holder of the epoch's key opens it. */
  synchronized ByteBuffer control(int kind, InetSocketAddress to, ByteBuffer body) {
    return seal(Form.MESH, mesh, kind, to, body);
  }

  private ByteBuffer seal(
      Form form, SecretKey key, int kind, InetSocketAddress to, ByteBuffer body) {
    Header header = new Header(form, epoch.id(), salt, ++counter);
    ByteBuffer plain = Plaintext.of(kind, to, body);
    return ByteBuffer.wrap(envelope.seal(key, epoch.check(), header, plain));
  }

  /** Identifies a frame in a challenge; only the frame's sender can match it. */
  static long echo(Salt salt, long counter) {
    return salt.high() ^ counter;
  }

  /** Whether a challenge names a frame of this boot and was not answered yet; true once. */
  synchronized boolean answerable(
      Challenge challenge, InetSocketAddress source, Salt boot, long now) {
    PairKey pair = pairs.get(source);
    boolean justAnswered =
        pair != null && pair.boot.equals(boot) && now - pair.answered < ANSWER_GAP;
    return !justAnswered
        && held.answerable(challenge.echo() ^ salt.high(), source, group, boot, now);
  }

  /** Seals for this boot of a peer from now on. */
  synchronized void agreed(InetSocketAddress to, Salt boot, byte[] agreed, long answered) {
    SecretKey key = epoch.pair(agreed, salt, boot, handshake.self());
    pairs.put(to, new PairKey(boot, key, answered));
  }

  /** The recent frames for a peer, sealed again. */
  synchronized List<ByteBuffer> repeat(InetSocketAddress peer, Salt boot, long now) {
    List<ByteBuffer> datagrams = new ArrayList<>();
    for (ByteBuffer frame : held.repeat(peer, group, boot, now)) {
      datagrams.add(frame(peer, frame, now));
    }
    return datagrams;
  }
}
