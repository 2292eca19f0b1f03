package io.vrouter.membership.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.sim.SimKeys;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CodecTest {
  private static final SimKeys KEYS = new SimKeys();
  private static final List<Intent> INTENTS = List.of(Intent.values());
  private static final List<Standing> STANDINGS = List.of(Standing.values());

  private static SignedHead head(Random random) throws Exception {
    Signer signer = KEYS.signer(random.nextInt(100));
    byte[] address = new byte[random.nextBoolean() ? 4 : 16];
    random.nextBytes(address);
    address[0] = 10;
    return SignedHead.sign(
        signer,
        random.nextLong(),
        random.nextLong(),
        random.nextLong(),
        new InetSocketAddress(InetAddress.getByAddress(address), 1 + random.nextInt(65535)),
        INTENTS.get(random.nextInt(3)),
        payload(random, random.nextInt(200)));
  }

  private static Bytes payload(Random random, int length) {
    byte[] octets = new byte[length];
    random.nextBytes(octets);
    return Bytes.of(octets);
  }

  private static NodeId id(Random random) {
    return new NodeId(random.nextLong(), random.nextLong());
  }

  private static List<News> news(Random random) throws Exception {
    List<News> news = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      Standing standing = STANDINGS.get(1 + random.nextInt(5));
      if (random.nextBoolean()) {
        news.add(new News.Rumor(standing, id(random), random.nextLong(), id(random)));
      } else {
        Bytes payload = random.nextBoolean() ? payload(random, random.nextInt(100)) : null;
        news.add(new News.Heard(head(random), payload, standing));
      }
    }
    return news;
  }

  private static SwimMessage message(Random random) throws Exception {
    NodeId from = id(random);
    long number = random.nextLong();
    List<News> news = news(random);
    return switch (random.nextInt(13)) {
      case 0 -> new SwimMessage.Ping(from, number, news);
      case 1 -> new SwimMessage.PingReq(from, number, head(random).endpoint(), news);
      case 2 -> new SwimMessage.Ack(from, number, news);
      case 3 -> new SwimMessage.Ack(from, number, id(random), payload(random, 64), news);
      case 11 -> new SwimMessage.Ack(from, number, from, payload(random, 64), news);
      case 12 -> new SwimMessage.ProxyPing(from, number, id(random), random.nextLong(), news);
      case 4 -> new SwimMessage.Nack(from, number, news);
      case 5 -> new SwimMessage.Gossip(from, news);
      case 6 -> new SwimMessage.Digest(from, List.of(1L, number), news);
      case 7 ->
          new SwimMessage.Detail(
              from,
              random.nextBoolean(),
              32,
              number,
              id(random),
              id(random),
              List.of(new SwimMessage.DigestEntry(id(random), number, 7, Standing.FAILED)),
              news);
      case 8 -> new SwimMessage.Pull(from, List.of(id(random), id(random)), news);
      case 9 ->
          new SwimMessage.ChunkRequest(from, id(random), payload(random, 32), (int) number, news);
      default ->
          new SwimMessage.Chunk(
              from, id(random), payload(random, 32), 3, payload(random, 100), List.of());
    };
  }

  @Property
  void decodingAnEncodedMessageGivesTheMessage(@ForAll long seed) throws Exception {
    SwimMessage message = message(new Random(seed));
    Bytes datagram = Codec.encode(message);
    assertThat(Codec.decode(datagram)).isEqualTo(message);
    assertThat(datagram.buffer().get(0)).isEqualTo((byte) Codec.VERSION);
    int news = message.news().stream().mapToInt(News::length).sum();
    assertThat(datagram.length()).isEqualTo(Codec.bareLength(message) + news);
  }

  @Property
  void randomBytesThrowNothingButTheTypedError(@ForAll byte[] octets) {
    decodes(Bytes.of(octets));
  }

  @Property
  void damagedMessagesThrowNothingButTheTypedError(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    byte[] octets = Codec.encode(message(random)).toArray();
    for (int i = 0; i < 20; i++) {
      byte[] damaged = octets.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      decodes(Bytes.of(damaged));
      decodes(Bytes.of(java.util.Arrays.copyOf(octets, random.nextInt(octets.length))));
    }
  }

  /** What decodes must encode to the same bytes: there is one form of each message. */
  private static void decodes(Bytes octets) {
    try {
      assertThat(Codec.encode(Codec.decode(octets))).isEqualTo(octets);
    } catch (WireException e) {
      assertThat(e.offset()).isBetween(0, octets.length());
    }
  }

  @Test
  void aHeadIsSmallAndItsSignatureCoversAllOfIt() throws Exception {
    SignedHead head = head(new Random(1));
    assertThat(head.authentic(KEYS)).isTrue();
    Bytes datagram =
        Codec.encode(
            new SwimMessage.Gossip(head.id(), List.of(new News.Heard(head, null, Standing.ALIVE))));
    assertThat(head.length()).isLessThanOrEqualTo(193);
    int start = datagram.length() - head.length();
    for (int i = start; i < datagram.length(); i++) {
      byte[] forged = datagram.toArray();
      forged[i] ^= 1;
      try {
        SwimMessage message = Codec.decode(Bytes.of(forged));
        News.Heard heard = (News.Heard) message.news().get(0);
        assertThat(heard.head().authentic(KEYS)).as("byte %d", i - start).isFalse();
      } catch (WireException e) {
        assertThat(e).hasMessageContaining("offset");
      }
    }
  }

  @Test
  void aDatagramNeverExceedsItsLimit() {
    SwimMessage chunk =
        new SwimMessage.Chunk(
            new NodeId(1, 2),
            new NodeId(3, 4),
            Bytes.of(new byte[32]),
            0,
            Bytes.of(new byte[Codec.MAX_DATAGRAM]),
            List.of());
    assertThatThrownBy(() -> Codec.encode(chunk))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1100");
    assertThatThrownBy(() -> Codec.decode(Bytes.of(new byte[Codec.MAX_DATAGRAM + 1])))
        .isInstanceOf(WireException.class);
  }

  @Test
  void tooLongAPayloadIsNotSigned() throws Exception {
    InetSocketAddress endpoint =
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}), 7950);
    Bytes payload = Bytes.of(new byte[MemberRecord.MAX_PAYLOAD + 1]);
    assertThatThrownBy(
            () -> SignedHead.sign(KEYS.signer(1), 1, 1, 1, endpoint, Intent.STAY, payload))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16384");
  }
}
