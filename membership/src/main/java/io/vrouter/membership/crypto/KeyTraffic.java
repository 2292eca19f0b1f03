package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.KeyExchange.Parcel;
import io.vrouter.membership.crypto.SealedLink.Outgoing;
import io.vrouter.membership.crypto.SessionSetup.SessionArrival;
import io.vrouter.membership.crypto.SessionTable.AdmittedSession;
import io.vrouter.membership.crypto.Verdict.Dropped;
import io.vrouter.membership.crypto.Verdict.Reason;
import io.vrouter.membership.crypto.Verdict.Reply;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams of a {@link KeyExchange}: sealed on the way out, taken on the way in. Any thread.
 */
final class KeyTraffic {
  private final KeyBook book;
  private final KeyExchange exchange;
  private final Sealer sealer;
  private final BiConsumer<NodeId, InetAddress> offended;

  /**
   * Between an exchange and its link.
   *
   * @param offended counts content that this program never sends
   */
  KeyTraffic(
      KeyBook book, KeyExchange exchange, Sealer sealer, BiConsumer<NodeId, InetAddress> offended) {
    this.book = book;
    this.exchange = exchange;
    this.sealer = sealer;
    this.offended = offended;
  }

  /** The datagrams that are due. */
  List<Outgoing> due(long now) {
    List<Outgoing> all = new ArrayList<>();
    for (Parcel parcel : exchange.due(now)) {
      ByteBuffer datagram = sealed(parcel, now);
      if (datagram != null) {
        all.add(new Outgoing(parcel.to(), datagram));
      }
    }
    return all;
  }

  private @Nullable ByteBuffer sealed(Parcel parcel, long now) {
    Bytes body = parcel.body();
    return body == null
        ? sealer.hello(parcel.under(), parcel.to(), now)
        : sealer.keys(parcel.under(), parcel.to(), body.buffer());
  }

  /** Takes a message about keys from a session. */
  Verdict take(SessionArrival arrival, AdmittedSession session, ByteBuffer body) {
    NodeId node = session.keys().node();
    InetSocketAddress source = arrival.source();
    boolean outside = !book.keyring().hasEpoch();
    KeyExchange.KeyOutcome outcome =
        exchange.take(node, source, arrival.held(), body, arrival.now());
    EpochKey shared = exchange.holds(node);
    if (shared != null) {
      sealer.holds(source, shared);
    }
    if (outcome.offence()) {
      offended.accept(node, source.getAddress());
      return new Dropped(Reason.MALFORMED);
    }
    List<ByteBuffer> replies = new ArrayList<>();
    outcome.replies().forEach(parcel -> addIfSealed(replies, parcel, arrival.now()));
    if (outside && book.keyring().hasEpoch()) {
      replies.addAll(sealer.repeat(source, arrival.boot(), arrival.now()));
    }
    return new Reply(replies);
  }

  private void addIfSealed(List<ByteBuffer> replies, Parcel parcel, long now) {
    ByteBuffer datagram = sealed(parcel, now);
    if (datagram != null) {
      replies.add(datagram);
    }
  }

  /** Adds the first message about keys to the reply that follows a new session. */
  Verdict greeted(SessionArrival arrival, @Nullable AdmittedSession session, Verdict verdict) {
    if (session == null || !(verdict instanceof Reply reply)) {
      return verdict;
    }
    List<ByteBuffer> replies = new ArrayList<>(reply.datagrams());
    exchange
        .met(session.keys().node(), arrival.source(), arrival.held(), arrival.now())
        .forEach(parcel -> addIfSealed(replies, parcel, arrival.now()));
    return new Reply(replies);
  }
}
