package io.vrouter.membership.crypto;

import io.vrouter.membership.crypto.Envelope.Header;
import io.vrouter.membership.crypto.SessionTable.Session;
import io.vrouter.membership.crypto.Verdict.Dropped;
import io.vrouter.membership.crypto.Verdict.Reason;
import io.vrouter.membership.crypto.Verdict.Reply;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Seals what one boot of one node sends and opens what it receives. Has no socket: bytes in, bytes
 * out.
 *
 * <p>A session is one sender's boot, named by a random salt. A session counts here only after it
 * has echoed a cookie of ours, so traffic recorded before this boot changes nothing. First contact:
 *
 * <pre>
 *   A → B  frame                        B doesn't know A's session; changes nothing
 *   B → A  CHALLENGE(A's salt, cookie)  16 octets: never longer than the frame
 *   A → B  ANSWER(cookie, own cookie)   and the frames of the last 300 ms once more
 *   B → A  ANSWER(own cookie)           now both know each other
 * </pre>
 *
 * <p>The plaintext begins with kind and address family (one octet), destination address and port:
 * what is sealed for one node can't be replayed at another. Safe for use by several threads.
 */
public final class SealedLink {
  private static final int FRAME = 0;
  private static final int CHALLENGE = 1;
  private static final int ANSWER = 2;
  private static final long NONE = 0;
  private static final int CONTROL = 2 * Long.BYTES;

  private final InetSocketAddress self;
  private final @Nullable InetSocketAddress group;
  private final RandomGenerator random;
  private final LongSupplier nanoTime;
  private final Salt salt;
  private final Cookies cookies;
  private final Envelope sealing = new Envelope();
  private final Envelope opening = new Envelope();
  private final SessionTable sessions = new SessionTable();
  private final RecentFrames held = new RecentFrames();

  private Keyring keyring;
  private SecretKey sendKey;
  private long counter;
  private double groupChance = 1;

  /**
   * Begins a boot.
   *
   * @param self this node's unicast address and port, as peers see them
   * @param group the multicast group, or null when there is none
   * @param random fit for keys: a {@link java.security.SecureRandom} outside tests
   * @param nanoTime monotonic
   */
  public SealedLink(
      Keyring keyring,
      InetSocketAddress self,
      @Nullable InetSocketAddress group,
      RandomGenerator random,
      LongSupplier nanoTime) {
    this.self = self;
    this.group = group;
    this.random = random;
    this.nanoTime = nanoTime;
    this.salt = new Salt(random.nextLong(), random.nextLong());
    this.cookies = new Cookies(random, nanoTime);
    this.keyring = keyring;
    this.sendKey = keyring.current().session(salt.toArray());
  }

  /** Octets that sealing adds to a frame for this destination: 52 for IPv4, 64 for IPv6. */
  public static int overhead(InetSocketAddress to) {
    return Envelope.HEADER + 1 + to.getAddress().getAddress().length + 2 + Envelope.TAG;
  }

  /** Replaces the keys. Sessions under keys that are still accepted stay. */
  public synchronized void rekey(Keyring next) {
    keyring = next;
    sendKey = next.current().session(salt.toArray());
  }

  /**
   * Sets the probability that an unknown sender's multicast frame is challenged, hence answered: in
   * a large mesh a few answers are enough.
   *
   * @param chance 0 to 1
   */
  public synchronized void groupChance(double chance) {
    groupChance = chance;
  }

  /** Number of admitted sessions. */
  public synchronized int sessions() {
    return sessions.size();
  }

  /** The sealed datagram that carries a frame. The frame's position stays. */
  public synchronized ByteBuffer seal(InetSocketAddress to, ByteBuffer frame) {
    ByteBuffer copy = ByteBuffer.allocate(frame.remaining()).put(frame.duplicate()).flip();
    held.keep(to, copy, nanoTime.getAsLong());
    return seal(FRAME, to, copy);
  }

  private ByteBuffer seal(int kind, InetSocketAddress to, ByteBuffer body) {
    byte[] address = to.getAddress().getAddress();
    ByteBuffer plain = ByteBuffer.allocate(1 + address.length + 2 + body.remaining());
    plain.put(first(kind, address)).put(address).putShort((short) to.getPort());
    plain.put(body.duplicate()).flip();
    Header header = new Header(keyring.current().id(), salt, ++counter);
    return ByteBuffer.wrap(sealing.seal(sendKey, header, plain));
  }

  private static byte first(int kind, byte[] address) {
    return (byte) (kind << 4 | (address.length == 4 ? 4 : 6));
  }

  /** Opens a datagram. The buffer's position stays. */
  public synchronized Verdict open(InetSocketAddress from, ByteBuffer datagram) {
    Header header = Header.read(datagram);
    if (header == null) {
      return new Dropped(Reason.MALFORMED);
    }
    if (header.salt().equals(salt)) {
      return new Dropped(Reason.OWN);
    }
    SessionTable.Id id = new SessionTable.Id(header.keyId(), header.salt(), from);
    Session session = sessions.find(id);
    SecretKey key = session != null ? session.key() : null;
    if (key == null) {
      EpochKey epoch = keyring.accepted(header.keyId()).orElse(null);
      if (epoch == null) {
        return new Dropped(Reason.WRONG_KEY);
      }
      key = epoch.session(header.salt().toArray());
    }
    ByteBuffer plain = opening.open(key, header, datagram);
    if (plain == null) {
      return new Dropped(Reason.FORGED);
    }
    return judge(new Arrival(id, session, key, header.counter(), datagram.remaining()), plain);
  }

  /** An opened datagram. */
  private record Arrival(
      SessionTable.Id id, @Nullable Session session, SecretKey key, long counter, int length) {}

  private Verdict judge(Arrival arrival, ByteBuffer plain) {
    int first = plain.hasRemaining() ? plain.get() : 0;
    boolean forGroup = addressed(first, plain, group);
    if (!forGroup && !addressed(first, plain, self)) {
      return new Dropped(Reason.NOT_FOR_US);
    }
    plain.position(plain.position() + ((first & 0xf) == 4 ? 4 : 16) + 2);
    Session session = arrival.session;
    if (session != null && !session.accept(arrival.counter, nanoTime.getAsLong())) {
      return new Dropped(Reason.REPLAYED);
    }
    return switch (first >> 4) {
      case FRAME ->
          session != null
              ? new Verdict.Frame(plain.slice(), forGroup)
              : challenge(arrival, forGroup);
      case CHALLENGE -> challenged(arrival, plain);
      case ANSWER -> answered(arrival, plain);
      default -> new Dropped(Reason.MALFORMED);
    };
  }

  private static boolean addressed(int first, ByteBuffer plain, @Nullable InetSocketAddress to) {
    if (to == null) {
      return false;
    }
    byte[] address = to.getAddress().getAddress();
    ByteBuffer expected = ByteBuffer.allocate(address.length + 2);
    expected.put(address).putShort((short) to.getPort()).flip();
    return (first & 0xf) == (first(0, address) & 0xf)
        && plain.remaining() >= expected.remaining()
        && plain.slice(plain.position(), expected.remaining()).equals(expected);
  }

  private Verdict challenge(Arrival arrival, boolean forGroup) {
    InetSocketAddress source = arrival.id.source();
    if (arrival.length < overhead(source) + CONTROL
        || (forGroup && random.nextDouble() >= groupChance)) {
      return new Dropped(Reason.UNCHALLENGED);
    }
    Salt sender = arrival.id.salt();
    return new Reply(
        List.of(control(CHALLENGE, source, sender.high(), cookies.issue(sender, source))));
  }

  private Verdict challenged(Arrival arrival, ByteBuffer body) {
    if (body.remaining() != CONTROL || body.getLong() != salt.high()) {
      return new Dropped(Reason.STALE);
    }
    InetSocketAddress source = arrival.id.source();
    long own = arrival.session != null ? NONE : cookies.issue(arrival.id.salt(), source);
    List<ByteBuffer> replies = new ArrayList<>();
    replies.add(control(ANSWER, source, body.getLong(), own));
    for (ByteBuffer frame : held.repeat(source, group, nanoTime.getAsLong())) {
      replies.add(seal(FRAME, source, frame));
    }
    return new Reply(replies);
  }

  private Verdict answered(Arrival arrival, ByteBuffer body) {
    if (body.remaining() != CONTROL) {
      return new Dropped(Reason.MALFORMED);
    }
    InetSocketAddress source = arrival.id.source();
    long echo = body.getLong();
    long cookie = body.getLong();
    if (arrival.session == null) {
      if (!cookies.check(echo, arrival.id.salt(), source)) {
        return new Dropped(Reason.STALE);
      }
      if (!sessions.admit(arrival.id, arrival.key, arrival.counter, nanoTime.getAsLong())) {
        return new Dropped(Reason.TABLE_FULL);
      }
    }
    return new Reply(cookie == NONE ? List.of() : List.of(control(ANSWER, source, cookie, NONE)));
  }

  private ByteBuffer control(int kind, InetSocketAddress to, long first, long second) {
    return seal(kind, to, ByteBuffer.allocate(CONTROL).putLong(first).putLong(second).flip());
  }

  /** Address and session count, no key. */
  @Override
  public synchronized String toString() {
    return "SealedLink[" + self + ", " + sessions.size() + " sessions]";
  }
}
