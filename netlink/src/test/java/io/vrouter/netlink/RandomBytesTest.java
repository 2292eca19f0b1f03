package io.vrouter.netlink;

import io.vrouter.netlink.generic.FamilyCodec;
import io.vrouter.netlink.generic.WgCodec;
import io.vrouter.netlink.netfilter.ConntrackCodec;
import io.vrouter.netlink.netfilter.GenerationCodec;
import io.vrouter.netlink.netfilter.SetDump;
import io.vrouter.netlink.netfilter.TableCodec;
import io.vrouter.netlink.route.AddressCodec;
import io.vrouter.netlink.route.FdbCodec;
import io.vrouter.netlink.route.LinkCodec;
import io.vrouter.netlink.route.NeighborCodec;
import io.vrouter.netlink.route.NetconfCodec;
import io.vrouter.netlink.route.RouteCodec;
import io.vrouter.netlink.route.RuleCodec;
import io.vrouter.netlink.wire.Ack;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Payload;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever comes in, {@link DecodeException} is the only way out besides a value. */
class RandomBytesTest {
  private static final List<Function<Payload, Object>> DECODERS =
      List.of(
          LinkCodec::decode,
          AddressCodec::decode,
          NeighborCodec::decode,
          FdbCodec::decode,
          RouteCodec::decode,
          RuleCodec::decode,
          FamilyCodec::decode,
          WgCodec::decode,
          NetconfCodec::decode,
          ConntrackCodec::decode,
          GenerationCodec::decode,
          TableCodec::table,
          TableCodec::chain,
          TableCodec::rule,
          TableCodec::setName,
          SetDump::of,
          Payload::attributes,
          Payload::string);

  @Property(tries = 2000)
  void randomBytesAreReadOrRefused(@ForAll byte[] bytes) {
    tryAll(bytes);
  }

  @Property(tries = 5000)
  void damagedMessagesAreReadOrRefused(@ForAll("damaged") byte[] bytes) {
    tryAll(bytes);
  }

  @Provide
  Arbitrary<byte[]> damaged() {
    List<byte[]> whole = List.copyOf(Golden.all().values());
    return Arbitraries.of(whole)
        .flatMap(
            golden ->
                Arbitraries.integers()
                    .between(0, golden.length - 1)
                    .list()
                    .ofMinSize(1)
                    .ofMaxSize(4)
                    .flatMap(
                        at ->
                            Arbitraries.bytes()
                                .array(byte[].class)
                                .ofSize(at.size() + 1)
                                .map(noise -> damage(golden, at, noise))));
  }

  private static byte[] damage(byte[] golden, List<Integer> at, byte[] noise) {
    byte[] damaged = golden.clone();
    for (int i = 0; i < at.size(); i++) {
      damaged[at.get(i)] = noise[i];
    }
    // Now and then cut it, too: the last octet of the noise says where.
    int cut = noise[at.size()] & 0xff;
    return cut < 128 ? damaged : Arrays.copyOf(damaged, damaged.length * cut / 256);
  }

  private static void tryAll(byte[] bytes) {
    Object parsed = readOrRefuse(() -> Message.parse(ByteBuffer.wrap(bytes)), List.of());
    for (Object message : (List<?>) parsed) {
      Object unused = readOrRefuse(() -> Ack.decode((Message) message), message);
    }
    Payload whole = Payload.of(bytes);
    Payload body =
        bytes.length < Message.HEADER
            ? whole
            : Payload.from(ByteBuffer.wrap(bytes, Message.HEADER, bytes.length - Message.HEADER));
    for (Function<Payload, Object> decoder : DECODERS) {
      Object unused = readOrRefuse(() -> decoder.apply(whole), whole);
      Object unusedToo = readOrRefuse(() -> decoder.apply(body), body);
    }
  }

  private static Object readOrRefuse(Supplier<?> read, Object refused) {
    try {
      return read.get();
    } catch (DecodeException e) {
      // The one that is allowed; anything else fails the property.
      return refused;
    }
  }
}
