package io.vrouter.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.netfilter.ChainEntry;
import io.vrouter.netlink.netfilter.RuleEntry;
import io.vrouter.netlink.netfilter.SetDump;
import io.vrouter.netlink.netfilter.SetElement;
import io.vrouter.netlink.netfilter.SetKind;
import io.vrouter.netlink.netfilter.TableCodec;
import io.vrouter.netlink.netfilter.TableEntry;
import io.vrouter.netlink.socket.Netns;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against bytes captured from nft 1.0.6, and on the running kernel: the fake has no rules. */
class NftablesTest {
  private static final int INET = ChainEntry.NFPROTO_INET;

  /** {@code nft add element inet t a { 10.66.0.2 }}, without the number of the set. */
  private static final String SINGLE =
      "01000000"
          + "0600010074000000"
          + "0600020061000000"
          + "14000380100001800c000180080001000a420002";

  /** {@code nft add element inet t c { 02:00:00:00:00:0b . 172.31.0.0/16 }}. */
  private static final String CONCATENATED =
      "0100000006000100740000000600020063000000"
          + "300003802c000180140001801000010002000000000b0000ac1f000014000a801000010002000000000b0000ac1fffff";

  /** {@code nft add element inet t b { 172.31.0.0/16 }}: nft ends the gap before it, too. */
  private static final String INTERVAL =
      "01000000"
          + "0600010074000000"
          + "0600020062000000"
          + "44000380"
          + "1800018008000300000000010c0001800800010000000000"
          + "100002800c00018008000100ac1f0000"
          + "1800038008000300000000010c00018008000100ac200000";

  /** {@code nft add element inet t m { 10.66.0.2 : 240.1.2.3 }}, without the number of the map. */
  private static final String MAP =
      "01000000"
          + "0600010074000000"
          + "060002006d000000"
          + "200003801c0001800c000180080001000a4200020c00028008000100f0010203";

  private final Space netns = Space.bare();
  private Nftables nftables;

  @BeforeEach
  void open() {
    nftables = Nftables.open(netns.netns());
  }

  @AfterEach
  void close() {
    nftables.close();
    netns.close();
  }

  private static Payload octets(String hex) {
    return Payload.of(HexFormat.of().parseHex(hex));
  }

  private static SetElement range(String first, String last) {
    return new SetElement(octets(first), octets(last));
  }

  @Test
  void elementsAreWrittenAsNftWritesThem() {
    assertThat(add("a", SetKind.SINGLE, range("0a420002", "0a420002"))).isEqualTo(octets(SINGLE));
    assertThat(
            add(
                "c",
                SetKind.CONCATENATED,
                range("02000000000b0000ac1f0000", "02000000000b0000ac1fffff")))
        .isEqualTo(octets(CONCATENATED));
    assertThat(add("m", SetKind.MAP, range("0a420002", "f0010203"))).isEqualTo(octets(MAP));
  }

  @Test
  void aMapsElementsAreReadBackAndChangedInOneTransaction() {
    netns.nft("table inet t { map m { type ipv4_addr : ipv4_addr; }; }");
    SetElement former = range("0a420002", "f0010203");
    SetElement next = range("0a420002", "f0010204");
    assertThat(
            nftables.commit(
                nftables.generation(),
                TableCodec.add(INET, "t", "m", SetKind.MAP, List.of(former))))
        .isTrue();
    assertThat(nftables.elements(INET, "t", "m", SetKind.MAP)).containsExactly(former);
    assertThat(
            nftables.commit(
                nftables.generation(),
                all(
                    TableCodec.delete(INET, "t", "m", SetKind.MAP, List.of(former)),
                    TableCodec.add(INET, "t", "m", SetKind.MAP, List.of(next)))))
        .isTrue();
    assertThat(netns.ok("nft", "list", "map", "inet", "t", "m")).contains("10.66.0.2 : 240.1.2.4");
  }

  private static Payload add(String set, SetKind kind, SetElement element) {
    return TableCodec.add(INET, "t", set, kind, List.of(element)).get(0).body();
  }

