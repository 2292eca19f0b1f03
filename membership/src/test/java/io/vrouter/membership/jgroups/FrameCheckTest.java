package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.ObjectMessage;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.Discovery;
import org.jgroups.protocols.PING;
import org.jgroups.protocols.PingData;
import org.jgroups.protocols.PingHeader;
import org.jgroups.protocols.TP;
import org.jgroups.protocols.TpHeader;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.UUID;
import org.jgroups.util.Util;

/** What JGroups itself marshals, against the grammar. */
class FrameCheckTest {
  private static final InetSocketAddress A = new InetSocketAddress("192.0.2.1", 7950);
  private static final InetSocketAddress B = new InetSocketAddress("192.0.2.2", 7950);
  private static final InetSocketAddress SIX = new InetSocketAddress("2001:db8::6", 7950);
  private static final InetSocketAddress SEVEN = new InetSocketAddress("2001:db8::7", 7950);
  private static final short TRANSPORT = ClassConfigurator.getProtocolId(TP.class);
  private static final short PING_ID = ClassConfigurator.getProtocolId(PING.class);

  private final FrameCheck check = new FrameCheck("m", SWIM.ID);

  private static Message ours(InetSocketAddress from, InetSocketAddress to, byte[] payload) {
    return with(new BytesMessage(ip(to), payload), from).putHeader(SWIM.ID, new SwimHeader());
  }

  private static Message with(Message message, InetSocketAddress from) {
    return message.setSrc(ip(from)).putHeader(TRANSPORT, new TpHeader("m"));
  }

  private static Address ip(InetSocketAddress address) {
    return new IpAddress(address.getAddress(), address.getPort());
  }

  private static Message ping(byte type, PingData data) {
    Message message = new BytesMessage(type == PingHeader.GET_MBRS_RSP ? ip(B) : null);
    message.setFlag(Message.Flag.OOB, Message.Flag.DONT_BUNDLE);
    message.putHeader(PING_ID, new PingHeader(type).clusterName("m"));
    return with(message, A).setArray(Discovery.marshal(data));
  }

  private static PingData about(Address address) {
    return new PingData(address, false, "m", (IpAddress) ip(A));
  }

  private static ByteBuffer single(Message message) throws Exception {
    ByteArrayDataOutputStream out = new ByteArrayDataOutputStream(256);
    Util.writeMessage(message, out, message.getDest() == null);
    return ByteBuffer.wrap(out.buffer(), 0, out.position()).slice();
  }

  private static ByteBuffer list(Message... messages) throws Exception {
    ByteArrayDataOutputStream out = new ByteArrayDataOutputStream(256);
    Address to = messages[0].getDest();
    Util.writeMessageList(
        to, messages[0].getSrc(), new byte[] {'m'}, List.of(messages), out, to == null);
    return ByteBuffer.wrap(out.buffer(), 0, out.position()).slice();
  }

  private static ByteBuffer frame(Message message) throws Exception {
    return Frame.compact(single(message), A, B);
  }

  @Example
  void acceptsWhatWeSendAndPutsItTogetherAsItWas() throws Exception {
    for (InetSocketAddress[] pair : new InetSocketAddress[][] {{A, B}, {SIX, SEVEN}}) {
      ByteBuffer written = single(ours(pair[0], pair[1], new byte[500]));
      ByteBuffer frame = Frame.compact(written.duplicate(), pair[0], pair[1]);
      assertThat(check.accepts(frame, pair[0], false)).isTrue();
      assertThat(Frame.expand(frame, pair[0], pair[1])).isEqualTo(written);
      assertThat(frame.remaining()).isEqualTo(500 + 26);
    }
  }

  @Example
  void refusesAListOfMessages() throws Exception {
    ByteBuffer two = list(ours(A, B, new byte[9]), ours(A, B, new byte[0]));
    assertThat(check.accepts(two, A, false)).isFalse();
    assertThat(check.accepts(without(two, 3, Frame.address(B), Frame.address(A)), A, false))
        .isFalse();
  }

  /** A list's form on the wire before: its addresses left out. */
  private static ByteBuffer without(ByteBuffer frame, int at, ByteBuffer... addresses) {
    int length = 0;
    for (ByteBuffer address : addresses) {
      length += address.remaining();
    }
    ByteBuffer rest = frame.slice(at + length, frame.remaining() - at - length);
    return ByteBuffer.allocate(frame.remaining()).put(frame.slice(0, at)).put(rest).flip();
  }

