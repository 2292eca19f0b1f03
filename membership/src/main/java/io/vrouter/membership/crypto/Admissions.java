package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.KeyMessage.RefusalReason;
import io.vrouter.membership.crypto.KeyState.LiveToken;
import io.vrouter.membership.crypto.Keyring.Held;
import io.vrouter.membership.crypto.Statement.TokenEnd;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes are given the epoch's key, by the key or token under which they ask. Guarded by its
 * book.
 */
final class Admissions {
  private final KeyState state;
  private final MeshToken token;
  private final Bytes self;

  /** The node that redeemed each one-time token of this node, until it arrives. */
  private final Map<Long, NodeId> redeemers = new HashMap<>();

  /**
   * Admits by a state.
   *
   * @param token this node's
   * @param self this node's public key
   */
  Admissions(KeyState state, MeshToken token, Bytes self) {
    this.state = state;
    this.token = token;
    this.self = self;
  }

  /**
   * The reason to give nothing to a node under this key, or null.
   *
   * @param freshToken whether this node's token is another one than that of its last run
   */
  @Nullable RefusalReason refusal(NodeId node, Held under, boolean freshToken, long now) {
    return switch (under.use()) {
      case CURRENT -> null;
      case OVERLAP, ENDING, RETURN ->
          state.veterans().contains(node) ? null : RefusalReason.OUTDATED;
      case ADMISSION -> byToken(under.token(), node, freshToken, now);
    };
  }

  private @Nullable RefusalReason byToken(long id, NodeId node, boolean freshToken, long now) {
    TokenEnd end = state.closed(id);
    if (end != null) {
      return end.used() ? RefusalReason.USED : RefusalReason.REVOKED;
    }
    LiveToken live = state.token(id);
    if (live == null) {
      boolean open = id == token.id() && (state.floor() == 0 || freshToken);
      return open ? null : RefusalReason.REVOKED;
    }
    if (live.expired(now)) {
      return RefusalReason.REVOKED;
    }
    if (!live.token().once()) {
      return null;
    }
    if (!live.token().proof().signer().equals(self)) {
      return RefusalReason.NOT_HERE;
    }
    NodeId redeemer = redeemers.get(id);
    return redeemer == null || redeemer.equals(node) ? null : RefusalReason.USED;
  }

  /** A node is given the epoch's key because of a token. */
  void redeemed(Held under, NodeId node) {
    LiveToken live = state.token(under.token());
    if (live != null && live.token().once()) {
      redeemers.putIfAbsent(under.token(), node);
    }
  }

  /** The one-time tokens that a node's arrival uses up; each is returned once. */
  List<Long> usedUp(NodeId node) {
    List<Long> ids =
        redeemers.entrySet().stream()
            .filter(entry -> entry.getValue().equals(node))
            .map(Map.Entry::getKey)
            .toList();
    ids.forEach(redeemers::remove);
    return ids;
  }
}
