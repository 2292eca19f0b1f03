package io.vrouter.membership.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.sim.SimKeys;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BeliefTest {
  private static final SimKeys KEYS = new SimKeys();

  private static SignedHead head(long incarnation, long version, long nonce, Intent intent) {
    try {
      InetSocketAddress endpoint =
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}), 7950);
      return SignedHead.sign(
          KEYS.signer(1), incarnation, version, nonce, endpoint, intent, Bytes.EMPTY);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Belief claim(long incarnation, long version, Standing standing) {
    return new Belief(head(incarnation, version, 5, Intent.STAY), standing);
  }

  @Provide
  Arbitrary<Belief> claims() {
    Arbitrary<Long> numbers = Arbitraries.of(0L, 1L, 2L, -1L, Long.MIN_VALUE);
    return Combinators.combine(
            numbers,
            numbers,
            Arbitraries.of(1L, 2L, -3L),
            Arbitraries.of(Intent.class),
            Arbitraries.of(Standing.class))
        .as(
            (inc, ver, nonce, intent, standing) ->
                new Belief(head(inc, ver, nonce, intent), standing));
  }

  @Property
  void mergeIsCommutative(@ForAll("claims") Belief a, @ForAll("claims") Belief b) {
    assertThat(Belief.merge(a, b)).isEqualTo(Belief.merge(b, a));
  }

  @Property
  void mergeIsAssociative(
      @ForAll("claims") Belief a, @ForAll("claims") Belief b, @ForAll("claims") Belief c) {
    assertThat(Belief.merge(a, Belief.merge(b, c))).isEqualTo(Belief.merge(Belief.merge(a, b), c));
  }

  @Property
  void mergeIsIdempotent(@ForAll("claims") Belief a, @ForAll("claims") Belief b) {
    Belief merged = Belief.merge(a, b);
    assertThat(Belief.merge(merged, a)).isEqualTo(merged);
    assertThat(Belief.merge(a, a)).isEqualTo(a);
  }

  @ParameterizedTest
  @CsvSource({
    // held: incarnation, version, standing; heard: the same; expected: the same
    "1,0,ALIVE,     1,0,SUSPECT,    1,0,SUSPECT",
    "1,0,SUSPECT,   1,0,ALIVE,      1,0,SUSPECT",
    "1,0,SUSPECT,   2,0,ALIVE,      2,0,ALIVE",
    "2,0,ALIVE,     1,0,FAILED,     2,0,ALIVE",
    "1,0,FAILED,    1,0,SUSPECT,    1,0,FAILED",
    "1,0,FAILED,    1,1,ALIVE,      1,1,FAILED",
    "1,0,FAILED,    2,0,ALIVE,      2,0,ALIVE",
    "1,0,SUSPECT,   1,0,RESTARTING, 1,0,RESTARTING",
    "1,0,RESTARTING,1,0,FAILED,     1,0,FAILED",
    "1,0,FAILED,    1,0,REPLACED,   1,0,REPLACED",
    "1,0,REPLACED,  2,0,ALIVE,      2,0,ALIVE",
    "1,0,REPLACED,  1,0,FORGOTTEN,  1,0,FORGOTTEN",
    "1,9,ALIVE,     2,0,ALIVE,      2,0,ALIVE",
    "1,9,ALIVE,     1,3,ALIVE,      1,9,ALIVE",
    "2,0,SUSPECT,   -1,0,ALIVE,     -1,0,ALIVE", // unsigned: -1 is the highest
  })
  void precedence(
      long heldIncarnation,
      long heldVersion,
      Standing held,
      long heardIncarnation,
      long heardVersion,
      Standing heard,
      long incarnation,
      long version,
      Standing expected) {
    Belief merged =
        Belief.merge(
            claim(heldIncarnation, heldVersion, held),
            claim(heardIncarnation, heardVersion, heard));
    assertThat(merged.head().incarnation()).isEqualTo(incarnation);
    assertThat(merged.head().version()).isEqualTo(version);
    assertThat(merged.standing()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "STAY,ALIVE,ALIVE",
    "STAY,SUSPECT,SUSPECT",
    "STAY,RESTARTING,RESTARTING",
    "STAY,FAILED,FAILED",
    "STAY,REPLACED,REPLACED",
    "RESTART,ALIVE,RESTARTING",
    "RESTART,SUSPECT,RESTARTING",
    "RESTART,FAILED,FAILED",
    "RESTART,REPLACED,REPLACED",
    "LEAVE,ALIVE,LEFT",
    "LEAVE,FAILED,LEFT",
    "LEAVE,FORGOTTEN,LEFT"
  })
  void stateOfIntentAndStanding(Intent intent, Standing standing, MemberState state) {
    assertThat(new Belief(head(1, 1, 1, intent), standing).state()).isEqualTo(state);
  }

  @Test
  void ofTwoBootsWithOneIncarnationTheLowerNonceWins() {
    SignedHead low = head(1, 1, 2, Intent.STAY);
    SignedHead high = head(1, 1, -2, Intent.STAY);
    for (List<SignedHead> pair : List.of(List.of(low, high), List.of(high, low))) {
      Belief merged =
          Belief.merge(
              new Belief(pair.get(0), Standing.ALIVE), new Belief(pair.get(1), Standing.ALIVE));
      assertThat(merged.head()).isEqualTo(low);
    }
  }
}
