package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.Envelope.Header;
import io.vrouter.membership.crypto.Handshake.Challenge;
import io.vrouter.membership.crypto.Handshake.ChallengeResponse;
import io.vrouter.membership.crypto.Keyring.Held;
import io.vrouter.membership.crypto.SessionTable.AdmittedSession;
import io.vrouter.membership.crypto.SessionTable.SessionKeys;
import io.vrouter.membership.crypto.Verdict.Dropped;
import io.vrouter.membership.crypto.Verdict.Reason;
import io.vrouter.membership.crypto.Verdict.Reply;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Begins sessions: challenges, answers, admits; {@link SealedLink} describes the exchange. Keeps no
 * state of a sender before its proof. Any thread.
 */
final class SessionSetup {
  /** Nanoseconds between two replies to one session. */
  static final long REPLY_GAP = TimeUnit.MILLISECONDS.toNanos(20);

  private static final long NONE = 0;

  private final Handshake handshake;
  private final Cookies cookies;
  private final Salt salt;
  private final Sealer sealer;
  private final SessionTable sessions;
  private final Conduct conduct;
  private final KeyBook book;

  SessionSetup(
      Handshake handshake,
      Cookies cookies,
      Salt salt,
      Sealer sealer,
      SessionTable sessions,
      Conduct conduct,
      KeyBook book) {
    this.handshake = handshake;
    this.cookies = cookies;
    this.salt = salt;
    this.sealer = sealer;
    this.sessions = sessions;
    this.conduct = conduct;
    this.book = book;
  }

  /** A datagram from a holder of the epoch's key. */
  record SessionArrival(
      SessionTable.Id id,
      @Nullable AdmittedSession session,
      Held held,
      Header header,
      int length,
      long now) {
    InetSocketAddress source() {
      return id.source();
    }

    EpochKey epoch() {
      return held.key();
    }

    Salt boot() {
      return id.salt();
    }

    long counter() {
      return header.counter();
    }
  }

  /**
   * Challenges a sender without a session, when its datagram is at least as long as the challenge.
   */
  Verdict challenge(SessionArrival arrival) {
    InetSocketAddress source = arrival.source();
    if (arrival.length < SealedLink.overhead(source) + Handshake.CHALLENGE) {
      return new Dropped(Reason.UNCHALLENGED);
    }
    Salt sender = arrival.boot();
    long echo = Sealer.echo(sender, arrival.counter());
    ByteBuffer body = handshake.challenge(echo, cookies.issue(sender, source));
    return new Reply(List.of(sealer.control(arrival.epoch(), Plaintext.CHALLENGE, source, body)));
  }

  /** Answers a challenge of this boot's frame, and repeats the frame. */
  Verdict challenged(SessionArrival arrival, ByteBuffer body) {
    Challenge challenge = Challenge.read(body);
    AdmittedSession session = arrival.session;
    InetSocketAddress source = arrival.source();
    Salt boot = arrival.boot();
    if (challenge == null
        || (session != null && !session.keys().share().equals(challenge.share()))
        || !sealer.answerable(challenge, source, boot, arrival.now)) {
      return new Dropped(Reason.STALE);
    }
    byte[] agreed = handshake.agree(challenge.share());
    if (agreed == null) {
      return new Dropped(Reason.STALE);
    }
    sealer.agreed(source, boot, agreed, arrival.epoch(), arrival.now);
    long cookie = session != null ? NONE : cookies.issue(boot, source);
    List<ByteBuffer> replies = new ArrayList<>();
    ByteBuffer answer =
        handshake.answer(challenge.cookie(), cookie, boot, challenge.share(), source);
    replies.add(sealer.control(arrival.epoch(), Plaintext.ANSWER, source, answer));
    if (book.keyring().hasEpoch()) {
      replies.addAll(sealer.repeat(source, boot, arrival.now));
    }
    return new Reply(replies);
  }

  /** Admits the sender of an answer to this boot's challenge. */
  Verdict answered(SessionArrival arrival, ByteBuffer body, InetSocketAddress to) {
    ChallengeResponse answer = ChallengeResponse.read(body);
    if (answer == null) {
      return new Dropped(Reason.MALFORMED);
    }
    AdmittedSession session = arrival.session;
    if (session == null) {
      Reason refused = admit(arrival, answer, to);
      if (refused != null) {
        return new Dropped(refused);
      }
    } else if (answer.own() != NONE && !session.reply(arrival.now, REPLY_GAP)) {
      return new Dropped(Reason.STALE);
    }
    if (answer.own() == NONE) {
      return new Reply(List.of());
    }
    InetSocketAddress source = arrival.source();
    Bytes share = session != null ? session.keys().share() : answer.share();
    ByteBuffer reply = handshake.answer(answer.own(), NONE, arrival.boot(), share, source);
    return new Reply(List.of(sealer.control(arrival.epoch(), Plaintext.ANSWER, source, reply)));
  }

  /**
   * Admits the sender of an answer; returns the reason of a refusal, else null. The cheapest test
   * is first.
   */
  private @Nullable Reason admit(
      SessionArrival arrival, ChallengeResponse answer, InetSocketAddress to) {
    InetSocketAddress source = arrival.source();
    Salt boot = arrival.boot();
    long now = arrival.now;
    if (!cookies.check(answer.cookie(), boot, source) || sessions.wasDisplaced(arrival.id, now)) {
      return Reason.STALE;
    }
    NodeId node = answer.node();
    if (conduct.banned(node, now)
        || book.banned().contains(node)
        || !conduct.mayTry(source.getAddress(), now)) {
      return Reason.REFUSED;
    }
    byte[] agreed = handshake.proves(answer, boot, to) ? handshake.agree(answer.share()) : null;
    if (agreed == null) {
      return Reason.UNPROVEN;
    }
    SessionKeys keys =
        new SessionKeys(
            node,
            answer.share(),
            epoch -> epoch.session(boot.toArray()),
            epoch -> epoch.pair(agreed, boot, salt, node));
    if (!sessions.admit(arrival.id, keys, arrival.counter(), now)) {
      return Reason.TABLE_FULL;
    }
    sealer.agreed(source, boot, agreed, arrival.epoch(), now);
    return null;
  }
}
