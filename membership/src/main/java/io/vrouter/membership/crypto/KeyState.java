package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.Statement.BanStatement;
import io.vrouter.membership.crypto.Statement.EpochStatement;
import io.vrouter.membership.crypto.Statement.TokenEnd;
import io.vrouter.membership.crypto.Statement.TokenStatement;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of the mesh's keys: statements, bounded in number. Nodes that exchange all they
 * know end with the same, in any order. Not safe for use by several threads; time is passed in.
 */
final class KeyState {
  /** Most former epochs kept. */
  static final int FORMERS = 3;

  /** Most tokens, and ends of tokens, in all and of one signer. */
  static final int TOKENS = 64;

  static final int TOKENS_EACH = 32;

  /** Most bans, in all and of one signer; the operator's are bounded by the first only. */
  static final int BANS = 256;

  static final int BANS_EACH = 32;

  private @Nullable EpochStatement current;
  private long since;
  private final Deque<FormerEpoch> formers = new ArrayDeque<>();
  private final Map<Long, LiveToken> tokens = new LinkedHashMap<>();
  private final Map<Long, TokenEnd> closed = new LinkedHashMap<>();
  private final Map<BanVote, BanStatement> bans = new LinkedHashMap<>();

  /** Ended here; a peer with a slower clock may send them once more. */
  private final ExpiringSet<Long> ended = new ExpiringSet<>(2 * TOKENS, TimeUnit.HOURS.toNanos(1));

  private Set<NodeId> veterans = Set.of();
  private Set<NodeId> inForce = Set.of();
  private long floor;

  /** A former epoch, and when another one took its place, in nanoseconds. */
  record FormerEpoch(EpochStatement epoch, long replaced) {}

  /** A token, and the end of its life in nanoseconds; no end when its lifetime is 0. */
  record LiveToken(TokenStatement token, long end) {
    boolean expired(long now) {
      return token.lifetime() != 0 && now - end >= 0;
    }

    /** The statement with the seconds that are left now. */
    TokenStatement now(long now) {
      long left = token.lifetime() == 0 ? 0 : TimeUnit.NANOSECONDS.toSeconds(end - now);
      return token.withLeft((int) Math.max(0, Math.min(left, token.lifetime())));
    }
  }

  private record BanVote(NodeId node, Bytes signer) {}

  @Nullable EpochStatement current() {
    return current;
  }

  /** When the current epoch began here, in nanoseconds. */
  long since() {
    return since;
  }

  /** Newest first. */
  Collection<FormerEpoch> formers() {
    return formers;
  }

  Collection<LiveToken> tokens() {
    return tokens.values();
  }

  @Nullable LiveToken token(long id) {
    return tokens.get(id);
  }

  Collection<TokenEnd> closed() {
    return closed.values();
  }

  @Nullable TokenEnd closed(long id) {
    return closed.get(id);
  }

  Collection<BanStatement> bans() {
    return bans.values();
  }

  /** Tokens made in an epoch of a lower number admit nobody. */
  long floor() {
    return floor;
  }

  /** The members when the current epoch began. */
  Set<NodeId> veterans() {
    return veterans;
  }

  void veterans(Set<NodeId> members) {
    veterans = Set.copyOf(members);
  }

  /** The nodes whose ban has come into force here. */
  Set<NodeId> inForce() {
    return inForce;
  }

  void inForce(Set<NodeId> banned) {
    inForce = Set.copyOf(banned);
  }

  /**
   * Whether a statement would change anything; false also when there is no room. Costs no
   * verification.
   */
  boolean news(Statement statement, @Nullable Bytes operator, long now) {
    if (statement instanceof EpochStatement epoch) {
      return current == null || epoch.beats(current);
    }
    if (statement instanceof TokenStatement token) {
      LiveToken held = tokens.get(token.id());
      return token.number() >= floor
          && !token.once()
          && !ended.contains(token.id(), now)
          && (held == null
              ? room(
                  tokens.values().stream().map(LiveToken::token).toList(),
                  token,
                  TOKENS,
                  TOKENS_EACH)
              : Statement.settled(token, held.token()).proof().equals(token.proof())
                  && !token.proof().equals(held.token().proof()));
    }
    if (statement instanceof TokenEnd end) {
      TokenEnd held = closed.get(end.id());
      return held == null
          ? room(closed.values(), end, TOKENS, TOKENS_EACH)
          : Statement.settled(end, held).equals(end) && !end.equals(held);
    }
    if (statement instanceof BanStatement ban) {
      boolean byOperator = operator != null && ban.proof().signer().equals(operator);
      return !bans.containsKey(new BanVote(ban.node(), ban.proof().signer()))
          && room(bans.values(), ban, BANS, byOperator ? BANS : BANS_EACH);
    }
    throw new IllegalStateException("a statement of an unknown kind: " + statement);
  }

