package io.vrouter.mesh.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MemberState;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.mesh.record.Subnet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one record can take from a host, and what the host's other networks can. */
class AdmissionTest {
  private static final String OURS = "172.30.0.0/16";

  @ParameterizedTest
  @ValueSource(strings = {"8.0.0.0/8", "8.0.0.0/12", "8.8.8.0/24", "168.63.129.16/32"})
  void noPublicPrefixOfAPeerIsRouted(String prefix) {
    Desired desired = Desired.of(world(Worlds.peer(2, "172.31.0.0/16", prefix)));
    assertThat(routes(desired)).containsExactly("172.31.0.0/16");
    assertThat(desired.kernel().firewall().known()).hasSize(2);
    assertThat(desired.problems())
        .singleElement()
        .satisfies(it -> assertThat(it.message()).startsWith(prefix + " of host2 gets no route"));
  }

  @Test
  void whatTheReceiverAcceptsIsRouted() {
    LocalState.Options options =
        new LocalState.Options(
            158, 7952, List.of(), Set.of(), List.of(Prefix.parse("203.0.112.0/22")));
    Desired desired =
        Desired.of(
            world(
                Worlds.local(options, Worlds.network(OURS, null)),
                Worlds.connected(OURS, "br-mesh"),
                Set.of(),
                Worlds.peer(2, "203.0.113.0/24")));
    assertThat(routes(desired)).containsExactly("203.0.113.0/24");
    assertThat(desired.problems()).isEmpty();
  }

