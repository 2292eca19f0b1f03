package io.vrouter.membership.crypto;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.crypto.KeyMessage.KeySummary;
import io.vrouter.membership.crypto.KeyMessage.RefusalReason;
import io.vrouter.membership.crypto.Keyring.Held;
import io.vrouter.membership.crypto.Keyring.Use;
import io.vrouter.membership.crypto.Statement.BanStatement;
import io.vrouter.membership.crypto.Statement.EpochStatement;
import io.vrouter.membership.crypto.Statement.TokenEnd;
import io.vrouter.membership.crypto.Statement.TokenStatement;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The keys of this node, and the rules: which key seals, which are accepted, which node is given
 * the epoch's, and which signature counts. Reasons: docs/adr/0020. Any thread.
 */
public final class KeyBook {
  /** Nanoseconds after a rotation within which a peer without the new key is sent the old one. */
  static final long OVERLAP = TimeUnit.MINUTES.toNanos(5);

  /** Nanoseconds after a rotation at which the old epoch ends. */
  static final long END = TimeUnit.MINUTES.toNanos(10);

  /** Most numbers that an epoch may be ahead of the one held. */
  static final long MOST_AHEAD = 1024;

  /** Most remembered nodes beside the members. */
  private static final int ARRIVALS = 4096;

  private final MeshToken token;
  private final Signer signer;
  private final RandomGenerator random;
  private final LongSupplier nanoTime;
  private final KeyState state;
  private final Admissions admissions;
  private final Held own;
  private Electorate electorate = Electorate.NOBODY;
  private Runnable changed = () -> {};
  private @Nullable KeyFile file;
  private boolean freshToken;
  private final RotationBudget budget;
  private final Set<NodeId> arrivals = ConcurrentHashMap.newKeySet();
  private long version;
  private volatile Keyring keyring;
  private volatile KeySummary summary;
  private volatile Set<NodeId> banned = Set.of();

  /**
   * A book over a state.
   *
   * @param random fit for keys: a {@link java.security.SecureRandom} outside tests
   * @param nanoTime monotonic
   * @param freshToken whether the token was not the one of the state's last run
   */
  KeyBook(
      MeshToken token,
      Signer signer,
      KeyState state,
      boolean freshToken,
      RandomGenerator random,
      LongSupplier nanoTime) {
    this.token = token;
    this.signer = signer;
    this.state = state;
    this.admissions = new Admissions(state, token, signer.publicKey());
    this.freshToken = freshToken;
    this.random = random;
    this.nanoTime = nanoTime;
    this.own = new Held(token.admission(), Use.ADMISSION, token.id());
    this.budget = new RotationBudget(nanoTime.getAsLong());
    this.keyring = ring(nanoTime.getAsLong());
    this.summary = summarize();
    this.banned = judge();
  }

  /** A book without an epoch yet: it asks members for one, or makes the first. */
  public static KeyBook empty(
      MeshToken token, Signer signer, RandomGenerator random, LongSupplier nanoTime) {
    return new KeyBook(token, signer, new KeyState(), true, random, nanoTime);
  }

  /** As {@link #empty}, with a first epoch at once. */
  public static KeyBook founded(
      MeshToken token, Signer signer, RandomGenerator random, LongSupplier nanoTime) {
    KeyBook book = empty(token, signer, random, nanoTime);
    book.found();
    return book;
  }

  /** A book of another node that holds the same keys, and nothing else of this one. */
  public synchronized KeyBook sibling(Signer other) {
    KeyBook book = empty(token, other, random, nanoTime);
    EpochStatement epoch = state.current();
    if (epoch != null) {
      book.learn(epoch);
    }
    return book;
  }

  /** Keeps the book in a file from now on. */
  KeyBook in(KeyFile keyFile) {
    file = keyFile;
    return this;
  }

  /**
   * Writes the key file when the book changed; does nothing for a book without one.
   *
   * @throws IOException when it can't be written
   */
  public void save() throws IOException {
    KeyFile to = file;
    if (to != null) {
      to.save(this);
    }
  }

  /** Problems with the file when it was read, and the actions taken. */
  public List<Warning> problems() {
    return file == null ? List.of() : file.problems();
  }

  /** Sets the members; before use. */
  public synchronized void electorate(Electorate members) {
    electorate = members;
  }