  @Example
  void acceptsDiscoveryAboutItsSenderOnly() throws Exception {
    ByteBuffer request = frame(ping(PingHeader.GET_MBRS_REQ, about(ip(A))));
    assertThat(check.accepts(request, A, true)).isTrue();
    assertThat(check.accepts(request, A, false)).isTrue();
    assertThat(check.accepts(request, B, true)).isFalse();
    ByteBuffer answer = frame(ping(PingHeader.GET_MBRS_RSP, about(ip(A))));
    assertThat(check.accepts(answer, A, false)).isTrue();
    assertThat(check.accepts(answer, A, true)).isFalse();
    PingData narrow = about(ip(A)).mbrs(List.of(ip(A)));
    assertThat(check.accepts(frame(ping(PingHeader.GET_MBRS_REQ, narrow)), A, true)).isTrue();
    for (PingData bad :
        List.of(
            about(ip(B)),
            about(UUID.randomUUID()),
            about(ip(A)).mbrs(List.of(ip(B))),
            about(ip(A)).mbrs(List.of(ip(A), ip(A))))) {
      ByteBuffer forged = frame(ping(PingHeader.GET_MBRS_REQ, bad));
      assertThat(check.accepts(forged, A, true)).as("%s", bad).isFalse();
    }
  }

  @Example
  void refusesEveryOtherMessageType() throws Exception {
    Message object = new ObjectMessage(ip(B), new IpAddress(1));
    object.putHeader(SWIM.ID, new SwimHeader());
    assertThat(check.accepts(frame(with(object, A)), A, false)).isFalse();
    ByteBuffer frame = frame(ours(A, B, new byte[20]));
    for (int type = 1; type < 256; type++) {
      ByteBuffer other = copy(frame).putShort(3, (short) type);
      assertThat(check.accepts(other, A, false)).as("type %d", type).isFalse();
    }
  }

  @Example
  void refusesHeadersThatArentOurs() throws Exception {
    Message bare = with(new BytesMessage(ip(B), new byte[5]), A);
    assertThat(check.accepts(frame(bare), A, false)).isFalse();
    Message other = ours(A, B, new byte[5]).putHeader(TRANSPORT, new TpHeader("other"));
    assertThat(check.accepts(frame(other), A, false)).isFalse();
    Message three = ours(A, B, new byte[5]).putHeader(PING_ID, new PingHeader((byte) 1));
    assertThat(check.accepts(frame(three), A, false)).isFalse();
    Message timed = ours(A, B, new byte[5]);
    timed.putHeader(TRANSPORT, new TpHeader("m", (byte) 1, 7));
    assertThat(check.accepts(frame(timed), A, false)).isFalse();
  }

  @Example
  void aLengthOfTwoGigabytesAllocatesNothing() throws Exception {
    ByteBuffer frame = frame(ours(A, B, new byte[20]));
    ByteBuffer huge = copy(frame).putInt(frame.remaining() - 24, Integer.MAX_VALUE);
    assertThat(check.accepts(huge, A, false)).isFalse();
    ByteBuffer negative = copy(frame).putInt(frame.remaining() - 24, -1);
    assertThat(check.accepts(negative, A, false)).isFalse();
    ByteBuffer ping = frame(ping(PingHeader.GET_MBRS_REQ, about(ip(A))));
    int entries = ping.remaining() - Discovery.marshal(about(ip(A))).getLength();
    assertThat(check.accepts(copy(ping).putInt(entries, Integer.MAX_VALUE), A, true)).isFalse();
  }

  @Property(tries = 2000)
  void noChangedFrameTripsItAndWhatPassesParses(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    ByteBuffer frame =
        switch (random.nextInt(2)) {
          case 0 -> frame(ours(A, B, new byte[random.nextInt(60)]));
          default -> frame(ping(PingHeader.GET_MBRS_REQ, about(ip(A))));
        };
    for (int i = random.nextInt(4); i >= 0; i--) {
      frame.put(random.nextInt(frame.remaining()), (byte) random.nextInt(256));
    }
    frame.limit(frame.limit() - random.nextInt(3));
    boolean accepted = check.accepts(frame, A, random.nextBoolean());
    if (accepted) {
      ByteBuffer message = Frame.expand(frame, A, B);
      Util.parse(
          message.array(),
          message.arrayOffset(),
          message.remaining(),
          (version, parsed) -> assertThat(parsed).isInstanceOf(BytesMessage.class),
          (version, batch) -> assertThat(batch.size()).isPositive(),
          null,
          false,
          false);
    }
  }

  @Property(tries = 1000)
  void randomBytesAreNoFrame(@ForAll byte[] octets) {
    assertThat(check.accepts(ByteBuffer.wrap(octets), A, false)).isFalse();
  }

  @Example
  void aMessageInSomebodyElsesNameIsNotSent() throws Exception {
    ByteBuffer foreign = single(ours(B, A, new byte[3]));
    assertThatThrownBy(() -> Frame.compact(foreign, A, B)).hasMessageContaining("192.0.2.1");
  }

  private static ByteBuffer copy(ByteBuffer frame) {
    return ByteBuffer.allocate(frame.remaining()).put(frame.duplicate()).flip();
  }
}