  @Test
  void aPublicNetworkOfThisHostIsNotToldAndTheProblemNamesIt() {
    Desired desired =
        Desired.of(
            new PlanInput(
                Worlds.local(Worlds.network("8.8.8.0/24", "br-x")),
                Worlds.claims("10.1.1.1", "8.8.8.0/24"),
                List.of(),
                Map.of(),
                Worlds.connected("8.8.8.0/24", "br-x"),
                Set.of()));
    assertThat(desired.record().subnets()).isEmpty();
    assertThat(desired.problems())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.code()).isEqualTo("prefix-public");
              assertThat(it.message()).contains("network net (8.8.8.0/24) is not advertised");
              assertThat(it.fix()).contains("--accept-prefix 8.8.8.0/24");
            });
  }

  @Test
  void refusedPrefixesOfOneOriginAreOneProblem() {
    String[] all =
        IntStream.range(0, 120)
            .mapToObj(i -> (i % 2 == 0 ? "8.8." : "172.30.") + i + ".0/24")
            .toArray(String[]::new);
    Desired desired =
        Desired.of(
            world(
                Worlds.peer(2, MemberState.ALIVE, Worlds.record(2, 9, all)),
                Worlds.peer(3, "9.9.9.0/24")));
    assertThat(routes(desired)).isEmpty();
    assertThat(desired.problems())
        .extracting(Problem::code)
        .containsExactly("prefix-conflict", "prefix-public", "prefix-public");
    assertThat(desired.problems().get(0).message()).endsWith("59 more prefixes of host2 lose");
    assertThat(desired.problems().get(1).message())
        .startsWith("8.8.0.0/24 of host2 and 59 more of its prefixes get no route here");
  }

  @Test
  void aRecordHasRoomForSoManyPrefixesAndAddresses() {
    String[] many =
        IntStream.range(0, 200).mapToObj(i -> "10.9." + i + ".0/24").toArray(String[]::new);
    assertThat(routes(Desired.of(world(Worlds.peer(2, many))))).hasSize(PrefixBudget.MAX_PREFIXES);
    String[] wide = {"10.16.0.0/12", "10.32.0.0/12", "10.48.0.0/12", "172.31.0.0/16"};
    assertThat(routes(Desired.of(world(Worlds.peer(2, wide)))))
        .containsExactly("10.16.0.0/12", "10.32.0.0/12");
  }

  @Test
  void allRecordsTogetherFillNoRoutingTable() {
    List<RemoteHost> peers = new ArrayList<>();
    for (int host = 2; host < 42; host++) {
      int at = host;
      peers.add(
          Worlds.peer(
              host,
              IntStream.range(0, 128)
                  .mapToObj(i -> "10.%d.%d.0/24".formatted(at + 10, i))
                  .toArray(String[]::new)));
    }
    Desired desired = Desired.of(world(peers.toArray(RemoteHost[]::new)));
    assertThat(desired.kernel().routes()).hasSize(Admission.MAX_HELD - 1);
    assertThat(desired.record().subnets()).hasSize(1);
    assertThat(desired.problems()).extracting(Problem::code).containsOnly("prefix-quota");
    assertThat(desired.problems()).hasSizeLessThan(12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0/1 128.0.0.0/1", "172.16.0.0/12", "160.0.0.0/3"})
  void aShorterRouteOfThisHostTakesNothingOutOfUse(String foreign) {
    List<ForeignRoutes.Occupied> routes = new ArrayList<>();
    routes.addAll(Worlds.connected(OURS, "br-mesh").routes());
    for (String device : List.of("tun0", "")) {
      Arrays.stream(foreign.split(" "))
          .forEach(it -> routes.add(new ForeignRoutes.Occupied(Prefix.parse(it), device, false)));
    }
    Set<Prefix> withdrawn = Set.of(Prefix.parse("172.22.0.0/16"));
    Desired desired =
        Desired.of(
            new PlanInput(
                Worlds.local(Worlds.network(OURS, "br-mesh")),
                Worlds.claims("10.1.1.1", OURS),
                List.of(Worlds.peer(2, "172.31.0.0/16")),
                Map.of(),
                new ForeignRoutes(routes, Set.of(Worlds.ip("10.8.0.1"))),
                withdrawn));
    assertThat(desired.record().subnets()).hasSize(1);
    assertThat(routes(desired)).containsExactly("172.31.0.0/16");
    assertThat(desired.kernel().firewall().known()).as("fails closed").containsAll(withdrawn);
    assertThat(desired.problems()).isEmpty();
  }

  @Test
  void theIpv6HalfOfADualStackNetworkIsNoFault() {
    LocalState local =
        Worlds.local(Worlds.network(OURS, "br-mesh"), Worlds.network("fd00:30::/64", "br-mesh"));
    Desired desired =
        Desired.of(
            new PlanInput(
                local,
                Worlds.claims("10.1.1.1", OURS, "fd00:30::/64"),
                List.of(),
                Map.of(),
                Worlds.connected(OURS, "br-mesh"),
                Set.of()));
    assertThat(desired.record().subnets()).hasSize(1);
    assertThat(desired.problems()).isEmpty();
    assertThat(desired.rejected())
        .singleElement()
        .satisfies(it -> assertThat(it.reason()).contains("another IP version"));
  }

  @Test
  void aPeersIpv6PrefixIsANoteAndHidesNoFault() {
    Desired desired =
        Desired.of(world(Worlds.peer(2, "fd00:31::/64", "172.31.0.0/16", "10.0.0.0/8")));
    assertThat(routes(desired)).containsExactly("172.31.0.0/16");
    assertThat(desired.problems())
        .extracting(problem -> problem.code() + " " + problem.severity())
        .containsExactly("prefix-too-short error", "prefix-family note");
  }

  @Test
  void anIpv6OnlyNetworkIsAProblem() {
    Desired desired =
        Desired.of(
            PlanInput.of(
                Worlds.local(Worlds.network("fd00:30::/64", "br-mesh")),
                Worlds.claims("10.1.1.1", "fd00:30::/64"),
                List.of(),
                ForeignRoutes.NONE));
    assertThat(desired.problems()).extracting(Problem::code).containsExactly("prefix-family");
  }

  @Test
  void anUnderlayThatIsNotTheSignedEndpointHasNoDataPath() {
    RemoteHost peer =
        new RemoteHost(
            Worlds.id(2),
            MemberState.ALIVE,
            Worlds.record(2, "172.30.0.9", "10.1.1.2", 1, "172.31.0.0/16"),
            Worlds.ip("192.0.2.2"));
    Desired desired = Desired.of(world(peer, Worlds.peer(3, "172.22.0.0/16")));
    assertThat(desired.record().subnets()).as("no veto of this host's network").hasSize(1);
    assertThat(routes(desired)).containsExactly("172.22.0.0/16");
    assertThat(desired.kernel().floods()).hasSize(1);
    assertThat(desired.problems()).extracting(Problem::code).containsExactly("underlay-mismatch");
  }

  @Test
  void aNewcomersUnderlayInsideAHeldPrefixRefusesTheNewcomer() {
    RemoteHost newcomer =
        Worlds.peer(4, MemberState.ALIVE, Worlds.record(4, "172.30.0.9", "10.1.1.4", 1));
    RemoteHost other =
        Worlds.peer(5, MemberState.FAILED, Worlds.record(5, "172.31.0.9", "10.1.1.5", 1));
    Desired desired =
        Desired.of(
            world(
                Worlds.local(Worlds.network(OURS, "br-mesh")),
                Worlds.connected(OURS, "br-mesh"),
                Set.of(holding(1, OURS), holding(2, "172.31.0.0/16")),
                Worlds.peer(2, "172.31.0.0/16"),
                newcomer,
                other));
    assertThat(desired.record().subnets()).hasSize(1);
    assertThat(routes(desired)).containsExactly("172.31.0.0/16");
    assertThat(desired.kernel().floods()).hasSize(1);
    assertThat(desired.problems()).extracting(Problem::code).containsExactly("underlay-in-prefix");
  }

  @Test
  void noPrefixCoversTheAddressOfAMemberThatFailed() {
    RemoteHost failed =
        Worlds.peer(3, MemberState.FAILED, Worlds.record(3, "10.98.0.7", "10.1.1.3", 1));
    Desired desired = Desired.of(world(failed, Worlds.peer(2, "10.98.0.0/24")));
    assertThat(routes(desired)).isEmpty();
    assertThat(desired.problems())
        .extracting(Problem::code)
        .containsExactly("prefix-covers-underlay");
  }

  @Test
  void aClaimThatStandsIsNotDisplacedByAnOlderNumber() {
    RemoteHost owner = Worlds.peer(2, MemberState.ALIVE, Worlds.record(2, 7, "172.31.0.0/16"));
    RemoteHost thief =
        Worlds.peer(
            3,
            MemberState.ALIVE,
            Worlds.record(3, "192.0.2.3", "10.1.1.2", 1, "172.31.0.0/17", OURS));
    PlanInput silent = world(owner, thief);
    assertThat(Desired.of(silent).kernel().routes())
        .as("numbers decide among claims of the same moment")
        .noneMatch(it -> it.node().equals(Worlds.id(2)));

    Set<Holding> standing =
        Set.of(
            holding(1, OURS),
            holding(2, "172.31.0.0/16"),
            new Holding(
                Conflict.ClaimKind.OVERLAY, Worlds.id(2), Worlds.VNI, Prefix.parse("10.1.1.2/32")));
    Desired desired =
        Desired.of(world(silent.local(), silent.surroundings(), standing, owner, thief));
    assertThat(routes(desired)).containsExactly("172.31.0.0/16");
    assertThat(desired.kernel().neighbors())
        .containsExactly(
            new Wanted.Neighbor(
                "vxlan1000", Worlds.ip("10.1.1.2"), VtepMac.of(Worlds.id(2), Worlds.VNI)));
    assertThat(desired.conflicts()).hasSize(3);
    assertThat(desired.kernel().firewall().zones())
        .allSatisfy(it -> assertThat(it.local()).hasSize(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1.1.0/24 eth1 connected",
        "10.1.0.0/16 eth1 connected",
        "10.1.1.128/25 eth1 routed",
        "10.1.1.0/24 eth1 routed"
      })
  void anOverlaySubnetThatThisHostUsesGetsNoDevice(String text) {
    String[] words = text.split(" ", -1);
    ForeignRoutes lan =
        new ForeignRoutes(
            List.of(
                new ForeignRoutes.Occupied(
                    Prefix.parse(words[0]), words[1], words[2].equals("connected")),
                new ForeignRoutes.Occupied(Prefix.parse(OURS), "br-mesh", true)),
            Set.of());
    Desired desired =
        Desired.of(
            world(
                Worlds.local(Worlds.network(OURS, "br-mesh")),
                lan,
                Set.of(),
                Worlds.peer(2, "172.31.0.0/16")));
    assertThat(desired.kernel().devices()).isEmpty();
    assertThat(desired.kernel().addresses()).isEmpty();
    assertThat(desired.kernel().routes()).isEmpty();
    assertThat(desired.record().overlays()).isEmpty();
    assertThat(desired.record().subnets()).isEmpty();
    assertThat(desired.kernel().firewall().zones()).isEmpty();
    assertThat(desired.problems())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.code()).isEqualTo("overlay-subnet-in-use");
              assertThat(it.message()).contains("VNI 1000", "vrouter.vni=1000", words[0]);
              assertThat(it.fix()).contains("--vxlan-subnet");
            });
  }

  @Test
  void aConfiguredPrefixOfAnotherLengthIsOnTheBridgesThatOverlapIt() {
    ForeignRoutes bridges =
        new ForeignRoutes(
            List.of(
                new ForeignRoutes.Occupied(Prefix.parse("172.30.0.0/24"), "br-a", true),
                new ForeignRoutes.Occupied(Prefix.parse("172.30.1.0/24"), "br-b", true)),
            Set.of());
    Desired desired =
        Desired.of(world(Worlds.local(Worlds.network(OURS, null)), bridges, Set.of()));
    assertThat(desired.record().subnets()).hasSize(1);
    assertThat(desired.kernel().firewall().zones())
        .singleElement()
        .satisfies(
            zone ->
                assertThat(zone.local())
                    .extracting(FirewallPolicy.GuardedNetwork::device)
                    .containsExactly("br-a", "br-b"));
    assertThat(desired.kernel().forwarding())
        .extracting(Wanted.Forwarding::device)
        .containsExactly("vxlan1000", "br-a", "br-b");
  }

  @Test
  void aNetworkWithoutADeviceIsNotToldAndRefusesNothing() {
    Desired desired =
        Desired.of(
            world(
                Worlds.local(Worlds.network(OURS, null)),
                Worlds.connected("172.29.0.0/16", "br-b"),
                Set.of()));
    assertThat(desired.record().subnets()).isEmpty();
    assertThat(desired.kernel().firewall().known()).isEmpty();
    assertThat(desired.kernel().firewall().zones())
        .allSatisfy(it -> assertThat(it.local()).isEmpty());
    assertThat(desired.problems())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.code()).isEqualTo("network-no-device");
              assertThat(it.message()).contains(OURS, "172.29.0.0/16 on br-b");
            });
  }

  @Test
  void aHostWithMoreVnisThanARecordTellsIsInTheEldest() {
    List<LocalVni> vnis = new ArrayList<>();
    List<Overlay> overlays = new ArrayList<>();
    List<LocalNetwork> networks = new ArrayList<>();
    Map<Prefix, Long> claims = new HashMap<>();
    for (int i = 0; i < 65; i++) {
      Vni vni = new Vni(1000 + i);
      Prefix subnet = OverlaySubnets.of(Worlds.OVERLAY, Worlds.VNI, vni);
      vnis.add(new LocalVni(vni, subnet, null));
      overlays.add(new Overlay(vni, Worlds.ip("10.1." + (1 + i) + ".1"), 70 - i));
      Prefix prefix = Prefix.parse("172.30." + i + ".0/24");
      networks.add(new LocalNetwork(prefix, vni, "br" + i, null, "net" + i, "stack"));
      claims.put(prefix, 1L + i);
    }
    LocalState local =
        new LocalState(
            Worlds.id(1),
            "host1",
            "test",
            new Underlay(Worlds.ip("192.0.2.1"), 1500, 2),
            4789,
            vnis,
            networks,
            LocalState.Options.defaults());
    Desired desired =
        Desired.of(
            PlanInput.of(
                local,
                new OwnClaims(overlays, List.of(), claims, Set.of()),
                List.of(),
                ForeignRoutes.NONE));
    assertThat(desired.kernel().devices()).hasSize(HostRecord.MAX_OVERLAYS);
    assertThat(desired.record().overlays()).hasSize(HostRecord.MAX_OVERLAYS);
    assertThat(desired.record().subnets()).hasSize(64);
    assertThat(desired.problems())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.code()).isEqualTo("too-many-vnis");
              assertThat(it.message()).contains("1000");
            });
  }

  @Test
  void theNewestNetworksAreLeftOutOfARecordThatCannotHoldAll() {
    int count = PrefixBudget.MAX_PREFIXES + 5;
    LocalNetwork[] networks =
        IntStream.range(0, count)
            .mapToObj(i -> Worlds.network("10.9." + i + ".0/24", "br" + i))
            .toArray(LocalNetwork[]::new);
    Map<Prefix, Long> claims = new HashMap<>();
    IntStream.range(0, count).forEach(i -> claims.put(networks[i].prefix(), 1000L - i));
    Desired desired =
        Desired.of(
            PlanInput.of(
                Worlds.local(networks),
                new OwnClaims(List.of(), List.of(), claims, Set.of()),
                List.of(),
                ForeignRoutes.NONE));
    assertThat(desired.record().subnets())
        .hasSize(PrefixBudget.MAX_PREFIXES)
        .extracting(Subnet::lamport)
        .allMatch(lamport -> lamport <= 1000 - 5);
    assertThat(desired.problems()).extracting(Problem::code).containsExactly("too-many-subnets");
  }

  private static Holding holding(int host, String prefix) {
    return new Holding(
        Conflict.ClaimKind.PREFIX, Worlds.id(host), Worlds.VNI, Prefix.parse(prefix));
  }

  private static List<String> routes(Desired desired) {
    return desired.kernel().routes().stream().map(it -> it.prefix().toString()).toList();
  }

  private static PlanInput world(RemoteHost... peers) {
    return world(
        Worlds.local(Worlds.network(OURS, "br-mesh")),
        Worlds.connected(OURS, "br-mesh"),
        Set.of(),
        peers);
  }

  private static PlanInput world(
      LocalState local, ForeignRoutes surroundings, Set<Holding> standing, RemoteHost... peers) {
    return new PlanInput(
        local,
        Worlds.claims("10.1.1.1", OURS),
        List.of(peers),
        Map.of(),
        surroundings,
        Set.of(),
        standing,
        Map.of());
  }
}