  /** Sets what runs after each change, on the changing thread. */
  public synchronized void listen(Runnable listener) {
    changed = listener;
  }

  /** The keys now. */
  public Keyring keyring() {
    return keyring;
  }

  KeySummary summary() {
    return summary;
  }

  /** The nodes whose ban is in force here. */
  public Set<NodeId> banned() {
    return banned;
  }

  /** This node's token. */
  public MeshToken token() {
    return token;
  }

  NodeId self() {
    return signer.id();
  }

  /** A view of the state, and the time. */
  synchronized <T> T read(BiFunction<KeyState, Long, T> view) {
    return view.apply(state, nanoTime.getAsLong());
  }

  /** Whether the token is another one than that of the last run. */
  synchronized boolean freshToken() {
    return freshToken;
  }

  /** Makes the mesh's first epoch, when there is none. */
  synchronized boolean found() {
    if (state.current() != null) {
      return false;
    }
    take(EpochStatement.sign(1, 0, newKey(), signer));
    return true;
  }

  /**
   * Begins another epoch.
   *
   * @param keepTokens whether the tokens made up to now go on admitting hosts
   * @throws IllegalStateException when this node has no epoch's key yet
   */
  public synchronized void rotate(boolean keepTokens) {
    EpochStatement epoch = required();
    long number = epoch.number() + 1;
    take(EpochStatement.sign(number, keepTokens ? state.floor() : number, newKey(), signer));
  }

  private EpochStatement required() {
    EpochStatement epoch = state.current();
    if (epoch == null) {
      throw new IllegalStateException("this host has no key of the mesh yet");
    }
    return epoch;
  }

  private EpochKey newKey() {
    byte[] secret = new byte[32];
    random.nextBytes(secret);
    return new EpochKey(secret);
  }

  /**
   * Bans a node, and begins an epoch without it. It counts on other hosts when the operator signs
   * it, or when most live members have signed one.
   *
   * @param by the operator's key, or this node's own
   * @throws IllegalStateException when there are too many bans, or no key yet
   */
  public synchronized void ban(NodeId node, Signer by) {
    required();
    if (!state.bans().stream()
        .anyMatch(it -> it.node().equals(node) && it.proof().signer().equals(by.publicKey()))) {
      BanStatement ban = BanStatement.sign(node, by);
      if (!state.news(ban, operator(), nanoTime.getAsLong())) {
        throw new IllegalStateException("there is no room for another ban");
      }
      take(ban);
    }
    rotate(false);
  }

  /** Bans a node by this host's own word. */
  public void ban(NodeId node) {
    ban(node, signer);
  }

  /**
   * Makes a token of this mesh.
   *
   * @param seeds carried in it
   * @param lifetime seconds, 0 for no end
   * @param once whether it admits one host
   * @throws IllegalStateException when there are too many tokens, or no key yet
   */
  public synchronized MeshToken createToken(List<String> seeds, int lifetime, boolean once) {
    long number = required().number();
    MeshToken made = MeshToken.create(token.clusterName(), seeds, token.operator(), random);
    TokenStatement statement = TokenStatement.sign(made, number, lifetime, once, signer);
    boolean room =
        state.tokens().size() < KeyState.TOKENS
            && state.tokens().stream()
                    .filter(it -> it.token().proof().signer().equals(signer.publicKey()))
                    .count()
                < KeyState.TOKENS_EACH;
    if (!room) {
      throw new IllegalStateException("there are too many tokens; 'keys rotate' ends them all");
    }
    take(statement);
    return made;
  }

  /**
   * Revokes a token: from now on it admits nobody.
   *
   * @throws IllegalArgumentException when this host knows no such token
   * @throws IllegalStateException when there is no room
   */
  public synchronized void revoke(long id) {
    if (id != token.id() && state.token(id) == null) {
      throw new IllegalArgumentException("no token has the id %016x".formatted(id));
    }
    if (state.closed(id) == null) {
      TokenEnd end = TokenEnd.sign(id, false, signer);
      if (!state.news(end, operator(), nanoTime.getAsLong())) {
        throw new IllegalStateException(
            "too many tokens were revoked; 'keys rotate' ends them all");
      }
      take(end);
    }
  }