  @Test
  void elementsOfNftAreRead() {
    assertThat(SetDump.read(List.of(SetDump.of(octets(INTERVAL))), SetKind.INTERVAL))
        .containsExactly(range("ac1f0000", "ac1fffff"));
    assertThat(SetDump.read(List.of(SetDump.of(octets(CONCATENATED))), SetKind.CONCATENATED))
        .containsExactly(range("02000000000b0000ac1f0000", "02000000000b0000ac1fffff"));
  }

  @Test
  void whatIsWrittenIsReadBackAndNftListsIt() {
    sets();
    assertThat(
            nftables.commit(
                nftables.generation(),
                all(
                    TableCodec.add(
                        INET,
                        "t",
                        "b",
                        SetKind.INTERVAL,
                        List.of(range("0a000000", "0a0000ff"), range("0a000100", "0a0001ff"))),
                    TableCodec.add(
                        INET,
                        "t",
                        "b",
                        SetKind.INTERVAL,
                        List.of(range("00000000", "00ffffff"), range("ff000000", "ffffffff"))),
                    TableCodec.add(
                        INET,
                        "t",
                        "c",
                        SetKind.CONCATENATED,
                        List.of(range(MAC + "0a000000", MAC + "0a00ffff"))))))
        .isTrue();
    assertThat(nftables.elements(INET, "t", "b", SetKind.INTERVAL))
        .containsExactlyInAnyOrder(
            range("00000000", "00ffffff"),
            range("0a000000", "0a0000ff"),
            range("0a000100", "0a0001ff"),
            range("ff000000", "ffffffff"));
    assertThat(netns.ok("nft", "list", "ruleset").replaceAll("\\s+", " "))
        .contains("elements = { 0.0.0.0/8, 10.0.0.0/24, 10.0.1.0/24, 255.0.0.0/8 }")
        .contains("elements = { 02:00:00:00:00:0b . 10.0.0.0/16 }");
  }

  private static final String MAC = "02000000000b0000";

  private void sets() {
    netns.ok(
        "nft",
        "table inet t { set a { type ipv4_addr; }; set b { type ipv4_addr; flags interval; };"
            + " set c { type ether_addr . ipv4_addr; flags interval; }; }");
  }

  @SafeVarargs
  private static List<Request> all(List<Request>... lists) {
    List<Request> all = new ArrayList<>();
    for (List<Request> list : lists) {
      all.addAll(list);
    }
    return all;
  }

  @Test
  void anyRangesBecomeAnyOthers() {
    sets();
    Random random = new Random(7);
    Set<SetElement> had = Set.of();
    for (int i = 0; i < 40; i++) {
      Set<SetElement> wanted = new HashSet<>();
      for (int octet = 0; octet < 256; octet++) {
        if (random.nextInt(3) == 0) {
          int from = random.nextInt(256);
          int to = from + random.nextInt(256 - from);
          wanted.add(
              range("%02x0000%02x".formatted(octet, from), "%02x0000%02x".formatted(octet, to)));
          if (to == 255 && random.nextBoolean()) {
            wanted.add(range("%02x000100".formatted(octet), "%02xffffff".formatted(octet)));
          }
        }
      }
      Set<SetElement> before = had;
      List<SetElement> gone = before.stream().filter(one -> !wanted.contains(one)).toList();
      List<SetElement> come = wanted.stream().filter(one -> !before.contains(one)).toList();
      assertThat(
              nftables.commit(
                  nftables.generation(),
                  all(
                      TableCodec.delete(INET, "t", "b", SetKind.INTERVAL, gone),
                      TableCodec.add(INET, "t", "b", SetKind.INTERVAL, come))))
          .isTrue();
      assertThat(nftables.elements(INET, "t", "b", SetKind.INTERVAL)).isEqualTo(wanted);
      had = wanted;
    }
  }

