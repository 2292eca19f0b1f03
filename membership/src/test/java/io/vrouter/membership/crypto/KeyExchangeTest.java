package io.vrouter.membership.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.KeyMesh.Node;
import io.vrouter.membership.crypto.Verdict.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyExchangeTest {
  private static final SeededSigner OPERATOR = new SeededSigner(77);
  private static final MeshToken TOKEN =
      MeshToken.create("lab", List.of(), OPERATOR.publicKey(), new Random(1));
  private static final MeshToken PLAIN = MeshToken.create("lab", List.of(), new Random(2));

  private final KeyMesh mesh = new KeyMesh();

  /** A mesh of so many nodes that know each other. */
  private List<Node> mesh(int count, MeshToken token) {
    List<Node> nodes = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      nodes.add(mesh.fresh(i, token));
    }
    mesh.acquaint();
    mesh.talk("");
    mesh.run(3);
    mesh.talk("");
    nodes.forEach(node -> node.heard.clear());
    assertThat(nodes).allSatisfy(node -> assertThat(node.key()).isEqualTo(nodes.get(0).key()));
    assertThat(nodes).allMatch(Node::in);
    return nodes;
  }

  private static String refusal(Node node) {
    KeyReport.RefusalReport refusal = node.link.refusal();
    return refusal == null ? "" : refusal.reason();
  }

  @Test
  void freshNodesAgreeOnOneKeyThatDoesNotFollowFromTheToken() {
    Node a = mesh.fresh(1, TOKEN);
    Node b = mesh.fresh(2, TOKEN);
    a.says(b, "first");
    mesh.deliver();
    assertThat(a.in() && b.in()).as("at once, without a wait").isTrue();
    assertThat(a.key()).isEqualTo(b.key()).isNotEqualTo(TOKEN.admission().id());
    mesh.talk("two");
    assertThat(b.heard).contains("two");
    assertThat(a.heard).contains("two");
  }

  @Test
  void aloneItMakesAKeyAfterASecondAndNotBefore() {
    Node a = mesh.fresh(1, TOKEN);
    mesh.run(0.5);
    assertThat(a.in()).isFalse();
    mesh.run(1);
    assertThat(a.in()).isTrue();
  }

  @Test
  void aJoinersFirstFrameArrivesAndTheMeshKeepsItsKey() {
    List<Node> nodes = mesh(3, TOKEN);
    int key = nodes.get(0).key();
    Node joiner = mesh.fresh(9, TOKEN);
    joiner.says(nodes.get(1), "let me in");
    mesh.deliver();
    assertThat(joiner.key()).isEqualTo(key);
    assertThat(nodes.get(1).heard).containsExactly("let me in");
  }

  @Test
  void aFrameUnderATokensKeyNeverCounts() {
    List<Node> nodes = mesh(2, TOKEN);
    Node joiner = mesh.fresh(9, TOKEN);
    mesh.passes = (from, to) -> from != nodes.get(0) || to != joiner || joiner.heard.isEmpty();
    nodes.get(0).book.revoke(TOKEN.id());
    joiner.says(nodes.get(0), "let me in");
    mesh.deliver();
    joiner.says(nodes.get(0), "again");
    mesh.deliver();
    assertThat(nodes.get(0).heard).isEmpty();
    assertThat(nodes.get(0).dropped).contains(Reason.NOT_ADMITTED);
    assertThat(joiner.in()).isFalse();
    assertThat(refusal(joiner)).isEqualTo("REVOKED");
    mesh.run(30);
    assertThat(joiner.in()).as("and makes no mesh of its own").isFalse();
  }

  @Test
  void aRotationReachesAllAndLosesNeitherAFrameNorASession() {
    List<Node> nodes = mesh(5, TOKEN);
    int sessions = nodes.get(0).link.sessions();
    int sent = 0;
    for (int round = 0; round < 40; round++) {
      if (round == 3) {
        nodes.get(2).book.rotate(false);
      }
      if (round == 20) {
        nodes.get(4).book.rotate(true);
      }
      mesh.talk("r" + round);
      mesh.run(0.1);
      sent += 4;
    }
    mesh.run(3);
    for (Node node : nodes) {
      assertThat(node.heard).hasSize(sent);
      assertThat(node.key()).isEqualTo(nodes.get(2).key());
      assertThat(node.dropped).doesNotContain(Reason.NOT_ADMITTED, Reason.FORGED, Reason.STALE);
      assertThat(node.link.sessions()).isEqualTo(sessions);
      assertThat(node.book.summary().number()).isEqualTo(3);
    }
    long before = mesh.recorded.size();
    mesh.run(120);
    assertThat(mesh.recorded.size() - before).as("quiet once all know the same").isZero();
  }

  @Test
  void aRotationUnderLossIsFinishedByRepetition() {
    List<Node> nodes = mesh(5, TOKEN);
    Random dice = new Random(5);
    mesh.passes = (from, to) -> dice.nextInt(10) < 6;
    nodes.get(0).book.rotate(false);
    mesh.run(60);
    assertThat(nodes).allSatisfy(node -> assertThat(node.key()).isEqualTo(nodes.get(0).key()));
    mesh.passes = (from, to) -> true;
    mesh.talk("after");
    assertThat(nodes).allSatisfy(node -> assertThat(node.heard).hasSize(4));
  }

  @Test
  void aThiefOfTheTokenAndOfAllTrafficIsOutAfterOneRotation() {
    List<Node> nodes = mesh(3, TOKEN);
    mesh.talk("secret");
    nodes.get(0).book.rotate(false);
    mesh.run(2);
    mesh.talk("new secret");
    Keyring known = KeyBook.empty(TOKEN, new SeededSigner(66), new Random(3), () -> 0).keyring();
    Envelope envelope = new Envelope();
    int opened = 0;
    int closed = 0;
    for (KeyMesh.Sent sent : mesh.recorded) {
      Envelope.Header header =
          Objects.requireNonNull(Envelope.Header.read(sent.datagram().duplicate()));
      Keyring.Held held = known.held(header.keyId());
      if (held == null) {
        closed++;
      } else {
        // Under the token's own key: challenges and answers, and frames before any key.
        var plain =
            envelope.open(
                held.key().session(header.salt().toArray()), header, sent.datagram().duplicate());
        if (plain != null) {
          opened++;
          assertThat(Plaintext.kind(plain)).isNotEqualTo(Plaintext.KEYS);
        }
      }
    }
    assertThat(closed).isGreaterThan(30);
    assertThat(opened).isPositive();
    Node thief = mesh.fresh(66, TOKEN);
    nodes.forEach(node -> thief.says(node, "steal"));
    mesh.run(20);
    assertThat(thief.in()).isFalse();
    assertThat(refusal(thief)).isEqualTo("REVOKED");
    assertThat(nodes).allSatisfy(node -> assertThat(node.heard).doesNotContain("steal"));
  }

  @Test
  void whoWasAwayThroughOneRotationComesBackAndThroughTwoByAFreshToken() {
    List<Node> nodes = mesh(3, TOKEN);
    Node away = nodes.get(2);
    mesh.nodes.remove(away.at);
    nodes.get(0).book.rotate(false);
    mesh.run(700);
    Node back = mesh.restarted(away, away.book, 100);
    back.says(nodes.get(0), "back");
    mesh.run(3);
    assertThat(back.key()).isEqualTo(nodes.get(0).key());
    back.says(nodes.get(0), "I am back");
    mesh.deliver();
    assertThat(nodes.get(0).heard).contains("I am back");

    mesh.nodes.remove(back.at);
    nodes.get(0).book.rotate(false);
    mesh.run(700);
    nodes.get(1).book.rotate(false);
    mesh.run(700);
    Node late = mesh.restarted(back, back.book, 101);
    late.says(nodes.get(0), "late");
    mesh.run(10);
    assertThat(late.key()).isNotEqualTo(nodes.get(0).key());
    assertThat(refusal(late)).isEqualTo("REVOKED");
    assertThat(nodes.get(0).heard).doesNotContain("late");

    MeshToken fresh = nodes.get(0).book.createToken(List.of(), 3600, true);
    mesh.nodes.remove(late.at);
    KeyState stale = new KeyState();
    Statement.EpochStatement old =
        late.book.read((state, at) -> Objects.requireNonNull(state.current()));
    stale.begin(old, mesh.now);
    KeyBook book = new KeyBook(fresh, away.signer, stale, true, new Random(9), () -> mesh.now);
    Node again = mesh.restarted(late, book, 102);
    again.says(nodes.get(0), "here");
    mesh.run(10);
    assertThat(again.key()).isEqualTo(nodes.get(0).key());
    again.says(nodes.get(1), "here again");
    mesh.deliver();
    assertThat(nodes.get(1).heard).contains("here again");
  }

  @Test
  void twoMeshesThatBeganApartBecomeOne() {
    mesh.passes =
        (from, to) ->
            (from.at.getAddress().getAddress()[3] <= 3)
                == (to.at.getAddress().getAddress()[3] <= 3);
    List<Node> nodes = new ArrayList<>();
    for (int i = 1; i <= 6; i++) {
      nodes.add(mesh.fresh(i, TOKEN));
    }
    mesh.acquaint();
    mesh.run(2);
    mesh.talk("apart");
    mesh.run(3);
    int left = nodes.get(0).key();
    int right = nodes.get(5).key();
    assertThat(left).isNotEqualTo(right);
    mesh.passes = (from, to) -> true;
    mesh.talk("meeting");
    mesh.run(5);
    int winner = Integer.compareUnsigned(left, right) < 0 ? left : right;
    assertThat(nodes).allSatisfy(node -> assertThat(node.key()).isEqualTo(winner));
    nodes.forEach(node -> node.heard.clear());
    mesh.talk("one");
    assertThat(nodes).allSatisfy(node -> assertThat(node.heard).hasSize(5));
  }

  @Test
  void manyThatBeganAtOnceWithoutKnowingEachOtherBecomeOne() {
    mesh.passes = (from, to) -> false;
    List<Node> nodes = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      nodes.add(mesh.fresh(i, TOKEN));
    }
    mesh.run(2);
    assertThat(nodes.stream().map(Node::key).distinct().count()).isEqualTo(20);
    mesh.passes = (from, to) -> true;
    mesh.talk("");
    mesh.run(60);
    mesh.talk("");
    mesh.run(60);
    assertThat(nodes.stream().map(Node::key).distinct().count()).isEqualTo(1);
  }

  @Test
  void aFloodOfUnknownKeysCausesFewFirstContacts() {
    Node a = mesh.fresh(1, TOKEN);
    mesh.run(2);
    byte[] octets = new byte[300];
    Random dice = new Random(4);
    int sent = 0;
    for (int i = 0; i < 5000; i++) {
      dice.nextBytes(octets);
      octets[0] = 6;
      a.link.open(KeyMesh.at(dice.nextInt(250)), java.nio.ByteBuffer.wrap(octets));
      sent += a.link.dueKeys().size();
    }
    assertThat(sent).isBetween(1, 20);
  }

  /** In a rotation a datagram under the next key may overtake the key. */
  @Test
  void anUnknownKeyIsAnotherMeshsOnlyWhenItStaysUnknown() {
    List<Node> nodes = mesh(2, TOKEN);
    Node here = nodes.get(0);
    Node other = mesh.fresh(9, MeshToken.parse("another secret of over 32 characters"));
    mesh.run(2);
    mesh.passes = (from, to) -> from != other && to != other;
    ByteBuffer datagram = other.link.seal(here.at, ByteBuffer.wrap(new byte[200]));
    for (int i = 0; i < 29; i++) {
      assertThat(here.link.open(other.at, datagram.duplicate()))
          .isEqualTo(new Verdict.Dropped(Reason.WRONG_KEY));
      assertThat(here.link.isStranger(other.at)).as("after %d ms", 100 * i).isFalse();
      mesh.run(0.1);
    }
    mesh.run(0.2);
    assertThat(here.link.isStranger(other.at)).isTrue();
    assertThat(here.link.isStranger(nodes.get(1).at)).isFalse();
    nodes.get(1).book.rotate(false);
    mesh.run(1);
    here.link.open(other.at, datagram.duplicate());
    assertThat(here.link.isStranger(other.at)).as("with the new keys, at once").isFalse();
    mesh.run(3.1);
    assertThat(here.link.isStranger(other.at)).as("and later").isTrue();
  }

  @Test
  void aHigherNumberWinsOverALowerId() {
    List<Node> nodes = mesh(2, TOKEN);
    Node apart = mesh.fresh(9, TOKEN);
    mesh.passes = (from, to) -> from != apart && to != apart;
    mesh.run(2);
    apart.book.rotate(true);
    apart.book.rotate(true);
    mesh.passes = (from, to) -> true;
    apart.says(nodes.get(0), "hello");
    mesh.run(5);
    assertThat(nodes).allSatisfy(node -> assertThat(node.key()).isEqualTo(apart.key()));
  }

  @Test
  void aOneTimeTokenAdmitsOneHostAtItsMaker() {
    List<Node> nodes = mesh(2, TOKEN);
    MeshToken once = nodes.get(0).book.createToken(List.of("192.0.2.1"), 3600, true);
    mesh.run(2);
    Node elsewhere = mesh.fresh(7, once);
    elsewhere.says(nodes.get(1), "there");
    mesh.run(0.5);
    assertThat(elsewhere.in()).as("its verifier never left the maker").isFalse();
    mesh.nodes.remove(elsewhere.at);
    Node first = mesh.fresh(8, once);
    first.says(nodes.get(0), "me");
    mesh.run(3);
    assertThat(first.key()).isEqualTo(nodes.get(0).key());
    Node second = mesh.fresh(9, once);
    second.says(nodes.get(0), "me, too");
    mesh.run(5);
    assertThat(second.key()).isNotEqualTo(nodes.get(0).key());
    assertThat(nodes.get(0).link.keys().tokens())
        .anySatisfy(
            token -> {
              assertThat(token.id()).isEqualTo(once.fingerprint());
              assertThat(token.state()).isEqualTo("used");
            });
    Node later = mesh.fresh(10, TOKEN);
    later.says(nodes.get(1), "the original goes on");
    mesh.run(1);
    assertThat(later.key()).isEqualTo(nodes.get(0).key());
  }

  @Test
  void anExpiringTokenAdmitsAnywhereUntilItsEnd() {
    List<Node> nodes = mesh(2, TOKEN);
    MeshToken token = nodes.get(0).book.createToken(List.of(), 60, false);
    mesh.run(2);
    Node first = mesh.fresh(8, token);
    first.says(nodes.get(1), "me");
    mesh.run(1);
    assertThat(first.key()).isEqualTo(nodes.get(0).key());
    mesh.run(60);
    Node second = mesh.fresh(9, token);
    nodes.forEach(node -> second.says(node, "me, too"));
    mesh.run(3);
    assertThat(second.key()).isNotEqualTo(nodes.get(0).key());
    assertThat(nodes.get(1).link.keys().tokens()).hasSize(1);
  }

  @Test
  void aRevokedTokenAdmitsNobodyAnywhere() {
    List<Node> nodes = mesh(2, TOKEN);
    MeshToken token = nodes.get(0).book.createToken(List.of(), 0, false);
    mesh.run(2);
    nodes.get(1).book.revoke(token.id());
    mesh.run(2);
    Node joiner = mesh.fresh(8, token);
    nodes.forEach(node -> joiner.says(node, "me"));
    mesh.run(0.5);
    assertThat(joiner.in()).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> nodes.get(0).book.revoke(5));
  }

  @Test
  void theOperatorsBanCountsEverywhereAndTheBannedIsOut() {
    List<Node> nodes = mesh(5, TOKEN);
    Node bad = nodes.get(4);
    nodes.get(0).book.ban(bad.signer.id(), OPERATOR);
    mesh.run(3);
    for (Node node : nodes.subList(0, 4)) {
      assertThat(node.book.banned()).containsExactly(bad.signer.id());
      assertThat(node.key()).isEqualTo(nodes.get(0).key());
      assertThat(node.link.sessions()).isEqualTo(3);
      node.heard.clear();
    }
    assertThat(bad.key()).isNotEqualTo(nodes.get(0).key());
    nodes.subList(0, 4).forEach(node -> bad.says(node, "still here"));
    mesh.run(70);
    Node again = mesh.restarted(bad, bad.book, 500);
    nodes.subList(0, 4).forEach(node -> again.says(node, "still here"));
    mesh.run(30);
    assertThat(nodes.subList(0, 4)).allSatisfy(node -> assertThat(node.heard).isEmpty());
    Node sybil = mesh.fresh(44, TOKEN);
    sybil.book.learn(bad.book.read((state, at) -> Objects.requireNonNull(state.current())));
    nodes.subList(0, 4).forEach(node -> sybil.says(node, "I am new"));
    mesh.run(30);
    assertThat(nodes.subList(0, 4)).allSatisfy(node -> assertThat(node.heard).isEmpty());
    assertThat(sybil.key()).as("with the old key and the token").isNotEqualTo(nodes.get(0).key());
  }

  @Test
  void oneMembersBanCountsThereAndMostMembersBanEverywhere() {
    List<Node> nodes = mesh(5, PLAIN);
    NodeId victim = nodes.get(4).signer.id();
    nodes.get(0).book.ban(victim, nodes.get(0).signer);
    mesh.run(3);
    assertThat(nodes.get(0).book.banned()).containsExactly(victim);
    assertThat(nodes.get(1).book.banned()).isEmpty();
    assertThat(nodes.get(4).key()).as("given the key by the others").isEqualTo(nodes.get(1).key());
    nodes.get(1).book.ban(victim, nodes.get(1).signer);
    mesh.run(3);
    assertThat(nodes.get(2).book.banned()).as("two of four").isEmpty();
    nodes.get(2).book.ban(victim, nodes.get(2).signer);
    mesh.run(3);
    assertThat(nodes.get(3).book.banned()).containsExactly(victim);
    assertThat(nodes.get(3).key()).isEqualTo(nodes.get(0).key());
  }

  @Test
  void aStrangersOrABannedNodesWordDoesNotCount() {
    List<Node> nodes = mesh(3, PLAIN);
    KeyBook book = nodes.get(0).book;
    Statement.BanStatement ban =
        Statement.BanStatement.sign(nodes.get(1).signer.id(), new SeededSigner(500));
    assertThat(book.learn(ban)).isTrue();
    assertThat(book.<Integer>read((state, at) -> state.bans().size())).isZero();
    Statement.BanStatement forged =
        new Statement.BanStatement(
            new Statement.StatementProof(
                ban.proof().content(), nodes.get(2).signer.publicKey(), ban.proof().signature()),
            ban.node());
    assertThat(book.learn(forged)).as("an offence").isFalse();
  }

  @Test
  void aMemberCannotUseTheNumbersUpNorRotateWithoutEnd() {
    List<Node> nodes = mesh(2, PLAIN);
    KeyBook book = nodes.get(0).book;
    SeededSigner liar = nodes.get(1).signer;
    byte[] secret = new byte[32];
    book.learn(Statement.EpochStatement.sign(1L << 40, 0, new EpochKey(secret), liar));
    assertThat(book.summary().number()).isEqualTo(1);
    for (int i = 2; i < 100; i++) {
      secret[0] = (byte) i;
      book.learn(Statement.EpochStatement.sign(i, i, new EpochKey(secret), liar));
    }
    assertThat(book.summary().number()).isEqualTo(1 + RotationBudget.ROTATIONS);
  }

  @Test
  void whatIsKeptIsBounded() {
    List<Node> nodes = mesh(2, PLAIN);
    KeyBook book = nodes.get(0).book;
    SeededSigner liar = nodes.get(1).signer;
    for (int i = 0; i < 200; i++) {
      book.learn(Statement.BanStatement.sign(new NodeId(1, i), liar));
      book.learn(Statement.TokenEnd.sign(i, false, liar));
      MeshToken token = MeshToken.create("x", List.of(), new Random(i));
      book.learn(Statement.TokenStatement.sign(token, 1, 60, false, liar));
    }
    book.read(
        (state, at) -> {
          assertThat(state.bans()).hasSize(KeyState.BANS_EACH);
          assertThat(state.closed()).hasSize(KeyState.TOKENS_EACH);
          assertThat(state.tokens()).hasSize(KeyState.TOKENS_EACH);
          return true;
        });
    mesh.run(20);
    assertThat(nodes.get(1).book.summary().sameAs(book.summary())).isTrue();
  }

  @Test
  void knowledgeIsTheSameInAnyOrder() {
    Random dice = new Random(3);
    List<Statement> all = new ArrayList<>();
    for (int i = 1; i < 8; i++) {
      byte[] secret = new byte[32];
      dice.nextBytes(secret);
      all.add(
          Statement.EpochStatement.sign(
              1 + i / 3, i / 4, new EpochKey(secret), new SeededSigner(i)));
      all.add(Statement.BanStatement.sign(new NodeId(0, i / 2), new SeededSigner(i)));
      all.add(Statement.TokenEnd.sign(i / 2, i % 2 == 0, new SeededSigner(i)));
    }
    KeyState first = new KeyState();
    for (int round = 0; round < 30; round++) {
      KeyState state = round == 0 ? first : new KeyState();
      Collections.shuffle(all, dice);
      for (int pass = 0; pass < 2; pass++) {
        for (Statement it : all) {
          if (state.news(it, null, 0)) {
            state.take(it, 0);
          }
        }
      }
      assertThat(state.digest()).isEqualTo(first.digest());
      assertThat(state.current()).isEqualTo(first.current());
    }
  }

  @Test
  void withoutAKeyNothingCanBeRotatedOrIssued() {
    Node a = mesh.fresh(1, TOKEN);
    assertThatIllegalStateException().isThrownBy(() -> a.book.rotate(false));
    assertThatIllegalStateException().isThrownBy(() -> a.book.createToken(List.of(), 60, true));
    assertThat(a.book.token().operator()).isEqualTo(OPERATOR.publicKey());
    assertThat(PLAIN.operator()).isEqualTo(Bytes.EMPTY);
  }
}
