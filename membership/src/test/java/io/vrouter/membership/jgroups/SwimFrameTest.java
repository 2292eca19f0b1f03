package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.SealedLink;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.SwimMessage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TP;
import org.jgroups.protocols.TpHeader;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.Util;

/** The short way, against what JGroups itself marshals. */
class SwimFrameTest {
  private static final InetSocketAddress A = new InetSocketAddress("192.0.2.1", 7950);
  private static final InetSocketAddress B = new InetSocketAddress("192.0.2.2", 7950);

  private static final NodeId SENDER = new NodeId(1, 2);

  private final SwimFrame form = new SwimFrame(marshalled(new byte[0]));

  private static IpAddress ip(InetSocketAddress address) {
    return new IpAddress(address.getAddress(), address.getPort());
  }

  private static Message message(byte[] payload) {
    return new BytesMessage(ip(B), payload)
        .setSrc(ip(A))
        .putHeader(ClassConfigurator.getProtocolId(TP.class), new TpHeader("m"))
        .putHeader(SWIM.ID, new SwimHeader());
  }

  private static ByteBuffer marshalled(byte[] payload) {
    try {
      ByteArrayDataOutputStream out = new ByteArrayDataOutputStream(256);
      Util.writeMessage(message(payload), out, false);
      return Frame.compact(ByteBuffer.wrap(out.buffer(), 0, out.position()).slice(), A, B);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] octets(int seed) {
    byte[] octets = new byte[Math.floorMod(seed, 1100)];
    new Random(seed).nextBytes(octets);
    return octets;
  }

  @Property(tries = 200)
  void writesWhatJGroupsWritesAndReadsIt(@ForAll int seed) {
    byte[] payload = octets(seed);
    assertThat(form.of(message(payload))).isEqualTo(marshalled(payload));
    assertThat(form.in(marshalled(payload), ip(A), ip(B), SENDER))
        .satisfies(
            read -> {
              assertThat(read.getArray()).isEqualTo(payload);
              assertThat(read.getSrc()).isEqualTo(ip(A));
              assertThat(read.<SwimHeader>getHeader(SWIM.ID)).returns(SENDER, SwimHeader::sender);
            });
  }

  @Example
  void readsWhatAnotherVersionThatWritesTheSameHasWritten() {
    ByteBuffer frame = marshalled(new byte[3]);
    frame.putShort(0, (short) (frame.getShort(0) + 1));
    assertThat(form.in(frame, ip(A), ip(B), SENDER)).isNotNull();
  }

  @Property(tries = 2000)
  void whatDiffersInFrontOfThePayloadIsLeftToTheLongWay(@ForAll int seed) {
    Random random = new Random(seed);
    ByteBuffer frame = marshalled(octets(random.nextInt(60)));
    int at = 2 + random.nextInt(marshalled(new byte[0]).remaining() - 2);
    frame.put(at, (byte) (frame.get(at) ^ (1 + random.nextInt(255))));
    assertThat(form.in(frame, ip(A), ip(B), SENDER)).isNull();
  }

  @Property(tries = 500)
  void aFrameThatWasCutIsNone(@ForAll int seed) {
    ByteBuffer frame = marshalled(octets(seed));
    frame.limit(Math.floorMod(seed, frame.limit()));
    assertThat(form.in(frame, ip(A), ip(B), SENDER)).isNull();
  }

  @Example
  void theLongestMessageFitsADatagramAndTheShortestCausesAChallenge() {
    InetSocketAddress six = new InetSocketAddress("2001:db8::1", 7950);
    ByteBuffer longest = marshalled(new byte[Codec.MAX_DATAGRAM]);
    assertThat(longest.remaining() + SealedLink.overhead(six))
        .isLessThanOrEqualTo(SealedUdp.MAX_DATAGRAM);
    SwimMessage ping = new SwimMessage.Ping(SENDER, 1, List.of());
    ByteBuffer shortest = marshalled(Codec.encode(ping).toArray());
    assertThat(shortest.remaining()).isGreaterThanOrEqualTo(SealedLink.CHALLENGED);
  }

  @Example
  void messagesOfOthersAreNotOurs() {
    Message other = new BytesMessage(ip(B), new byte[3]).setSrc(ip(A));
    assertThat(form.of(other)).isNull();
  }
}
