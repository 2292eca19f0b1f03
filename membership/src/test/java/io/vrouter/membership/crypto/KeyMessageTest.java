package io.vrouter.membership.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.KeyMessage.KeyRefusal;
import io.vrouter.membership.crypto.KeyMessage.KeyStatements;
import io.vrouter.membership.crypto.KeyMessage.KeySummary;
import io.vrouter.membership.crypto.KeyMessage.RefusalReason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * The decoders of messages about keys take any octets; what they accept they would have written.
 */
class KeyMessageTest {
  private static final SeededSigner SIGNER = new SeededSigner(1);

  private static EpochKey key(int seed) {
    byte[] secret = new byte[32];
    new Random(seed).nextBytes(secret);
    return new EpochKey(secret);
  }

  private static Statement statement(int kind, int seed) {
    return switch (kind) {
      case 0 -> Statement.EpochStatement.sign(7 + seed, seed, key(seed), SIGNER);
      case 1 ->
          Statement.TokenStatement.sign(
              MeshToken.create("x", List.of(), new Random(seed)),
              3,
              60 * (seed & 1),
              false,
              SIGNER);
      case 2 -> Statement.TokenEnd.sign(seed, (seed & 1) == 1, SIGNER);
      default -> Statement.BanStatement.sign(new NodeId(seed, 1), SIGNER);
    };
  }

  @Provide
  Arbitrary<KeyMessage> messages() {
    Arbitrary<KeyMessage> summaries =
        Arbitraries.longs()
            .between(0, Statement.MAX_NUMBER)
            .map(number -> new KeySummary(number, (int) (number * 7), ~number, number % 2 == 0));
    Arbitrary<KeyMessage> states =
        Arbitraries.integers()
            .between(0, 15)
            .list()
            .ofMaxSize(5)
            .map(all -> new KeyStatements(all.stream().map(i -> statement(i & 3, i)).toList()));
    Arbitrary<KeyMessage> refusals = Arbitraries.of(RefusalReason.class).map(KeyRefusal::new);
    return Arbitraries.oneOf(summaries, states, refusals);
  }

  private static KeyMessage read(Bytes octets) {
    return Objects.requireNonNull(KeyMessage.read(octets.buffer()));
  }

  @Property(tries = 200)
  void whatIsWrittenIsRead(@ForAll("messages") KeyMessage message) {
    KeyMessage back = read(message.encode());
    assertThat(back.encode()).isEqualTo(message.encode());
    if (back instanceof KeyStatements state) {
      assertThat(state.statements()).allMatch(it -> it.proof().valid());
    }
  }

  @Property(tries = 5000)
  void anyOctetsAreReadOrRefused(@ForAll byte[] octets) {
    KeyMessage message = KeyMessage.read(ByteBuffer.wrap(octets));
    if (message != null && !(message instanceof KeySummary)) {
      assertThat(message.encode()).isEqualTo(Bytes.of(octets));
    }
  }

  @Property(tries = 3000)
  void aChangedMessageIsRefusedOrNoLongerProves(
      @ForAll("messages") KeyMessage message, @ForAll int at, @ForAll byte by) {
    byte[] octets = message.encode().toArray();
    int index = Math.floorMod(at, octets.length);
    octets[index] ^= (byte) (by | 1);
    KeyMessage changed = KeyMessage.read(ByteBuffer.wrap(octets));
    if (changed instanceof KeyStatements state && message instanceof KeyStatements before) {
      List<Statement> same = new ArrayList<>(state.statements());
      same.removeIf(it -> !it.proof().valid());
      for (Statement it : same) {
        assertThat(before.statements()).anyMatch(was -> was.proof().equals(it.proof()));
      }
    }
  }

  @Property(tries = 500)
  void aCutMessageIsRefusedOrAShorterOne(@ForAll("messages") KeyMessage message, @ForAll int at) {
    byte[] octets = message.encode().toArray();
    int length = Math.floorMod(at, octets.length);
    KeyMessage cut = KeyMessage.read(ByteBuffer.wrap(octets, 0, length));
    if (cut != null) {
      assertThat(cut.encode().length()).isEqualTo(length);
    }
  }

  @Example
  void moreThanTheMostStatementsAreRefused() {
    Bytes one = statement(2, 1).encode();
    for (int count : new int[] {KeyMessage.MOST, KeyMessage.MOST + 1}) {
      Bytes many =
          Bytes.written(
              1 + count * one.length(),
              out -> {
                out.put((byte) 2);
                for (int i = 0; i < count; i++) {
                  one.putInto(out);
                }
              });
      assertThat(KeyMessage.read(many.buffer()) != null).isEqualTo(count == KeyMessage.MOST);
    }
  }

  @Example
  void theNewestBansTravelWithTheEpochAndEachMessageFits() {
    List<Statement> others = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      others.add(statement(1 + i % 3, i));
    }
    List<Statement> bans =
        List.of(statement(3, 1), statement(3, 2), statement(3, 3), statement(3, 4));
    List<KeyStatements> messages = KeyMessage.states(others, bans, statement(0, 1));
    assertThat(messages.get(0).statements()).startsWith(bans.toArray(new Statement[0])).hasSize(5);
    assertThat(messages).allMatch(it -> it.encode().length() <= KeyMessage.MAX);
    assertThat(messages.stream().mapToInt(it -> it.statements().size()).sum()).isEqualTo(105);
  }

  @Example
  void nothingThatPrintsHoldsASecret() {
    Statement epoch = statement(0, 1);
    String secret = key(1).secret().toString().substring(0, 16);
    assertThat(epoch.toString()).doesNotContain(secret);
    assertThat(new KeyStatements(List.of(epoch, statement(1, 1))).toString())
        .doesNotContain(secret);
  }
}
