package io.vrouter.mesh.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.vrouter.membership.Addresses;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostRecordsTest {
  private static final NodeId SILENT = new NodeId(7, 7);
  private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());
  private static final Vni VNI = new Vni(1000);

  @Property
  void whatIsWrittenIsRead(@ForAll("records") HostRecord host) throws RecordException {
    assertThat(HostRecords.decode(HostRecords.encode(host))).isEqualTo(host);
  }

  @Property
  void randomBytesGiveTheTypedErrorAndNothingElse(@ForAll byte[] octets) {
    decodeTolerantly(Bytes.of(octets));
  }

  @Property
  void aDamagedRecordGivesTheTypedErrorAndNothingElse(
      @ForAll("records") HostRecord host,
      @ForAll int at,
      @ForAll byte value,
      @ForAll @Size(max = 3) List<Byte> tail) {
    byte[] octets = HostRecords.encode(host).toArray();
    octets[Math.floorMod(at, octets.length)] = value;
    byte[] cut = Arrays.copyOf(octets, Math.floorMod(at, octets.length) + tail.size());
    decodeTolerantly(Bytes.of(octets));
    decodeTolerantly(Bytes.of(cut));
  }

  private static void decodeTolerantly(Bytes payload) {
    try {
      HostRecord read = HostRecords.decode(payload);
      assertThat(read.subnets().size()).isLessThanOrEqualTo(HostRecord.MAX_SUBNETS);
    } catch (RecordException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Test
  void aNewerHostsUnknownKeysAreSkipped() throws Exception {
    Bytes payload =
        changed(
            root -> {
              root.putObject("q").put("whatever", true).putArray("deep").addArray().addObject();
              root.put("h", new byte[32]);
              ((ObjectNode) root.path("s").get(0)).put("z", 7);
            });
    assertThat(HostRecords.decode(payload)).isEqualTo(host(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"n", "v", "u", "o", "s", "f"})
  void everyKeyIsCheckedForItsType(String key) {
    assertThatThrownBy(() -> HostRecords.decode(changed(root -> root.put(key, 3.5))))
        .isInstanceOf(RecordException.class)
        .hasMessageContaining("'" + key + "'");
    assertThatThrownBy(() -> HostRecords.decode(changed(root -> root.remove(key))))
        .isInstanceOf(RecordException.class);
  }

  @Test
  void valuesAreCheckedAsIfAStrangerHadTypedThem() {
    refused(root -> root.put("n", "a\u001b[31mred"), "printable");
    refused(root -> root.put("n", "x".repeat(65)), "1 to 64");
    refused(root -> root.put("u", new byte[] {127, 0, 0, 1}), "unicast");
    refused(root -> root.put("u", new byte[] {(byte) 224, 0, 0, 1}), "unicast");
    refused(root -> root.put("u", new byte[3]), "4 or 16");
    refused(root -> root.put("p", 65_536), "65535");
    refused(root -> root.put("f", 2), "format 2");
    refused(root -> first(root).put("c", 1), "true or false");
    refused(root -> first(root).put("i", 0x1000000), "16777215");
    refused(root -> first(root).put("l", Lamport.MAX + 1), "" + Lamport.MAX);
    refused(root -> first(root).put("x", new byte[] {16, 10, 0, 0, 1}), "host bits");
    refused(root -> first(root).put("x", new byte[] {33, 10, 0, 0, 0}), "0 to 32");
    refused(root -> first(root).put("g", new byte[] {9, 9, 9, 9}), "gateway '9.9.9.9'");
    refused(root -> root.withArray("s").add(first(root).deepCopy()), "twice");
    refused(root -> root.withArray("o").add(root.path("o").get(0).deepCopy()), "two overlay");
  }

  @Test
  void poolPartIsCheckedAndLeftOutWhereThereIsNone() throws IOException, RecordException {
    assertThat(HostRecords.decode(changed(root -> root.remove("r"))).pool())
        .isEqualTo(PoolShare.NONE);
    assertThat(CBOR.readTree(HostRecords.encode(host(1)).toArray()).has("r")).isFalse();
    HostRecord newer =
        HostRecords.decode(changed(root -> root.putObject("r").put("l", 3).put("new", "thing")));
    assertThat(newer.pool()).isEqualTo(new PoolShare(List.of(), List.of(), 3));

    byte[] range = {18, 10, (byte) 128, 0, 0};
    refused(root -> root.put("r", 1), "'l' must be a whole number");
    refused(root -> pool(root, range).put("l", 0), "above the last claim's");
    refused(root -> pool(root, new byte[] {19, 10, 0, 0, 0}), "an IPv4 /18");
    refused(root -> pool(root, range).withArray("r").add(7), "'r' must hold maps");
    refused(
        root -> {
          ObjectNode pool = pool(root, range);
          pool.withArray("r").add(pool.path("r").get(0).deepCopy());
        },
        "10.128.0.0/18 twice");
    refused(
        root -> {
          ArrayNode votes = pool(root, range).putArray("v");
          for (int i = 0; i <= PoolShare.MAX_VOTES; i++) {
            votes.addObject();
          }
        },
        "at most 64");
    refused(
        root ->
            pool(root, range)
                .putArray("v")
                .addObject()
                .put("x", range)
                .put("l", 1)
                .put("c", new byte[3]),
        "a node id has 16 bytes");
  }

  private static ObjectNode pool(ObjectNode root, byte[] range) {
    ObjectNode pool = root.putObject("r").put("l", 9);
    pool.putArray("r").addObject().put("x", range).put("l", 9).put("a", 1);
    return pool;
  }

  @Test
  void nestingAndSizeAreBounded() {
    byte[] nested = new byte[4096];
    Arrays.fill(nested, (byte) 0x81);
    assertThatThrownBy(() -> HostRecords.decode(Bytes.of(nested)))
        .isInstanceOf(RecordException.class);
    assertThatThrownBy(() -> HostRecords.decode(Bytes.of(new byte[MemberRecord.MAX_PAYLOAD + 1])))
        .isInstanceOf(RecordException.class)
        .hasMessageContaining("at most " + MemberRecord.MAX_PAYLOAD);
  }

  @Test
  void sixtyFourSubnetsWithTheLongestNamesFit() {
    HostRecord host = host(64, "n".repeat(64), "s".repeat(64));
    assertThat(HostRecords.encode(host).length()).isLessThanOrEqualTo(MemberRecord.MAX_PAYLOAD);
  }

  @Test
  void tenSubnetsWithUsualNamesFitOneDatagram() {
    HostRecord host = host(10, "shop-backend_default", "shop-backend");
    assertThat(HostRecords.encode(host).length()).isLessThanOrEqualTo(700);
  }

  @Test
  void whatDoesNotFitIsRefusedAtTheSource() {
    HostRecord host = host(256, "n".repeat(64), "s".repeat(64));
    assertThatThrownBy(() -> HostRecords.encode(host))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("256 subnets");
  }

  private static void refused(Consumer<ObjectNode> change, String saying) {
    assertThatThrownBy(() -> HostRecords.decode(changed(change)))
        .isInstanceOf(RecordException.class)
        .hasMessageContaining(saying);
  }

  private static ObjectNode first(ObjectNode root) {
    return (ObjectNode) root.path("s").get(0);
  }

  @Test
  void arrivalsOfProbesAreBoundedAndLeaveFirst() throws Exception {
    Bytes old = changed(root -> root.remove(List.of("y", "z")));
    assertThat(HostRecords.decode(old).arrivals()).isEqualTo(ProbeArrivals.NONE);
    for (int length : new int[] {15, 257 * 16}) {
      Bytes wrong = changed(root -> root.put("z", new byte[length]));
      assertThatThrownBy(() -> HostRecords.decode(wrong)).isInstanceOf(RecordException.class);
    }
    HostRecord large = host(300, "n".repeat(30), "s");
    HostRecord larger = large.with(new ProbeArrivals(Set.of(), Set.of(SILENT)));
    FittedRecord fitted = FittedRecord.of(larger);
    assertThat(fitted).isEqualTo(FittedRecord.of(large));
    assertThat(HostRecords.decode(fitted.payload()).arrivals()).isEqualTo(ProbeArrivals.NONE);
  }

  private static Bytes changed(Consumer<ObjectNode> change) throws IOException {
    ObjectNode root = (ObjectNode) CBOR.readTree(HostRecords.encode(host(1)).toArray());
    change.accept(root);
    return Bytes.of(CBOR.writeValueAsBytes(root));
  }

  private static HostRecord host(int subnets) {
    return host(subnets, "net", "stack");
  }

  private static HostRecord host(int count, String network, String stack) {
    List<Subnet> subnets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Prefix prefix = Prefix.parse("10." + (128 + i / 256) + "." + i % 256 + ".0/24");
      subnets.add(new Subnet(prefix, VNI, network, stack, null, 1000 + i));
    }
    return new HostRecord(
        "host-1.example",
        "0.1.0",
        Addresses.parse("192.0.2.1"),
        4789,
        List.of(new Overlay(VNI, Addresses.parse("10.1.1.7"), 3)),
        subnets);
  }

  private static List<PoolSeal> seals(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new PoolSeal(new NodeId(i, 7), signature(i)))
        .toList();
  }

  private static Bytes signature(int number) {
    byte[] octets = new byte[64];
    octets[number % 64] = (byte) number;
    return Bytes.of(octets);
  }

  @Provide
  Arbitrary<HostRecord> records() {
    Arbitrary<String> label =
        Arbitraries.strings().withCharRange('!', '~').ofMinLength(1).ofMaxLength(64);
    Arbitrary<Long> lamport = Arbitraries.longs().between(1, Lamport.MAX);
    Arbitrary<PoolShare> share =
        Combinators.combine(
                Arbitraries.integers().between(0, 255).list().ofMaxSize(16).uniqueElements(),
                Arbitraries.integers().between(0, 255).list().ofMaxSize(64).uniqueElements(),
                Arbitraries.of(true, false),
                lamport)
            .as(
                (ranges, votes, acknowledged, number) ->
                    new PoolShare(
                        ranges.stream()
                            .map(i -> new PoolRange(range(i), number, acknowledged, seals(i % 6)))
                            .toList(),
                        votes.stream()
                            .map(
                                i ->
                                    new PoolVote(
                                        range(i),
                                        new NodeId(number, i),
                                        number,
                                        i % 2 == 0 ? Bytes.EMPTY : signature(i)))
                            .toList(),
                        number));
    Arbitrary<Subnet> subnet =
        Combinators.combine(
                Arbitraries.integers().between(0, 0xffff),
                Arbitraries.integers().between(1, 0xFFFFFF),
                label,
                label,
                Arbitraries.of(true, false),
                lamport,
                Arbitraries.of(true, false))
            .as(
                (net, vni, network, stack, gateway, number, contested) ->
                    new Subnet(
                        Prefix.parse("10." + (net >> 8) + "." + (net & 255) + ".0/24"),
                        new Vni(vni),
                        network,
                        stack,
                        gateway
                            ? Addresses.parse("10." + (net >> 8) + "." + (net & 255) + ".1")
                            : null,
                        number,
                        contested));
    return Combinators.combine(
            label,
            Arbitraries.of("192.0.2.1", "2001:db8::1"),
            Arbitraries.integers().between(1, 65_535),
            subnet.list().ofMaxSize(8).uniqueElements(it -> it.prefix() + "@" + it.vni()),
            lamport,
            share)
        .as(
            (name, underlay, port, subnets, number, pool) ->
                new HostRecord(
                    name,
                    "0.1.0",
                    Addresses.parse(underlay),
                    port,
                    List.of(new Overlay(VNI, Addresses.parse("10.1.1.9"), number)),
                    subnets,
                    pool,
                    new ProbeArrivals(
                        Set.of(new NodeId(number, 1)), Set.of(new NodeId(1, 2), SILENT)),
                    TunnelShare.NONE,
                    port % 3 == 0 ? null : Integer.valueOf(-port),
                    number % 2 == 0 ? Bytes.EMPTY : signature(port)));
  }

  private static Prefix range(int index) {
    return Prefix.parse("10." + (128 + index / 4) + "." + index % 4 * 64 + ".0/18");
  }
}
