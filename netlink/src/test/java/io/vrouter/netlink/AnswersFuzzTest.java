package io.vrouter.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.fuzz.Corpus;
import io.vrouter.netlink.fuzz.Decoder;
import io.vrouter.netlink.fuzz.Decoders;
import io.vrouter.netlink.fuzz.Mutation;
import io.vrouter.netlink.generic.FamilyCodec;
import io.vrouter.netlink.generic.WgCodec;
import io.vrouter.netlink.generic.WgText;
import io.vrouter.netlink.netfilter.ConntrackCodec;
import io.vrouter.netlink.netfilter.GenerationCodec;
import io.vrouter.netlink.netfilter.SetDump;
import io.vrouter.netlink.netfilter.SetKind;
import io.vrouter.netlink.netfilter.TableCodec;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.AddressCodec;
import io.vrouter.netlink.route.FdbCodec;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkCodec;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.NeighborCodec;
import io.vrouter.netlink.route.NetconfCodec;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteCodec;
import io.vrouter.netlink.route.RuleCodec;
import io.vrouter.netlink.route.VxlanCodec;
import io.vrouter.netlink.wire.Ack;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What a kernel, or a WireGuard process, may answer: read or refused, in bounded memory. */
class AnswersFuzzTest {
  private static final String MODULE = "netlink";

  private static final List<Decoder> ALL =
      List.of(
          of("messages", Message.class, AnswersFuzzTest::messages),
          of("acks", Ack.class, octets -> messages(octets).stream().map(Ack::decode).toList()),
          of("attributes", Attributes.class, octets -> Attributes.parse(buffer(octets))),
          body("links", LinkCodec.class, LinkCodec::decode)
              .writes(link -> LinkCodec.encode((Link) link).toArray()),
          of("vxlan", VxlanCodec.class, it -> VxlanCodec.decode(Attributes.parse(buffer(it)))),
          body("addresses", AddressCodec.class, AddressCodec::decode)
              .writes(address -> AddressCodec.encode((Address) address).toArray()),
          body("neighbors", NeighborCodec.class, NeighborCodec::decode)
              .writes(neighbor -> NeighborCodec.encode((Neighbor) neighbor).toArray()),
          body("fdb", FdbCodec.class, FdbCodec::decode)
              .writes(entry -> FdbCodec.encode((FdbEntry) entry).toArray()),
          body("routes", RouteCodec.class, RouteCodec::decode)
              .writes(route -> RouteCodec.encode((Route) route).toArray()),
          body("rules", RuleCodec.class, RuleCodec::decode),
          body("netconf", NetconfCodec.class, NetconfCodec::decode),
          body("family", FamilyCodec.class, FamilyCodec::decode),
          body("wireguard", WgCodec.class, WgCodec::decode),
          of(
              "wireguard-text",
              WgText.class,
              octets -> WgText.device("wg0", text(octets), key -> key),
              DecodeException.class),
          of("wireguard-errno", WgText.class, octets -> WgText.errno(text(octets))),
          body("conntrack", ConntrackCodec.class, ConntrackCodec::decode),
          body("generation", GenerationCodec.class, GenerationCodec::decode),
          body("nft-table", TableCodec.class, TableCodec::table),
          body("nft-chain", TableCodec.class, TableCodec::chain),
          body("nft-rule", TableCodec.class, TableCodec::rule),
          body("nft-set", TableCodec.class, TableCodec::setName),
          body("nft-expirations", TableCodec.class, TableCodec::expirations),
          body("nft-elements", SetDump.class, AnswersFuzzTest::elements),
          of(
              "mac",
              MacAddress.class,
              octets -> MacAddress.parse(text(octets)),
              IllegalArgumentException.class));

  /** The corpora, each read once. */
  private static final Map<String, Corpus> CORPORA = new HashMap<>();

  private static Decoder of(
      String name, Class<?> owner, Decoder.Reading reading, Class<?>... refusals) {
    return Decoder.of(
        name,
        owner,
        reading,
        refusals.length == 0 ? new Class<?>[] {DecodeException.class} : refusals);
  }

  private static Decoder body(String name, Class<?> owner, Function<Payload, Object> reading) {
    return of(name, owner, octets -> reading.apply(Payload.of(octets)));
  }

  private static ByteBuffer buffer(byte[] octets) {
    return ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder());
  }

  private static List<Message> messages(byte[] octets) {
    return Message.parse(buffer(octets));
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.UTF_8);
  }

  private static Object elements(Payload body) {
    SetDump dump = SetDump.of(body);
    List<Set<?>> kinds = new ArrayList<>();
    for (SetKind kind : SetKind.values()) {
      kinds.add(SetDump.read(List.of(dump, dump), kind));
    }
    return kinds;
  }

  private static Corpus corpus(Decoder decoder) {
    return CORPORA.computeIfAbsent(decoder.name(), name -> Corpus.of(MODULE, decoder));
  }

  @Provide
  Arbitrary<Decoder> decoders() {
    return Arbitraries.of(ALL);
  }

  @Property(tries = 20_000)
  void whateverComesInIsReadOrRefused(@ForAll("decoders") Decoder decoder, @ForAll long seed) {
    decoder.run(Mutation.of(corpus(decoder).inputs(), new Random(seed)));
  }

  @Example
  void eachInputOfTheCorpusIsReadOrRefused() {
    for (Decoder decoder : ALL) {
      assertThat(corpus(decoder).inputs()).as("corpus of %s", decoder).isNotEmpty();
      corpus(decoder).inputs().forEach(decoder::run);
    }
  }

  @Example
  void noDecoderIsMissingHere() {
    Set<String> here = new TreeSet<>();
    ALL.forEach(decoder -> here.add(decoder.owner().getName()));
    here.add(LinkCodec.class.getName() + "$AfSpecCodec"); // a part of a link
    assertThat(here).containsAll(Decoders.below("io.vrouter.netlink"));
  }

  /** Adds to the corpus in the tree: run it after a change of a format. */
  public static void main(String[] args) throws IOException {
    List<byte[]> golden = new ArrayList<>();
    for (byte[] datagram : Golden.all().values()) {
      golden.add(datagram);
      try {
        messages(datagram).forEach(message -> golden.add(message.body().toArray()));
      } catch (DecodeException e) {
        // not a whole datagram: an input of its own
      }
    }
    for (Decoder decoder : ALL) {
      Corpus corpus = Corpus.of(MODULE, decoder);
      corpus.grow(decoder, golden, 20_000, 24);
      System.out.println(decoder + ": " + corpus.inputs().size());
    }
  }
}