  private static boolean room(
      Collection<? extends Statement> held, Statement next, int most, int each) {
    Bytes signer = next.proof().signer();
    return held.size() < most
        && held.stream().filter(it -> it.proof().signer().equals(signer)).count() < each;
  }

  /** Takes a statement that is {@link #news} and valid. */
  void take(Statement statement, long now) {
    if (statement instanceof EpochStatement epoch) {
      EpochStatement former = current;
      current = epoch;
      since = now;
      if (former != null) {
        formers.addFirst(new FormerEpoch(former, now));
      }
      while (formers.size() > FORMERS) {
        formers.removeLast();
      }
      raise(epoch.floor());
    } else if (statement instanceof TokenStatement token) {
      long end = now + TimeUnit.SECONDS.toNanos(token.left());
      LiveToken held = tokens.get(token.id());
      if (held != null && held.end - end < 0) {
        end = held.end;
      }
      tokens.put(token.id(), new LiveToken(token, end));
    } else if (statement instanceof TokenEnd end) {
      closed.put(end.id(), end);
    } else if (statement instanceof BanStatement ban) {
      bans.put(new BanVote(ban.node(), ban.proof().signer()), ban);
    }
  }

  private void raise(long to) {
    if (to > floor) {
      floor = to;
      tokens.values().removeIf(live -> live.token.number() < floor);
      closed.clear(); // every token that they name is below the floor
    }
  }

  /** Restores the current epoch from the key file. */
  void begin(EpochStatement epoch, long at) {
    current = epoch;
    since = at;
    raise(epoch.floor());
  }

  /** Restores a former epoch from the key file; newest first. */
  void restore(FormerEpoch former) {
    formers.addLast(former);
  }

  /** Drops what has expired; whether something was. */
  boolean expire(long now) {
    boolean any = false;
    for (Iterator<LiveToken> all = tokens.values().iterator(); all.hasNext(); ) {
      LiveToken live = all.next();
      if (live.expired(now)) {
        all.remove();
        closed.remove(live.token.id());
        ended.add(live.token.id(), now);
        any = true;
      }
    }
    return any;
  }

  /** All statements for another member but the epoch and the newest bans, of which 4 are ahead. */
  List<Statement> others(long now) {
    List<Statement> all = new ArrayList<>();
    for (LiveToken live : tokens.values()) {
      TokenStatement token = live.now(now);
      if (!token.once() && (token.lifetime() == 0 || token.left() > 0)) {
        all.add(token);
      }
    }
    all.addAll(closed.values());
    all.addAll(List.copyOf(bans.values()).subList(0, Math.max(0, bans.size() - AHEAD)));
    return all;
  }

  private static final int AHEAD = 4;

  /** The newest bans: they travel with the epoch. */
  List<Statement> ahead() {
    List<BanStatement> all = List.copyOf(bans.values());
    return List.copyOf(all.subList(Math.max(0, all.size() - AHEAD), all.size()));
  }

  /** A number that is equal on nodes that know the same. */
  long digest() {
    TreeSet<ByteBuffer> sorted = new TreeSet<>();
    tokens.values().stream()
        .filter(live -> !live.token.once())
        .forEach(live -> sorted.add(live.token.proof().content().buffer()));
    closed.values().forEach(it -> sorted.add(it.proof().content().buffer()));
    for (BanStatement ban : bans.values()) {
      Statement.StatementProof proof = ban.proof();
      sorted.add(
          Bytes.written(
                  proof.content().length() + proof.signer().length(),
                  out -> {
                    proof.content().putInto(out);
                    proof.signer().putInto(out);
                  })
              .buffer());
    }
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(ByteBuffer.allocate(Long.BYTES).putLong(0, floor));
      sorted.forEach(sha::update);
      return ByteBuffer.wrap(sha.digest()).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