  @Test
  void aTransactionIsAllOrNothing() {
    sets();
    int generation = nftables.generation();
    assertThatThrownBy(
            () ->
                nftables.commit(
                    generation,
                    all(
                        TableCodec.add(
                            INET,
                            "t",
                            "a",
                            SetKind.SINGLE,
                            List.of(SetElement.of(octets("0a000001")))),
                        TableCodec.delete(
                            INET,
                            "t",
                            "a",
                            SetKind.SINGLE,
                            List.of(SetElement.of(octets("0a000002")))))))
        .isInstanceOfSatisfying(
            NetlinkException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    assertThat(nftables.elements(INET, "t", "a", SetKind.SINGLE)).isEmpty();
    assertThat(nftables.generation()).isEqualTo(generation);
  }

  @Test
  void whatSomebodyChangedSinceIsNotOverwritten() {
    sets();
    int generation = nftables.generation();
    netns.ok("nft", "add", "table", "ip", "other");
    List<Request> one =
        TableCodec.add(INET, "t", "a", SetKind.SINGLE, List.of(SetElement.of(octets("0a000001"))));
    assertThat(nftables.commit(generation, one)).isFalse();
    assertThat(nftables.elements(INET, "t", "a", SetKind.SINGLE)).isEmpty();
    assertThat(nftables.commit(nftables.generation(), one)).isTrue();
  }

  @Test
  void tenThousandElementsFit() {
    sets();
    List<SetElement> many = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      many.add(range("0a%04x00".formatted(i), "0a%04x7f".formatted(i)));
    }
    assertThat(
            nftables.commit(
                nftables.generation(), TableCodec.add(INET, "t", "b", SetKind.INTERVAL, many)))
        .isTrue();
    assertThat(nftables.elements(INET, "t", "b", SetKind.INTERVAL)).hasSize(10_000);
  }

  @Test
  void tablesChainsAndRulesAreListed() {
    netns.ok(
        "nft",
        "table inet t { comment \"ours\"; chain k { type filter hook forward priority -10; policy"
            + " drop; ip saddr 10.0.0.1 accept; counter drop comment \"last\"; }; chain l { }; }");
    netns.ok("nft", "add", "table", "ip", "other");
    assertThat(nftables.tables())
        .contains(
            new TableEntry(INET, "t", "ours"),
            new TableEntry(ChainEntry.NFPROTO_IPV4, "other", ""));
    assertThat(nftables.chains(ChainEntry::isBase))
        .containsExactly(
            new ChainEntry(
                INET, "t", "k", "filter", ChainEntry.NF_INET_FORWARD, -10, ChainEntry.NF_DROP));
    List<RuleEntry> rules = nftables.rules(INET, "t");
    assertThat(rules).hasSize(2);
    assertThat(rules.get(1).comment()).isEqualTo("last");
    assertThat(rules.get(1).expressions().get(1).verdict()).hasValue(ChainEntry.NF_DROP);
    List<RuleEntry> one = new ArrayList<>();
    nftables.rules(INET, "t", "k", one::add);
    assertThat(one).isEqualTo(rules);
  }

  @Test
  void eventsNameTheirTable() {
    try (Monitor monitor =
        Netns.call(
            netns.netns(),
            () -> Monitor.open(Netlink.NETLINK_NETFILTER, List.of(Monitor.NFNLGRP_NFTABLES)))) {
      sets();
      netns.ok("nft", "add element inet t a { 10.0.0.1 }");
      netns.ok("nft", "delete", "table", "inet", "t");
      List<MonitorEvent> events = new ArrayList<>();
      while (!events.contains(
          new MonitorEvent.TableEvent(TableCodec.NFT_MSG_DELTABLE, INET, "t"))) {
        events.addAll(monitor.await(Duration.ofSeconds(10)));
      }
      assertThat(events)
          .contains(
              new MonitorEvent.TableEvent(TableCodec.NFT_MSG_NEWTABLE, INET, "t"),
              new MonitorEvent.TableEvent(TableCodec.NFT_MSG_NEWSET, INET, "t"),
              new MonitorEvent.TableEvent(TableCodec.NFT_MSG_NEWSETELEM, INET, "t"))
          .allMatch(MonitorEvent.TableEvent.class::isInstance);
    }
  }

  @Test
  void aCommentIsARule() {
    netns.ok("nft", "table inet t { chain k { counter; }; }");
    assertThat(
            nftables.commit(
                nftables.generation(),
                List.of(
                    TableCodec.flush(INET, "t", "k"),
                    TableCodec.comment(INET, "t", "k", "a word"))))
        .isTrue();
    assertThat(nftables.rules(INET, "t")).containsExactly(new RuleEntry("k", List.of(), "a word"));
    assertThat(netns.ok("nft", "list", "table", "inet", "t")).contains("comment \"a word\"");
  }
}
