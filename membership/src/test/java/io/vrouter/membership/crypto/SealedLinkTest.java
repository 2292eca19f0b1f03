package io.vrouter.membership.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.crypto.Envelope.Header;
import io.vrouter.membership.crypto.Verdict.Dropped;
import io.vrouter.membership.crypto.Verdict.Opened;
import io.vrouter.membership.crypto.Verdict.Reason;
import io.vrouter.membership.crypto.Verdict.Reply;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SealedLinkTest {
  private static final MeshToken TOKEN = MeshToken.parse("a secret of more than 32 characters");
  private static final Keyring EPOCH = SharedKeys.of(TOKEN, new SeededSigner(1), () -> 0).keyring();
  private static final InetSocketAddress GROUP = new InetSocketAddress("239.192.79.50", 7950);
  private static final InetSocketAddress A = new InetSocketAddress("192.0.2.1", 7950);
  private static final InetSocketAddress B = new InetSocketAddress("192.0.2.2", 7950);
  private static final InetSocketAddress C = new InetSocketAddress("192.0.2.3", 7950);
  private static final InetSocketAddress SIX = new InetSocketAddress("2001:db8::6", 7950);

  private long now = 1;

  private SealedLink link(InetSocketAddress self, long seed) {
    return link(TOKEN, self, seed);
  }

  private SealedLink link(MeshToken token, InetSocketAddress self, long seed) {
    return link(token, self, seed, new SeededSigner(seed));
  }

  private SealedLink link(MeshToken token, InetSocketAddress self, long seed, Signer signer) {
    SealedLink.LinkConfig place = new SealedLink.LinkConfig(List.of(self), GROUP, 4);
    return new SealedLink(
        SharedKeys.of(token, signer, () -> now), signer, place, new Random(seed), () -> now);
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  private static final String HELLO = "hello, this is a frame of fifty-three octets: a pings";

  /** Runs everything two nodes say to each other; gives what each side's engine would see. */
  private static List<String> converse(
      SealedLink from, InetSocketAddress at, SealedLink to, InetSocketAddress there, ByteBuffer d) {
    List<String> seen = new ArrayList<>();
    Verdict verdict = to.open(at, d);
    if (verdict instanceof Opened frame) {
      seen.add(there.getAddress().getHostAddress() + ": " + US_ASCII.decode(frame.frame()));
    } else if (verdict instanceof Reply reply) {
      for (ByteBuffer answer : reply.datagrams()) {
        seen.addAll(converse(to, there, from, at, answer));
      }
    }
    return seen;
  }

  private SealedLink[] acquainted() {
    SealedLink a = link(A, 1);
    SealedLink b = link(B, 2);
    assertThat(converse(a, A, b, B, a.seal(B, text(HELLO)))).containsExactly("192.0.2.2: " + HELLO);
    return new SealedLink[] {a, b};
  }

  @Example
  void theFirstFrameArrivesAfterOneMoreRoundTripAndThenNoneIsNeeded() {
    SealedLink[] pair = acquainted();
    assertThat(pair[0].sessions()).isEqualTo(1);
    assertThat(pair[1].sessions()).isEqualTo(1);
    assertThat(pair[1].open(A, pair[0].seal(B, text("two")))).isInstanceOf(Opened.class);
    assertThat(pair[0].open(B, pair[1].seal(A, text("three")))).isInstanceOf(Opened.class);
  }

  @Example
  void aFrameOfAnUnknownSessionChangesNothingAndIsAnsweredByNoMore() {
    SealedLink a = link(A, 1);
    SealedLink b = link(B, 2);
    ByteBuffer datagram = a.seal(B, text(HELLO + HELLO));
    Verdict verdict = b.open(A, datagram);
    assertThat(b.sessions()).isZero();
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Reply.class,
            reply ->
                assertThat(reply.datagrams())
                    .singleElement()
                    .satisfies(
                        d -> assertThat(d.remaining()).isLessThanOrEqualTo(datagram.remaining())));
  }

  @Example
  void whatIsTooShortToPayForAChallengeGetsNone() {
    assertThat(link(B, 2).open(A, link(A, 1).seal(B, text("short"))))
        .isEqualTo(new Dropped(Reason.UNCHALLENGED));
  }

  @Example
  void aRecordedMeshReplayedAtARestartedNodeChangesNothing() {
    SealedLink a = link(A, 1);
    SealedLink b = link(B, 2);
    List<ByteBuffer> toB = new ArrayList<>();
    List<ByteBuffer> toA = new ArrayList<>(List.of());
    toB.add(a.seal(B, text(HELLO)));
    for (int i = 0; i < 3; i++) {
      for (ByteBuffer d : List.copyOf(toB)) {
        if (b.open(A, d.duplicate()) instanceof Reply reply) {
          toA.addAll(reply.datagrams());
        }
      }
      for (ByteBuffer d : List.copyOf(toA)) {
        if (a.open(B, d.duplicate()) instanceof Reply reply) {
          toB.addAll(reply.datagrams());
        }
      }
    }
    toB.add(a.seal(B, text("more")));
    SealedLink restarted = link(B, 3);
    for (ByteBuffer d : toB) {
      Verdict verdict = restarted.open(A, d.duplicate());
      assertThat(verdict).isNotInstanceOf(Opened.class);
      if (verdict instanceof Reply reply) {
        assertThat(reply.datagrams()).hasSizeLessThanOrEqualTo(1);
        reply
            .datagrams()
            .forEach(c -> assertThat(c.remaining()).isLessThanOrEqualTo(d.remaining()));
      }
    }
    assertThat(restarted.sessions()).isZero();
  }

  @Example
  void replayedAtTheSameNodeItIsKnown() {
    SealedLink[] pair = acquainted();
    ByteBuffer datagram = pair[0].seal(B, text(HELLO));
    assertThat(pair[1].open(A, datagram.duplicate())).isInstanceOf(Opened.class);
    assertThat(pair[1].open(A, datagram.duplicate())).isEqualTo(new Dropped(Reason.REPLAYED));
  }

  @Example
  void fromAnotherAddressItIsAnUnknownSession() {
    SealedLink[] pair = acquainted();
    ByteBuffer datagram = pair[0].seal(B, text(HELLO + HELLO));
    assertThat(pair[1].open(C, datagram.duplicate())).isInstanceOf(Reply.class);
    assertThat(pair[1].sessions()).isEqualTo(1);
  }

  @Example
  void whatIsSealedForAnotherNodeIsDropped() {
    SealedLink a = link(A, 1);
    assertThat(link(C, 3).open(A, a.seal(B, text(HELLO))))
        .isEqualTo(new Dropped(Reason.NOT_FOR_US));
    assertThat(link(SIX, 3).open(A, a.seal(B, text(HELLO))))
        .isEqualTo(new Dropped(Reason.NOT_FOR_US));
    assertThat(link(B, 3).open(A, a.seal(SIX, text(HELLO))))
        .isEqualTo(new Dropped(Reason.NOT_FOR_US));
  }

  @Example
  void ipv6Works() {
    SealedLink a = link(A, 1);
    SealedLink six = link(SIX, 2);
    assertThat(converse(a, A, six, SIX, a.seal(SIX, text(HELLO + HELLO)))).hasSize(1);
    assertThat(SealedLink.overhead(SIX)).isEqualTo(72);
    assertThat(SealedLink.overhead(A)).isEqualTo(60);
    assertThat(a.seal(B, text(HELLO)).remaining()).isEqualTo(HELLO.length() + 60);
  }

  @Example
  void aMulticastIsChallengedAndRepeatedToTheChallengerAlone() {
    SealedLink a = link(A, 1);
    SealedLink b = link(B, 2);
    SealedLink c = link(C, 3);
    ByteBuffer request = a.seal(GROUP, text(HELLO));
    assertThat(converse(a, A, b, B, request.duplicate())).containsExactly("192.0.2.2: " + HELLO);
    assertThat(converse(a, A, c, C, request.duplicate())).containsExactly("192.0.2.3: " + HELLO);
    assertThat(b.open(A, a.seal(GROUP, text(HELLO))))
        .isInstanceOfSatisfying(Opened.class, frame -> assertThat(frame.group()).isTrue());
  }

  @Example
  void inACrowdNotEverybodyChallengesAMulticast() {
    SealedLink b = link(B, 2);
    b.groupChance(0);
    SealedLink a = link(A, 1);
    assertThat(b.open(A, a.seal(GROUP, text(HELLO)))).isEqualTo(new Dropped(Reason.UNCHALLENGED));
    assertThat(b.open(A, a.seal(B, text(HELLO)))).isInstanceOf(Reply.class);
  }

  @Example
  void aChallengeOfAnotherBootOfOursIsStale() {
    SealedLink b = link(B, 2);
    Reply challenge = (Reply) b.open(A, link(A, 1).seal(B, text(HELLO)));
    SealedLink restarted = link(A, 7);
    assertThat(restarted.open(B, challenge.datagrams().get(0)))
        .isEqualTo(new Dropped(Reason.STALE));
  }

  @Example
  void aChallengeAnsweredTooLateIsStaleAndARepeatedChallengeCausesNothing() {
    SealedLink a = link(A, 1);
    SealedLink b = link(B, 2);
    Reply challenge = (Reply) b.open(A, a.seal(B, text(HELLO)));
    Reply answer = (Reply) a.open(B, challenge.datagrams().get(0).duplicate());
    assertThat(answer.datagrams()).hasSize(2);
    assertThat(a.open(B, challenge.datagrams().get(0).duplicate()))
        .isEqualTo(new Dropped(Reason.REPLAYED));
    now += Cookies.LIFETIME + TimeUnit.SECONDS.toNanos(1);
    assertThat(b.open(A, answer.datagrams().get(0))).isEqualTo(new Dropped(Reason.STALE));
  }

  @Example
  void framesOlderThan300MillisecondsAreNotRepeated() {
    SealedLink a = link(A, 1);
    SealedLink b = link(B, 2);
    Reply challenge = (Reply) b.open(A, a.seal(B, text(HELLO)));
    now += TimeUnit.MILLISECONDS.toNanos(301);
    assertThat(((Reply) a.open(B, challenge.datagrams().get(0))).datagrams()).hasSize(1);
  }

  @Example
  void anotherTokenIsToldFromAForgery() {
    SealedLink stranger = link(MeshToken.parse("another secret of over 32 characters"), A, 1);
    SealedLink b = link(B, 2);
    assertThat(b.open(A, stranger.seal(B, text(HELLO)))).isEqualTo(new Dropped(Reason.WRONG_KEY));
    ByteBuffer changed = link(A, 1).seal(B, text(HELLO));
    changed.put(40, (byte) ~changed.get(40));
    assertThat(b.open(A, changed)).isEqualTo(new Dropped(Reason.FORGED));
    assertThat(b.open(A, text("short"))).isEqualTo(new Dropped(Reason.MALFORMED));
  }

  @Property(tries = 400)
  void anyChangedBitFails(@ForAll @IntRange(max = 113 * 8 - 1) int bit) {
    SealedLink[] pair = acquainted();
    ByteBuffer datagram = pair[0].seal(B, text(HELLO));
    assertThat(datagram.remaining()).isEqualTo(113);
    datagram.put(bit / 8, (byte) (datagram.get(bit / 8) ^ 1 << (bit % 8)));
    assertThat(pair[1].open(A, datagram)).isInstanceOf(Dropped.class);
    assertThat(pair[1].sessions()).isEqualTo(1);
  }

  @Property(tries = 200)
  void anyCutFails(@ForAll @IntRange(max = 112) int length) {
    SealedLink[] pair = acquainted();
    ByteBuffer datagram = pair[0].seal(B, text(HELLO)).limit(length);
    assertThat(pair[1].open(A, datagram.slice())).isInstanceOf(Dropped.class);
  }

  @Property(tries = 500)
  void randomBytesAreDropped(@ForAll byte[] octets) {
    assertThat(link(B, 2).open(A, ByteBuffer.wrap(octets))).isInstanceOf(Dropped.class);
  }

  @Example
  void aFrameNamesTheNodeItsSessionBelongsTo() {
    SealedLink[] pair = acquainted();
    assertThat(pair[1].open(A, pair[0].seal(B, text(HELLO))))
        .isInstanceOfSatisfying(
            Opened.class, frame -> assertThat(frame.sender()).isEqualTo(new SeededSigner(1).id()));
    assertThat(pair[0].open(B, pair[1].seal(GROUP, text(HELLO))))
        .isInstanceOfSatisfying(
            Opened.class, frame -> assertThat(frame.sender()).isEqualTo(new SeededSigner(2).id()));
  }

  @Example
  void nobodyGetsASessionInAnothersName() {
    SealedLink liar = link(TOKEN, A, 1, new SeededSigner(5).impostor());
    SealedLink b = link(B, 2);
    Reply challenge = (Reply) b.open(A, liar.seal(B, text(HELLO)));
    Reply answer = (Reply) liar.open(B, challenge.datagrams().get(0));
    assertThat(b.open(A, answer.datagrams().get(0))).isEqualTo(new Dropped(Reason.UNPROVEN));
    assertThat(b.sessions()).isZero();
  }

  private static Header header(ByteBuffer datagram) {
    return Objects.requireNonNull(Header.read(datagram));
  }

  /** What a holder of the token can do who sends from another's address with its salt. */
  private Sealer impostor(SealedLink of) {
    Salt salt = header(of.seal(C, text(HELLO))).salt();
    Handshake handshake = new Handshake(new SeededSigner(5), salt, new Random(5));
    return new Sealer(EPOCH, handshake, salt, GROUP);
  }

  @Example
  void anotherHolderOfTheTokenCannotSpeakInASession() {
    SealedLink[] pair = acquainted();
    Sealer impostor = impostor(pair[0]);
    assertThat(pair[1].open(A, impostor.seal(B, text(HELLO + "!"), now)))
        .as("under the boot's key")
        .isInstanceOf(Reply.class);
    impostor.agreed(B, new Salt(1, 2), new byte[32], EPOCH.current(), now);
    for (int i = 0; i < 100; i++) {
      impostor.seal(B, text(HELLO), now);
    }
    assertThat(pair[1].open(A, impostor.seal(B, text(HELLO), now)))
        .as("under a key that is no pair's: who is it?")
        .isInstanceOf(Reply.class);
    assertThat(pair[1].open(A, impostor.seal(B, text(HELLO), now)))
        .isEqualTo(new Dropped(Reason.FORGED));
    assertThat(pair[1].open(A, pair[0].seal(B, text("two")))).isInstanceOf(Opened.class);
  }

  @Example
  void aChallengeInAnothersNameTakesNoFrameAway() {
    SealedLink[] pair = acquainted();
    Salt salt = header(pair[1].seal(C, text(HELLO))).salt();
    Handshake handshake = new Handshake(new SeededSigner(5), salt, new Random(5));
    Sealer impostor = new Sealer(EPOCH, handshake, salt, GROUP);
    Header sent = header(pair[0].seal(B, text(HELLO)));
    ByteBuffer challenge = handshake.challenge(Sealer.echo(sent.salt(), sent.counter()), 1);
    assertThat(
            pair[0].open(B, impostor.control(EPOCH.current(), Plaintext.CHALLENGE, A, challenge)))
        .isEqualTo(new Dropped(Reason.STALE));
    assertThat(pair[1].open(A, pair[0].seal(B, text("two")))).isInstanceOf(Opened.class);
  }

  @Example
  void aChallengeCountsForAFrameThatWentToItsSourceAndNotLongAgo() {
    SealedLink a = link(A, 1);
    SealedLink b = link(B, 2);
    Reply challenge = (Reply) b.open(A, a.seal(B, text(HELLO)));
    assertThat(a.open(C, challenge.datagrams().get(0).duplicate()))
        .isEqualTo(new Dropped(Reason.STALE));
    Reply late = (Reply) b.open(A, a.seal(B, text(HELLO)));
    now += RecentFrames.ANSWERABLE + 1;
    assertThat(a.open(B, late.datagrams().get(0))).isEqualTo(new Dropped(Reason.STALE));
  }

  @Example
  void aPeerThatForgotUsIsToldAgain() {
    SealedLink[] pair = acquainted();
    now += RecentFrames.AGE + 1;
    SealedLink restarted = link(B, 9);
    assertThat(converse(pair[0], A, restarted, B, pair[0].seal(B, text(HELLO)))).hasSize(1);
    assertThat(restarted.open(A, pair[0].seal(B, text("two")))).isInstanceOf(Opened.class);
    assertThat(converse(restarted, B, pair[0], A, restarted.seal(A, text(HELLO)))).hasSize(1);
  }

  @Example
  void theSameDatagramFromManyAddressesIsAnsweredOnce() {
    SealedLink a = link(A, 1);
    SealedLink b = link(B, 2);
    ByteBuffer datagram = a.seal(B, text(HELLO));
    assertThat(b.open(A, datagram.duplicate())).isInstanceOf(Reply.class);
    assertThat(b.open(C, datagram.duplicate())).isEqualTo(new Dropped(Reason.REPLAYED));
    SealedLink[] pair = acquainted();
    ByteBuffer known = pair[0].seal(B, text(HELLO));
    assertThat(link(B, 9).open(A, known.duplicate())).isInstanceOf(Reply.class);
    SealedLink restarted = link(B, 8);
    assertThat(restarted.open(A, known.duplicate())).isInstanceOf(Reply.class);
    assertThat(restarted.open(C, known.duplicate())).isEqualTo(new Dropped(Reason.REPLAYED));
  }

  @Example
  void anAddressBeginsOnlySoManySessionsASecond() {
    SealedLink b = link(B, 2);
    int admitted = 0;
    for (int i = 0; i < 30; i++) {
      SealedLink a = link(A, 100 + i);
      Reply challenge = (Reply) b.open(A, a.seal(B, text(HELLO)));
      Reply answer = (Reply) a.open(B, challenge.datagrams().get(0));
      admitted += b.open(A, answer.datagrams().get(0)) instanceof Reply ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(8);
    assertThat(b.sessions()).isEqualTo(4);
    SealedLink c = link(C, 7);
    assertThat(converse(c, C, b, B, c.seal(B, text(HELLO)))).hasSize(1);
  }

  @Example
  void whoMisbehavesHasNoSessionForAMinute() {
    SealedLink[] pair = acquainted();
    SealedLink c = link(C, 7);
    assertThat(converse(c, C, pair[1], B, c.seal(B, text(HELLO)))).hasSize(1);
    for (int i = 0; i < Conduct.OFFENCES; i++) {
      assertThat(pair[1].open(A, pair[0].seal(B, text("two")))).isInstanceOf(Opened.class);
      pair[1].offended(new SeededSigner(1).id(), A.getAddress());
    }
    assertThat(pair[1].open(A, pair[0].seal(B, text(HELLO))))
        .isEqualTo(new Dropped(Reason.REFUSED));
    SealedLink elsewhere = link(TOKEN, C, 8, new SeededSigner(1));
    converse(elsewhere, C, pair[1], B, elsewhere.seal(B, text(HELLO)));
    assertThat(pair[1].sessions()).isEqualTo(1);
    assertThat(pair[1].open(C, c.seal(B, text("two")))).isInstanceOf(Opened.class);
    now += Conduct.BAN + 1;
    assertThat(converse(pair[0], A, pair[1], B, pair[0].seal(B, text(HELLO)))).hasSize(1);
  }

  @Example
  void anAddressWhereAnotherNodeIsStaysOpen() {
    SealedLink[] pair = acquainted();
    SealedLink guest = link(A, 7);
    assertThat(converse(guest, A, pair[1], B, guest.seal(B, text(HELLO)))).hasSize(1);
    for (int i = 0; i < Conduct.OFFENCES; i++) {
      pair[1].offended(new SeededSigner(7).id(), A.getAddress());
    }
    assertThat(pair[1].open(A, pair[0].seal(B, text("two")))).isInstanceOf(Opened.class);
    assertThat(pair[1].sessions()).isEqualTo(1);
  }

  /** Signs when it is allowed to. */
  private static final class Slow implements Signer {
    private final Signer signer = new SeededSigner(1);
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch allowed = new CountDownLatch(1);

    @Override
    public Bytes publicKey() {
      return signer.publicKey();
    }

    @Override
    public NodeId id() {
      return signer.id();
    }

    @Override
    public Bytes sign(Bytes message) {
      asked.countDown();
      try {
        assertThat(allowed.await(10, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return signer.sign(message);
    }
  }

  @Example
  void aHandshakeHoldsUpNeitherSendingNorOpening() throws Exception {
    Slow slow = new Slow();
    SealedLink a = link(TOKEN, A, 1, slow);
    SealedLink b = link(B, 2);
    Reply challenge = (Reply) b.open(A, a.seal(B, text(HELLO)));
    CompletableFuture<Verdict> answer =
        CompletableFuture.supplyAsync(() -> a.open(B, challenge.datagrams().get(0)));
    assertThat(slow.asked.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(a.seal(C, text(HELLO)).hasRemaining()).isTrue();
    assertThat(a.open(C, link(C, 3).seal(A, text(HELLO)))).isInstanceOf(Reply.class);
    assertThat(answer).isNotDone();
    slow.allowed.countDown();
    assertThat(answer.get(10, TimeUnit.SECONDS)).isInstanceOf(Reply.class);
  }
}
