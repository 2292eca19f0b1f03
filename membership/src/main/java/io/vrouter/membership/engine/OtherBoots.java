package io.vrouter.membership.engine;

import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.SwimMessage;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Records that another boot of a live member's identity signed: a copy of its state directory, or
 * the host itself after a move that was not announced. A record with another endpoint, or with the
 * intent to leave, waits until this node has pinged the endpoint held here. A member that answers
 * there keeps the identity and is sent the other record, so that it can warn.
 */
final class OtherBoots {
  private static final int TRIES = 3;

  /** Nanoseconds between two questions about one member. */
  private static final long GAP = Duration.ofSeconds(1).toNanos();

  /** Per-member state: the waiting record. */
  static final class PendingRecord {
    private final News.Heard record;
    private final long asked;
    private boolean open = true;

    private PendingRecord(News.Heard record, long asked) {
      this.record = record;
      this.asked = asked;
    }
  }

  private final Context ctx;
  private final Probes probes;

  OtherBoots(Context ctx, Probes probes) {
    this.ctx = ctx;
    this.probes = probes;
  }

  /** Whether the record counts only when the member does not answer at the endpoint held here. */
  static boolean doubtful(Peer peer, SignedHead head) {
    SignedHead held = peer.head();
    boolean moves = !head.endpoint().equals(held.endpoint());
    boolean ends = head.bootNonce() != held.bootNonce() && head.intent() != Intent.STAY;
    return peer.live() && peer.proven && (moves || ends);
  }

  /** Pings the member; takes the record when no answer comes, else drops it. */
  void question(Peer peer, News.Heard record, Consumer<News.Heard> take) {
    PendingRecord former = peer.question;
    if (former != null && ctx.now - former.asked < GAP) {
      return; // push/pull delivers it again
    }
    PendingRecord question = new PendingRecord(record, ctx.now);
    peer.question = question;
    ask(peer, question, TRIES, take);
  }

  private void ask(Peer peer, PendingRecord question, int tries, Consumer<News.Heard> take) {
    if (!question.open) {
      return;
    }
    if (tries > 0) {
      probes.nudge(peer);
      ctx.after(ctx.config.probing().ackTimeout(), () -> ask(peer, question, tries - 1, take));
    } else {
      question.open = false;
      take.accept(question.record);
    }
  }

  /** The member answered at its endpoint a ping first sent at this time. */
  void answered(Peer peer, long began) {
    PendingRecord question = peer.question;
    if (question != null && question.open && began >= question.asked) {
      question.open = false;
      News other = new News.Heard(question.record.head(), null, question.record.standing());
      ctx.sendBare(peer.head().endpoint(), new SwimMessage.Gossip(ctx.self(), List.of(other)));
    }
  }
}
