package io.vrouter.membership.crypto;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.crypto.Envelope.Form;
import io.vrouter.membership.crypto.Envelope.Header;
import io.vrouter.membership.crypto.Keyring.Held;
import io.vrouter.membership.crypto.Keyring.Use;
import io.vrouter.membership.crypto.SessionSetup.SessionArrival;
import io.vrouter.membership.crypto.SessionTable.AdmittedSession;
import io.vrouter.membership.crypto.Verdict.Dropped;
import io.vrouter.membership.crypto.Verdict.Reason;
import io.vrouter.membership.crypto.Verdict.Reply;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Seals and opens the datagrams of one boot of one node. Has no socket: bytes in, bytes out.
 *
 * <p>A session is one boot of one node, named by a random salt, at one address. It is admitted only
 * after it has echoed and signed a cookie of this boot, so it belongs to a node id, and traffic
 * recorded before this boot has no effect. First contact:
 *
 * <pre>
 *   A → B  frame, under A's boot's key       B changes nothing
 *   B → A  CHALLENGE(frame's echo, cookie, B's share)    never longer than the frame
 *   A → B  ANSWER(cookie, own cookie, A's share, A's key, A's signature)
 *          and the frames of the last 300 ms once more, under the pair's key
 *   B → A  ANSWER(own cookie, B's share, B's key, B's signature)       both know each other
 * </pre>
 *
 * <p>A session belongs to no key: after a rotation the pair's next key follows from the same
 * agreement. Under a token's key the same exchange is made, but frames don't count; a {@link
 * KeyExchange} follows, which gives an admitted node the epoch's key.
 *
 * <p>A frame for one node counts only under the pair's key, derived from the X25519 agreement of
 * both boots: no other holder of the token can read it or forge its sender. A frame that can't be
 * opened under it (after a restart of either node, or without its session) causes a challenge.
 * Multicasts are under the boot's key.
 *
 * <p>Wire version 4, see {@link Envelope}; nodes of other versions are incompatible. Any thread;
 * sending and opening have separate locks, and no costly operation holds the latter.
 */
public final class SealedLink {
  /** Octets of the shortest frame that is challenged: its challenge is no longer. */
  public static final int CHALLENGED = Handshake.CHALLENGE;

  private final List<InetSocketAddress> own;
  private final List<InetSocketAddress> groups;
  private final RandomGenerator random;
  private final LongSupplier nanoTime;
  private final Salt salt;
  private final Sealer sealer;
  private final SessionSetup setup;
  private final SessionTable sessions;
  private final Conduct conduct;
  private final Repetitions repetitions = new Repetitions();
  private final BootKeys bootKeys = new BootKeys();
  private final ThreadLocal<Envelope> envelopes = ThreadLocal.withInitial(Envelope::new);

  private final KeyBook book;
  private final KeyExchange exchange;
  private final KeyTraffic keyTraffic;
  private volatile double groupChance = 1;

  /**
   * The addresses of a link.
   *
   * @param own this node's unicast addresses and ports, as peers use them: one, or two behind
   *     address translation
   * @param group the multicast group, or null when there is none
   * @param sessions most sessions of one IP address of a peer
   */
  public record LinkConfig(
      List<InetSocketAddress> own, @Nullable InetSocketAddress group, int sessions) {
    public LinkConfig {
      own = List.copyOf(own);
    }
  }

  /**
   * Begins a boot.
   *
   * @param book the keys; its listener becomes this link
   * @param signer proves this node's id to peers
   * @param random fit for keys: a {@link java.security.SecureRandom} outside tests
   * @param nanoTime monotonic
   */
  public SealedLink(
      KeyBook book,
      Signer signer,
      LinkConfig place,
      RandomGenerator random,
      LongSupplier nanoTime) {
    this.own = place.own;
    this.groups = place.group == null ? List.of() : List.of(place.group);
    this.random = random;
    this.nanoTime = nanoTime;
    this.salt = new Salt(random.nextLong(), random.nextLong());
    Handshake handshake = new Handshake(signer, salt, random);
    this.book = book;
    this.sealer = new Sealer(book.keyring(), handshake, salt, place.group);
    this.sessions = new SessionTable(SessionTable.CAPACITY, place.sessions);
    this.conduct = new Conduct(place.sessions);
    Cookies cookies = new Cookies(random, nanoTime);
    this.setup = new SessionSetup(handshake, cookies, salt, sealer, sessions, conduct, book);
    this.exchange = new KeyExchange(book, random, nanoTime.getAsLong());
    this.keyTraffic = new KeyTraffic(book, exchange, sealer, this::offended);
    onKeys(() -> {});
  }

  /** Octets that sealing adds to a frame for this destination: 60 for IPv4, 72 for IPv6. */
  public static int overhead(InetSocketAddress to) {
    return Envelope.HEADER + Plaintext.overhead(to) + Envelope.TAG + Envelope.CHECK;
  }

  /**
   * Sets what runs when keys changed or {@link #dueKeys} has something to send. Runs on any thread,
   * must return at once, and calls neither this link nor its book. Sessions stay when keys change,
   * but a banned node's end.
   */
  public void onKeys(Runnable action) {
    exchange.wake(action);
    book.listen(
        () -> {
          sealer.rekey(book.keyring());
          exchange.keysChanged();
          for (NodeId node : book.banned()) {
            sessions.end(node, nanoTime.getAsLong());
          }
          action.run();
        });
  }

  /** A sealed datagram for an address. */
  public record Outgoing(InetSocketAddress to, ByteBuffer datagram) {}

  /** The datagrams about keys that are due; to be called at least every few seconds. */
  public List<Outgoing> dueKeys() {
    return keyTraffic.due(nanoTime.getAsLong());
  }

  /** Why this node was refused lately, or null. */
  public KeyReport.@Nullable RefusalReport refusal() {
    KeyExchange.LastRefusal no = exchange.refused(nanoTime.getAsLong());
    return no == null ? null : new KeyReport.RefusalReport(no.reason().name(), no.by());
  }

  /** The state of the keys, here and at peers. */
  public KeyReport keys() {
    return KeyReport.of(book, exchange);
  }

  /**
   * Sets the probability that an unknown sender's multicast frame is challenged, hence answered: in
   * a large mesh a few answers are enough.
   *
   * @param chance 0 to 1
   */
  public void groupChance(double chance) {
    groupChance = chance;
  }

  /** Sets the members' addresses: others never take all places. Called on any thread. */
  public void reserve(Predicate<InetAddress> members) {
    sessions.reserve(members);
  }

  /**
   * Whether an address sends under keys of another mesh: no longer than a rotation takes, these may
   * be this mesh's next.
   */
  public boolean isStranger(InetSocketAddress from) {
    return exchange.isStranger(from, nanoTime.getAsLong());
  }

  /** Number of admitted sessions. */
  public int sessions() {
    return sessions.size();
  }

  /**
   * Counts content that this program never sends. A node with {@value Conduct#OFFENCES} within a
   * minute loses its sessions for a minute, and so does its IP address unless another node has a
   * session there.
   *
   * @param node the sender in {@link Verdict.Opened}
   * @return whether the node lost its sessions by this offence
   */
  public boolean offended(NodeId node, InetAddress at) {
    long now = nanoTime.getAsLong();
    if (!conduct.offended(node, now)) {
      return false;
    }
    sessions.end(node, now);
    conduct.ban(node, now);
    if (!sessions.hasOther(at, node)) {
      conduct.ban(at, now);
    }
    return true;
  }

  /** The sealed datagram that carries a frame. The frame's position stays. */
  public ByteBuffer seal(InetSocketAddress to, ByteBuffer frame) {
    return sealer.seal(to, frame, nanoTime.getAsLong());
  }

  /** Opens a datagram. The buffer's position stays. */
  public Verdict open(InetSocketAddress from, ByteBuffer datagram) {
    Header header = Header.read(datagram);
    if (header == null) {
      return new Dropped(Reason.MALFORMED);
    }
    Held held = book.keyring().held(header.keyId());
    if (held == null) {
      if (datagram.remaining() >= overhead(from) + Handshake.CHALLENGE) {
        exchange.stranger(from, nanoTime.getAsLong());
      }
      return new Dropped(Reason.WRONG_KEY);
    }
    if (!Envelope.passes(held.key().check(), datagram)) {
      return new Dropped(Reason.FORGED);
    }
    if (header.salt().equals(salt)) {
      return new Dropped(Reason.OWN);
    }
    long now = nanoTime.getAsLong();
    if (conduct.banned(from.getAddress(), now)) {
      return new Dropped(Reason.REFUSED);
    }
    SessionTable.Id id = new SessionTable.Id(header.salt(), from);
    SessionArrival arrival =
        new SessionArrival(id, sessions.find(id), held, header, datagram.remaining(), now);
    return header.form() == Form.PAIR ? pair(arrival, datagram) : mesh(arrival, datagram);
  }

  private Verdict pair(SessionArrival arrival, ByteBuffer datagram) {
    AdmittedSession session = arrival.session();
    if (session == null) {
      long check = Envelope.check(datagram);
      if (repetitions.contains(check)) {
        return new Dropped(Reason.REPLAYED);
      }
      repetitions.add(check);
      return setup.challenge(arrival);
    }
    if (session.seen(arrival.counter())) {
      return new Dropped(Reason.REPLAYED);
    }
    ByteBuffer plain =
        envelopes.get().open(session.pairKey(arrival.epoch()), arrival.header(), datagram);
    if (plain == null) {
      return session.reply(arrival.now(), SessionSetup.REPLY_GAP)
          ? setup.challenge(arrival)
          : new Dropped(Reason.FORGED);
    }
    InetSocketAddress to = Plaintext.destination(plain, own);
    if (to == null) {
      return new Dropped(Reason.NOT_FOR_US);
    }
    if (!session.accept(arrival.counter(), arrival.now())) {
      return new Dropped(Reason.REPLAYED);
    }
    return switch (Plaintext.kind(plain)) {
      case Plaintext.FRAME -> frame(arrival, session, body(plain, to), false);
      case Plaintext.KEYS -> keyTraffic.take(arrival, session, body(plain, to));
      default -> new Dropped(Reason.MALFORMED);
    };
  }

  private Verdict frame(
      SessionArrival arrival, AdmittedSession session, ByteBuffer body, boolean group) {
    NodeId node = session.keys().node();
    if (arrival.held().use() != Use.CURRENT) {
      exchange.lagging(node, arrival.source(), arrival.held(), arrival.now());
    }
    return book.counts(node, arrival.held())
        ? new Verdict.Opened(body, group, node)
        : new Dropped(Reason.NOT_ADMITTED);
  }

  private Verdict greeted(SessionArrival arrival, Verdict verdict) {
    return keyTraffic.greeted(arrival, sessions.find(arrival.id()), verdict);
  }

  private static ByteBuffer body(ByteBuffer plain, InetSocketAddress to) {
    return plain.position(plain.position() + Plaintext.overhead(to)).slice();
  }

  private Verdict mesh(SessionArrival arrival, ByteBuffer datagram) {
    long check = Envelope.check(datagram);
    if (repetitions.contains(check)) {
      return new Dropped(Reason.REPLAYED);
    }
    AdmittedSession session = arrival.session();
    SecretKey key =
        session != null
            ? session.meshKey(arrival.epoch())
            : bootKeys.of(arrival.epoch(), arrival.boot());
    ByteBuffer plain = envelopes.get().open(key, arrival.header(), datagram);
    if (plain == null) {
      return new Dropped(Reason.FORGED);
    }
    repetitions.add(check);
    InetSocketAddress group = Plaintext.destination(plain, groups);
    InetSocketAddress to = group != null ? group : Plaintext.destination(plain, own);
    if (to == null) {
      return new Dropped(Reason.NOT_FOR_US);
    }
    int kind = Plaintext.kind(plain);
    ByteBuffer body = body(plain, to);
    return switch (kind) {
      case Plaintext.FRAME ->
          group != null && session != null
              ? multicast(arrival, session, body)
              : unknown(arrival, group != null);
      case Plaintext.CHALLENGE -> setup.challenged(arrival, body);
      case Plaintext.ANSWER ->
          session != null
              ? setup.answered(arrival, body, to)
              : greeted(arrival, setup.answered(arrival, body, to));
      case Plaintext.KEYS ->
          session == null ? setup.challenge(arrival) : greeted(arrival, new Reply(List.of()));
      default -> new Dropped(Reason.MALFORMED);
    };
  }

  private Verdict multicast(SessionArrival arrival, AdmittedSession session, ByteBuffer body) {
    return session.acceptGroup(arrival.counter(), arrival.now())
        ? frame(arrival, session, body, true)
        : new Dropped(Reason.REPLAYED);
  }

  private Verdict unknown(SessionArrival arrival, boolean forGroup) {
    return forGroup && random.nextDouble() >= groupChance
        ? new Dropped(Reason.UNCHALLENGED)
        : setup.challenge(arrival);
  }

  /** Addresses and session count, no key. */
  @Override
  public String toString() {
    return "SealedLink[" + own + ", " + sessions.size() + " sessions]";
  }
}
