package io.vrouter.membership;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.crypto.CryptoDecoders;
import io.vrouter.membership.jgroups.TransportDecoders;
import io.vrouter.membership.wire.WireDecoders;
import io.vrouter.netlink.fuzz.Corpus;
import io.vrouter.netlink.fuzz.Decoder;
import io.vrouter.netlink.fuzz.Decoders;
import io.vrouter.netlink.fuzz.Mutation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What members, strangers and damaged files may hold: read or refused, in bounded memory. */
class GossipFuzzTest {
  private static final String MODULE = "membership";

  private static final List<Decoder> ALL = all();

  /** Read as a part of another: after a check of its length, or by its decoder. */
  private static final Set<String> PARTS =
      Set.of(
          "io.vrouter.membership.crypto.Salt",
          "io.vrouter.membership.wire.SignedHead",
          "io.vrouter.membership.wire.Standing",
          // Octets of a file as they are, within a limit.
          "io.vrouter.membership.TrustedFile");

  /** The corpora, each read once. */
  private static final Map<String, Corpus> CORPORA = new HashMap<>();

  private static List<Decoder> all() {
    List<Decoder> all = new ArrayList<>(WireDecoders.all());
    try {
      all.addAll(CryptoDecoders.all(Files.createTempDirectory("fuzz")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    all.addAll(TransportDecoders.all());
    all.add(text("node-id", NodeId.class, NodeId::parse));
    all.add(text("address", Addresses.class, Addresses::parse));
    all.add(text("seed", Seed.class, text -> Seed.parse(text, 7950)));
    return List.copyOf(all);
  }

  private interface TextReading {
    Object read(String text);
  }

  private static Decoder text(String name, Class<?> owner, TextReading reading) {
    return Decoder.of(
        name,
        owner,
        octets -> reading.read(new String(octets, UTF_8)),
        IllegalArgumentException.class);
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
    Set<String> here = new TreeSet<>(PARTS);
    ALL.forEach(decoder -> here.add(decoder.owner().getName()));
    assertThat(here).containsAll(Decoders.below("io.vrouter.membership"));
  }

  /** Adds to the corpus in the tree: run it after a change of a format. */
  public static void main(String[] args) throws Exception {
    List<byte[]> seeds = new ArrayList<>(WireDecoders.seeds());
    seeds.addAll(CryptoDecoders.seeds());
    seeds.addAll(TransportDecoders.seeds());
    for (String text :
        List.of(
            "0123456789abcdef0123456789abcdef",
            "192.0.2.1",
            "2001:db8::1",
            "[2001:db8::1]:7950",
            "host.example:7950")) {
      seeds.add(text.getBytes(UTF_8));
    }
    for (Decoder decoder : ALL) {
      Corpus corpus = Corpus.of(MODULE, decoder);
      corpus.grow(decoder, seeds, decoder.name().endsWith("file") ? 2_000 : 20_000, 24);
      System.out.println(decoder + ": " + corpus.inputs().size());
    }
  }
}
