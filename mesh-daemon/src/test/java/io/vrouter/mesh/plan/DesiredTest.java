package io.vrouter.mesh.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MemberState;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Overlay;
import io.vrouter.mesh.record.Subnet;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DesiredTest {
  private static final Observed EMPTY = Observed.NOTHING;
  private static final Vni OTHER = new Vni(2000);

  @Test
  void theWholePlanAsText() {
    String mac2 = VtepMac.of(Worlds.id(2), Worlds.VNI).toString();
    String mac3 = VtepMac.of(Worlds.id(3), Worlds.VNI).toString();
    assertThat(plan(world(Worlds.peer(2, "172.31.0.0/16"), Worlds.peer(3, "172.22.0.0/16"))))
        .isEqualTo(
            """
            set nft table inet vrouter: 1 VNIs, 3 known prefixes
            add link vxlan1000 type vxlan id 1000 local 192.0.2.1 dstport 4789 learning limit 4096 \
            address MAC1 mtu 1450 alias 'vrouter 00000000000000010000000000000001'
            set link dev vxlan1000 forwarding 1 rp_filter 2 promote_secondaries 1
            add address 10.1.1.1/24 dev vxlan1000
            append fdb 00:00:00:00:00:00 dev vxlan1000 dst 192.0.2.2
            append fdb 00:00:00:00:00:00 dev vxlan1000 dst 192.0.2.3
            replace fdb MAC2 dev vxlan1000 dst 192.0.2.2
            replace fdb MAC3 dev vxlan1000 dst 192.0.2.3
            replace neighbor 10.1.1.2 lladdr MAC2 dev vxlan1000
            replace neighbor 10.1.1.3 lladdr MAC3 dev vxlan1000
            set link vxlan1000 up
            add route 172.22.0.0/16 via 10.1.1.3 dev vxlan1000 onlink proto 158 metric 158
            add route 172.31.0.0/16 via 10.1.1.2 dev vxlan1000 onlink proto 158 metric 158
            """
                .replace("MAC1", VtepMac.of(Worlds.id(1), Worlds.VNI).toString())
                .replace("MAC2", mac2)
                .replace("MAC3", mac3));
  }

  @Property(tries = 200)
  void theOrderOfPeersMakesNoDifference(@ForAll long seed) {
    Random random = new Random(seed);
    List<RemoteHost> peers = new ArrayList<>();
    for (int host = 2; host < 8; host++) {
      String prefix = "172." + (16 + random.nextInt(4)) + ".0.0/16";
      int overlay = 2 + random.nextInt(5);
      peers.add(
          Worlds.peer(
              host,
              List.of(MemberState.values()).get(random.nextInt(6)),
              Worlds.record(
                  host, "192.0.2." + host, "10.1.1." + overlay, 1 + random.nextInt(3), prefix)));
    }
    Desired desired = Desired.of(world(peers.toArray(RemoteHost[]::new)));
    Collections.shuffle(peers, random);
    assertThat(Desired.of(world(peers.toArray(RemoteHost[]::new)))).isEqualTo(desired);
  }

  @Test
  void suspectAndRestartingPeersKeepTheirPathAndTheOthersDont() {
    for (MemberState state : MemberState.values()) {
      Desired desired =
          Desired.of(world(Worlds.peer(2, state, Worlds.record(2, 1, "172.31.0.0/16"))));
      assertThat(desired.kernel().routes()).as("%s", state).hasSize(state.keepsDataPath() ? 1 : 0);
      assertThat(desired.kernel().fdb()).as("%s", state).hasSize(state.keepsDataPath() ? 1 : 0);
    }
  }

  @Test
  void aPrefixOfTwoHasOneWinnerAndBothSidesAreNamed() {
    RemoteHost older = Worlds.peer(3, MemberState.ALIVE, Worlds.record(3, 1, "172.31.0.0/16"));
    RemoteHost newer = Worlds.peer(2, MemberState.ALIVE, Worlds.record(2, 2, "172.31.128.0/17"));
    Desired desired = Desired.of(world(newer, older));
    assertThat(desired.kernel().routes())
        .singleElement()
        .satisfies(route -> assertThat(route.node()).isEqualTo(Worlds.id(3)));
    assertThat(desired.conflicts())
        .singleElement()
        .hasToString(
            "172.31.128.0/17 of host2 (00000000) loses to 172.31.0.0/16 of host3 (00000000) in VNI"
                + " 1000");
    assertThat(desired.rejected())
        .singleElement()
        .satisfies(it -> assertThat(it.state()).isEqualTo(RouteState.CONFLICT));
    assertThat(desired.problems()).extracting(Problem::code).containsExactly("prefix-conflict");
  }

  @Test
  void aPrefixThatWouldCutAHostOffIsRefusedAndToldOnBothSides() {
    String covers = "10.98.0.0/24";
    Underlay underlay = new Underlay(Worlds.ip("10.98.0.1"), 1500, 2);
    Desired sender =
        Desired.of(
            PlanInput.of(
                Worlds.local(underlay, LocalState.Options.defaults(), Worlds.network(covers, null)),
                Worlds.claims("10.1.1.1", covers),
                List.of(Worlds.peer(2, "172.31.0.0/16")),
                ForeignRoutes.NONE));
    assertThat(sender.record().subnets()).as("not told to others").isEmpty();
    assertThat(sender.rejected())
        .singleElement()
        .satisfies(it -> assertThat(it.node()).isEqualTo(Worlds.id(1)));
    assertThat(sender.problems())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.code()).isEqualTo("prefix-covers-underlay");
              assertThat(it.message())
                  .contains("net (10.98.0.0/24) is not advertised", "underlay address 10.98.0.");
              assertThat(it.fix()).contains("another subnet");
            });

    Desired receiver =
        Desired.of(
            PlanInput.of(
                Worlds.local(underlay, LocalState.Options.defaults()),
                Worlds.claims("10.1.1.1"),
                List.of(Worlds.peer(2, covers)),
                ForeignRoutes.NONE));
    assertThat(receiver.kernel().routes()).isEmpty();
    assertThat(receiver.rejected())
        .singleElement()
        .satisfies(it -> assertThat(it.reason()).contains("underlay address 10.98.0."));
    assertThat(receiver.problems())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.message()).startsWith("10.98.0.0/24 of host2 gets no route here");
              assertThat(it.fix()).contains("give the network on host2 another subnet");
            });
  }

  @Test
  void aLostOwnPrefixIsStillToldButNotOpened() {
    RemoteHost older = Worlds.peer(0, MemberState.ALIVE, Worlds.record(9, 1, "172.30.0.0/16"));
    Desired desired = Desired.of(world(older));
    assertThat(desired.record().subnets()).hasSize(1);
    assertThat(desired.kernel().firewall().zones())
        .allSatisfy(zone -> assertThat(zone.local()).isEmpty());
    assertThat(desired.problems()).extracting(Problem::code).contains("prefix-conflict");
  }

  @Test
  void onlyWhoHoldsAnOverlayAddressGetsAPath() {
    RemoteHost holder = Worlds.peer(2, "172.31.0.0/16");
    RemoteHost loser =
        Worlds.peer(
            3, MemberState.ALIVE, Worlds.record(3, "192.0.2.3", "10.1.1.2", 9, "172.22.0.0/16"));
    RemoteHost none =
        Worlds.peer(
            4,
            MemberState.ALIVE,
            new HostRecord(
                "host4",
                "test",
                Worlds.ip("192.0.2.4"),
                4789,
                List.of(),
                Worlds.record(4, 1, "172.23.0.0/16").subnets()));
    Desired desired = Desired.of(world(holder, loser, none));
    assertThat(desired.kernel().floods())
        .containsExactly(new Wanted.Flood("vxlan1000", Worlds.ip("192.0.2.2")));
    assertThat(desired.kernel().routes()).hasSize(1);
    assertThat(desired.rejected()).hasSize(2);
    assertThat(desired.conflicts())
        .singleElement()
        .satisfies(it -> assertThat(it.kind()).isEqualTo(Conflict.ClaimKind.OVERLAY));
  }

  @Test
  void vnisAreIsolated() {
    LocalState local =
        new LocalState(
            Worlds.id(1),
            "host1",
            "test",
            new Underlay(Worlds.ip("192.0.2.1"), 9000, 2),
            4789,
            List.of(
                new LocalVni(Worlds.VNI, Worlds.OVERLAY, null),
                new LocalVni(OTHER, Prefix.parse("10.2.2.0/24"), null)),
            List.of(),
            LocalState.Options.defaults());
    HostRecord both =
        new HostRecord(
            "host2",
            "test",
            Worlds.ip("192.0.2.2"),
            4789,
            List.of(new Overlay(OTHER, Worlds.ip("10.2.2.2"), 1)),
            List.of(
                new Subnet(Prefix.parse("172.31.0.0/16"), OTHER, "n", "s", null, 1),
                new Subnet(Prefix.parse("172.22.0.0/16"), Worlds.VNI, "n", "s", null, 1),
                new Subnet(Prefix.parse("172.23.0.0/16"), new Vni(3000), "n", "s", null, 1)));
    Desired desired =
        Desired.of(
            PlanInput.of(
                local,
                OwnClaims.NONE,
                List.of(Worlds.peer(2, MemberState.ALIVE, both)),
                ForeignRoutes.NONE));
    assertThat(desired.kernel().devices())
        .extracting(Wanted.Device::device)
        .containsExactly("vxlan1000", "vxlan2000");
    assertThat(desired.kernel().devices()).allSatisfy(it -> assertThat(it.mtu()).isEqualTo(8950));
    assertThat(desired.kernel().floods())
        .extracting(Wanted.Flood::device)
        .containsExactly("vxlan2000");
    assertThat(desired.kernel().routes())
        .singleElement()
        .satisfies(it -> assertThat(it.device()).isEqualTo("vxlan2000"));
    assertThat(desired.kernel().firewall().zones())
        .filteredOn(zone -> zone.vni().equals(Worlds.VNI))
        .allSatisfy(zone -> assertThat(zone.peers()).isEmpty());
  }

  @Test
  void apeerThatCannotBeReachedIsNamedWithWhatToDo() {
    assertThat(Desired.of(world(Worlds.peer(2, MemberState.ALIVE, record("192.0.2.1", 4789)))))
        .satisfies(
            desired ->
                assertThat(desired.problems())
                    .as("another's word on this host's address is no fault of this host")
                    .noneMatch(Problem::unhealthy)
                    .extracting(Problem::code)
                    .containsExactly("underlay-duplicate"));
    assertThat(codes(record("2001:db8::2", 4789))).contains("underlay-family");
    assertThat(codes(record("192.0.2.2", 8472))).contains("vxlan-port-differs");
    assertThat(codes(Worlds.record(2, "192.0.2.2", "10.9.9.9", 1)))
        .contains("overlay-subnet-differs");
  }

  @Test
  void whatWasKnownStaysBoundToTheMeshUnlessItIsRoutedHere() {
    Set<Prefix> known = Set.of(Prefix.parse("172.31.0.0/16"), Prefix.parse("172.17.0.0/16"));
    ForeignRoutes docker =
        new ForeignRoutes(
            List.of(new ForeignRoutes.Occupied(Prefix.parse("172.17.0.0/16"), "docker0", true)),
            Set.of());
    PlanInput world =
        new PlanInput(Worlds.local(), OwnClaims.NONE, List.of(), Map.of(), docker, known);
    Desired desired = Desired.of(world);
    assertThat(desired.kernel().firewall().known()).containsExactly(Prefix.parse("172.31.0.0/16"));
    assertThat(desired.known()).containsExactlyInAnyOrderElementsOf(known);
  }

  private static List<String> codes(HostRecord record) {
    return Desired.of(world(Worlds.peer(2, MemberState.ALIVE, record))).problems().stream()
        .map(Problem::code)
        .toList();
  }

  private static HostRecord record(String underlay, int port) {
    return new HostRecord("host2", "test", Worlds.ip(underlay), port, List.of(), List.of());
  }

  /** With an operator's policy the WireGuard devices were lost in the copy. */
  @Test
  void aCopyWithRejectionsKeepsAllElse() throws ReflectiveOperationException {
    Desired whole = Desired.of(world());
    Rejected more =
        new Rejected(
            Prefix.parse("172.29.0.0/16"), new Vni(1000), Worlds.id(2), RouteState.MISSING, "no");
    Desired copy = whole.rejecting(List.of(more));
    for (RecordComponent part : Desired.class.getRecordComponents()) {
      Object before = part.getAccessor().invoke(whole);
      Object after = part.getAccessor().invoke(copy);
      if (part.getName().equals("rejected")) {
        assertThat(after).isEqualTo(List.of(more));
      } else {
        assertThat(after).as(part.getName()).isEqualTo(before);
      }
    }
  }

  private static PlanInput world(RemoteHost... peers) {
    return PlanInput.of(
        Worlds.local(Worlds.network("172.30.0.0/16", null)),
        Worlds.claims("10.1.1.1", "172.30.0.0/16"),
        List.of(peers),
        Worlds.connected("172.30.0.0/16", "br-mesh"));
  }

  private static String plan(PlanInput world) {
    return Planner.plan(Desired.of(world), EMPTY.with(new Observed.Firewall(false, true))).text();
  }
}
