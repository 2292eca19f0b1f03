package io.vrouter.membership.crypto;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.KeyMessage.KeySummary;
import io.vrouter.membership.crypto.KeyState.FormerEpoch;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a node for its operator; no key is in it.
 *
 * @param epochs newest first; empty before the first
 * @param tokens this host's own first
 * @param bans one for each word
 * @param peers the key that each peer holds by its own word; 0 for none
 */
public record KeyReport(
    List<EpochReport> epochs,
    List<TokenReport> tokens,
    List<BanReport> bans,
    Map<NodeId, Integer> peers) {
  /**
   * An epoch.
   *
   * @param id of its key on the wire
   * @param use current, overlap, ending or return
   * @param by the node that made it
   * @param age time since it began here; for a former one, since another one took its place
   */
  public record EpochReport(long number, int id, String use, NodeId by, Duration age) {}

  /**
   * A token.
   *
   * @param id its fingerprint
   * @param kind original, standing, expiring or once
   * @param state open, used, redeemed or revoked
   * @param by the node that made it, null for this host's own
   * @param left of its life, null for no end
   */
  public record TokenReport(
      String id, String kind, String state, @Nullable NodeId by, @Nullable Duration left) {}

  /**
   * A ban.
   *
   * @param by the node that signed it, null for the operator's key
   * @param inForce whether it is in force here
   */
  public record BanReport(NodeId node, @Nullable NodeId by, boolean inForce) {}

  /**
   * Why and by which address this host was refused.
   *
   * @param reason REVOKED, USED, NOT_HERE, BANNED or OUTDATED
   */
  public record RefusalReport(String reason, InetSocketAddress by) {}

  static KeyReport of(KeyBook book, KeyExchange exchange) {
    Map<NodeId, Integer> peers = new HashMap<>();
    exchange.summaries().forEach((node, summary) -> peers.put(node, keyOf(summary)));
    return book.read(
        (state, at) ->
            new KeyReport(epochs(state, at), tokens(book, state, at), bans(book, state), peers));
  }

  private static int keyOf(KeySummary summary) {
    return summary.keyId();
  }

  private static List<EpochReport> epochs(KeyState state, long now) {
    List<EpochReport> all = new ArrayList<>();
    Statement.EpochStatement current = state.current();
    if (current != null) {
      all.add(
          new EpochReport(
              current.number(),
              current.key().id(),
              "current",
              current.proof().origin(),
              Duration.ofNanos(now - state.since())));
    }
    for (FormerEpoch former : state.formers()) {
      long age = now - former.replaced();
      Statement.EpochStatement it = former.epoch();
      all.add(
          new EpochReport(
              it.number(),
              it.key().id(),
              KeyRules.use(age).name().toLowerCase(java.util.Locale.ROOT),
              it.proof().origin(),
              Duration.ofNanos(age)));
    }
    return all;
  }

  private static List<TokenReport> tokens(KeyBook book, KeyState state, long now) {
    List<TokenReport> all = new ArrayList<>();
    MeshToken own = book.token();
    if (state.token(own.id()) == null) {
      boolean open = state.closed(own.id()) == null && (state.floor() == 0 || book.freshToken());
      all.add(
          new TokenReport(own.fingerprint(), "original", open ? "open" : "revoked", null, null));
    }
    for (KeyState.LiveToken live : state.tokens()) {
      Statement.TokenStatement it = live.token();
      Statement.TokenEnd end = state.closed(it.id());
      String kind = it.once() ? "once" : it.lifetime() > 0 ? "expiring" : "standing";
      String how = end == null ? "open" : end.used() ? "used" : "revoked";
      Duration left =
          it.lifetime() == 0
              ? null
              : Duration.ofSeconds(TimeUnit.NANOSECONDS.toSeconds(live.end() - now));
      all.add(new TokenReport("%016x".formatted(it.id()), kind, how, it.proof().origin(), left));
    }
    return all;
  }

  private static List<BanReport> bans(KeyBook book, KeyState state) {
    Set<NodeId> inForce = book.banned();
    return state.bans().stream()
        .map(
            ban ->
                new BanReport(
                    ban.node(),
                    ban.proof().signer().equals(book.token().operator())
                        ? null
                        : ban.proof().origin(),
                    inForce.contains(ban.node())))
        .toList();
  }
}
