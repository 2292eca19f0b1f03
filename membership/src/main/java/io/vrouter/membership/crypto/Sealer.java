package io.vrouter.membership.crypto;

import io.vrouter.membership.crypto.Envelope.Form;
import io.vrouter.membership.crypto.Envelope.Header;
import io.vrouter.membership.crypto.Handshake.Challenge;
import io.vrouter.membership.crypto.Keyring.Held;
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

  private Keyring keyring;
  private DerivedKey mesh;
  private long counter;

  /** A key derived from an epoch's. */
  private record DerivedKey(EpochKey from, SecretKey key) {}

  /** The agreement with one boot of a peer, a key that the peer holds, and when it was answered. */
  private static final class PairKey {
    private final Salt boot;
    private final byte[] agreed;
    private final long answered;
    private EpochKey held;
    private @Nullable DerivedKey key;

    private PairKey(Salt boot, byte[] agreed, EpochKey held, long answered) {
      this.boot = boot;
      this.agreed = agreed;
      this.held = held;
      this.answered = answered;
    }
  }

  Sealer(Keyring keyring, Handshake handshake, Salt salt, @Nullable InetSocketAddress group) {
    this.keyring = keyring;
    this.handshake = handshake;
    this.salt = salt;
    this.group = group;
    this.mesh = derived(keyring.current());
  }

  private DerivedKey derived(EpochKey from) {
    return new DerivedKey(from, from.session(salt.toArray()));
  }

  /**
   * Takes new keys. Each peer is sent its former key until it is known to hold the new one, for as
   * long as that is sendable; the agreements stay, so no peer has to challenge.
   */
  synchronized void rekey(Keyring next) {
    keyring = next;
  }

  /** A peer is known to hold this key. */
  synchronized void holds(InetSocketAddress peer, EpochKey key) {
    PairKey pair = pairs.get(peer);
    if (pair != null) {
      pair.held = key;
    }
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
            ? mesh(keyring.current(), Plaintext.FRAME, to, frame)
            : pair(pair, keyFor(pair), Plaintext.FRAME, to, frame);
    held.sealed(to, counter, now);
    return datagram;
  }

  private EpochKey keyFor(PairKey pair) {
    Held known = keyring.held(pair.held.id());
    return known != null && known.sendable() ? pair.held : keyring.current();
  }

  /** Seals a challenge or an answer under a boot's key: any holder of this key opens it. */
  synchronized ByteBuffer control(EpochKey under, int kind, InetSocketAddress to, ByteBuffer body) {
    return mesh(under, kind, to, body);
  }

  /** Seals a message about keys for a pair, or returns null when there is no agreement. */
  synchronized @Nullable ByteBuffer keys(EpochKey under, InetSocketAddress to, ByteBuffer body) {
    PairKey pair = pairs.get(to);
    return pair == null ? null : pair(pair, under, Plaintext.KEYS, to, body);
  }

  /** A first contact under this key, as long as a challenge, and without content. */
  synchronized ByteBuffer hello(EpochKey under, InetSocketAddress to, long now) {
    ByteBuffer datagram = mesh(under, Plaintext.KEYS, to, ByteBuffer.allocate(Handshake.CHALLENGE));
    held.sealed(to, counter, now);
    return datagram;
  }

  private ByteBuffer mesh(EpochKey under, int kind, InetSocketAddress to, ByteBuffer body) {
    if (mesh.from.id() != under.id()) {
      mesh = derived(under);
    }
    return seal(Form.MESH, mesh, kind, to, body);
  }

  private ByteBuffer pair(
      PairKey pair, EpochKey under, int kind, InetSocketAddress to, ByteBuffer body) {
    DerivedKey key = pair.key;
    if (key == null || key.from.id() != under.id()) {
      key = new DerivedKey(under, under.pair(pair.agreed, salt, pair.boot, handshake.self()));
      pair.key = key;
    }
    return seal(Form.PAIR, key, kind, to, body);
  }

  private ByteBuffer seal(
      Form form, DerivedKey key, int kind, InetSocketAddress to, ByteBuffer body) {
    Header header = new Header(form, key.from.id(), salt, ++counter);
    ByteBuffer plain = Plaintext.of(kind, to, body);
    return ByteBuffer.wrap(envelope.seal(key.key, key.from.check(), header, plain));
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
  synchronized void agreed(
      InetSocketAddress to, Salt boot, byte[] agreed, EpochKey under, long answered) {
    PairKey former = pairs.get(to);
    EpochKey best = under;
    if (former != null && former.boot.equals(boot)) {
      Held known = keyring.held(former.held.id());
      best = known != null && known.sendable() ? former.held : under;
    }
    pairs.put(to, new PairKey(boot, agreed, best, answered));
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