  /** Takes another node's statement; false when its signature is wrong. */
  synchronized boolean learn(Statement statement) {
    if (!state.news(statement, operator(), nanoTime.getAsLong()) || !counts(statement)) {
      return true;
    }
    if (!statement.proof().valid()) {
      return false;
    }
    if (!(statement instanceof EpochStatement next) || inBudget(next)) {
      take(statement);
    }
    return true;
  }

  /** Whether another node's epoch may take the place of the one held now. */
  private boolean inBudget(EpochStatement next) {
    EpochStatement epoch = state.current();
    return epoch == null || budget.take(next.number() > epoch.number(), nanoTime.getAsLong());
  }

  /** Whether this origin's word counts; the first epoch comes with all statements. */
  private boolean counts(Statement statement) {
    EpochStatement epoch = state.current();
    if (epoch == null) {
      return true;
    }
    if (statement instanceof EpochStatement next) {
      return next.number() <= epoch.number() + MOST_AHEAD;
    }
    NodeId origin = statement.proof().origin();
    return isOperator(statement.proof().signer())
        || (electorate.known().contains(origin) && !banned.contains(origin));
  }

  private boolean isOperator(Bytes key) {
    return key.length() > 0 && key.equals(token.operator());
  }

  private @Nullable Bytes operator() {
    return token.operator().length() == 0 ? null : token.operator();
  }

  private void take(Statement statement) {
    if (statement instanceof EpochStatement && state.current() != null) {
      Set<NodeId> members = new HashSet<>(electorate.known());
      members.addAll(arrivals);
      members.add(self());
      arrivals.clear();
      state.veterans(members);
    }
    if (statement instanceof EpochStatement) {
      freshToken = false;
    }
    state.take(statement, nanoTime.getAsLong());
    refresh();
  }

  /** Ends what has expired; at least once a minute. */
  synchronized void tick() {
    long now = nanoTime.getAsLong();
    boolean expired = state.expire(now);
    Keyring next = ring(now);
    if (expired || !judge().equals(banned) || !next.toString().equals(keyring.toString())) {
      refresh();
    }
  }

  /** Counts changes. */
  synchronized long version() {
    return version;
  }

  private void refresh() {
    version++;
    keyring = ring(nanoTime.getAsLong());
    summary = summarize();
    banned = judge();
    state.inForce(banned);
    changed.run();
  }

  private KeySummary summarize() {
    EpochStatement epoch = state.current();
    return new KeySummary(
        epoch == null ? 0 : epoch.number(),
        epoch == null ? 0 : epoch.key().id(),
        state.digest(),
        false);
  }

  private Keyring ring(long now) {
    return Keyring.of(state, own, mine(), now);
  }

  private Bytes mine() {
    return signer.publicKey();
  }

  /** A ban that was in force stays so, also when its voters go. */
  private Set<NodeId> judge() {
    Set<NodeId> all = new HashSet<>(state.inForce());
    all.addAll(KeyRules.banned(state.bans(), operator(), mine(), electorate.alive()));
    return Set.copyOf(all);
  }

  /** The reason to give nothing to a node under this key and to take nothing from it, or null. */
  synchronized @Nullable RefusalReason refusal(NodeId node, Held under) {
    return banned.contains(node)
        ? RefusalReason.BANNED
        : admissions.refusal(node, under, freshToken, nanoTime.getAsLong());
  }

  /** A node is given the epoch's key because of a token. */
  synchronized void redeemed(Held under, NodeId node) {
    admissions.redeemed(under, node);
  }

  /**
   * A node speaks under the epoch's key: it is a member when the next epoch begins, and its
   * one-time token is used up.
   */
  synchronized void arrived(NodeId node) {
    if (arrivals.size() < ARRIVALS) {
      arrivals.add(node);
    }
    for (long id : admissions.usedUp(node)) {
      if (state.closed(id) == null) {
        take(TokenEnd.sign(id, true, signer));
      }
    }
  }

  /** Whether frames of this node under this key count. Called for each frame under a former key. */
  boolean counts(NodeId node, Held under) {
    return under.use() == Use.CURRENT
        || (under.carriesFrames() && veteran(node) && !banned.contains(node));
  }

  private synchronized boolean veteran(NodeId node) {
    return state.veterans().contains(node);
  }

  /** The ids of the keys, no key. */
  @Override
  public String toString() {
    return "KeyBook[" + keyring + "]";
  }
}
