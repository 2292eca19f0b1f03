package io.vrouter.mesh.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.MemberState;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.RemoteHost;
import io.vrouter.mesh.plan.RouteState;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.wire.IfLink;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a member's word can and can't do to the claims that work here. */
class ClaimsLoopTest {
  private static final Prefix PREFIX = Prefix.parse("172.31.0.0/16");

  private final FakeKernel kernel = new FakeKernel();
  private final RemoteHost owner = claim(2, "10.1.1.2", 7, "172.31.0.0/16");
  private Host host;

  @BeforeEach
  void start() {
    host = Host.withBridge(kernel);
  }

  @Test
  void whoeverWorksHereIsNotDisplacedByALowerNumber() {
    host.peers(owner);
    host.settle();
    host.elapse(Duration.ofSeconds(10));
    RemoteHost thief = claim(3, "10.1.1.2", 1, "172.31.0.0/16", "172.30.0.0/16");
    host.peers(owner, thief);
    host.settle();
    assertThat(host.lines("route 172.31.0.0/16")).singleElement().asString().contains("10.1.1.2");
    assertThat(installed()).isEqualTo(2);
    assertThat(policy().zones()).allSatisfy(zone -> assertThat(zone.local()).hasSize(1));
    assertThat(host.snapshot().conflicts()).as("the operator sees it").hasSize(3);

    host.start();
    host.settle();
    host.elapse(Duration.ofSeconds(1));
    assertThat(installed()).as("after a restart of this daemon").isEqualTo(2);
  }

  @Test
  void thisHostsOverlayAddressIsNotTakenByALowerNumber() {
    host.peers(owner);
    host.settle();
    host.elapse(Duration.ofSeconds(10));
    host.peers(owner, claim(3, "10.1.1.1", 1));
    host.settle();
    host.elapse(Duration.ofSeconds(10));
    assertThat(host.lines("address 10.1.1.")).containsExactly("address 10.1.1.1/24 dev vxlan1000");
  }

  @Test
  void theOverlaySubnetMovesAwayFromWhatThisHostReachesAndNoRouteIsMissingMeanwhile() {
    LocalState.Options floating =
        new LocalState.Options(
            158, 7952, List.of(), Set.of(), List.of(), Encryption.NONE, 51_820, Worlds.VNI);
    host.local(Worlds.local(floating, Worlds.network("172.30.0.0/16", null)));
    host.peers(owner);
    host.settle();
    assertThat(host.lines("address 10.1.1.")).hasSize(1);
    Link lan = kernel.seed(Link.of(0, "lan2", LinkInfo.of("dummy")));
    kernel.seed(lan.withFlags(lan.flags() | IfLink.IFF_UP));
    kernel.seed(Address.of(lan.index(), Worlds.ip("10.1.1.200"), 24));
    host.pass(Cause.KERNEL);
    host.elapse(Duration.ofSeconds(1));
    assertThat(host.lines("dev vxlan1000").stream().filter(it -> it.startsWith("address")).toList())
        .as("the new address besides the former one")
        .hasSize(2)
        .anyMatch(line -> line.contains("10.113.77."));
    assertThat(installed()).as("the peer's path stays").isEqualTo(2);
    host.elapse(Duration.ofSeconds(3));
    assertThat(host.lines("dev vxlan1000").stream().filter(it -> it.startsWith("address")).toList())
        .singleElement()
        .asString()
        .contains("10.113.77.");
    assertThat(host.problems()).doesNotContain("overlay-subnet-in-use", "overlay-subnet-differs");
    assertThat(installed()).isEqualTo(2);
  }

  @Test
  void aHostThatWasAloneGivesWayToWhomItMeets() {
    host.settle();
    host.elapse(Duration.ofSeconds(10));
    host.peers(owner, claim(3, "10.1.1.1", 99));
    host.settle();
    host.elapse(Duration.ofSeconds(10));
    assertThat(host.lines("address 10.1.1.")).hasSize(1).doesNotContain("10.1.1.1/24");
  }

  @Test
  void claimsOfTheSameMomentAndOfTwoSidesOfACutAreSettledByTheirNumbers() {
    RemoteHost younger = claim(3, "10.1.1.3", 9, "172.31.0.0/16");
    host.peers(younger);
    host.settle();
    host.peers(younger, owner);
    host.settle();
    host.elapse(Duration.ofSeconds(1));
    assertThat(installed()).as("heard at the same time").isEqualTo(2);

    host.elapse(Duration.ofSeconds(10));
    host.peers(younger, state(owner, MemberState.FAILED));
    host.settle();
    host.elapse(Duration.ofSeconds(10));
    assertThat(installed()).isEqualTo(3);
    host.peers(younger, owner);
    host.settle();
    host.elapse(Duration.ofSeconds(1));
    assertThat(installed()).as("met again after a cut").isEqualTo(2);
    assertThat(host.snapshot().conflicts()).hasSize(1);
  }

  @Test
  void noNumberOfAPeerEndsTheOrderOfClaims() throws Exception {
    host.peers(claim(3, "10.1.1.3", 1L << 53, "172.22.0.0/16"));
    host.settle();
    host.elapse(Duration.ofSeconds(10));
    assertThat(host.store.saved.lamport()).isLessThan(1L << 20);
    assertThat(host.problems()).contains("claim-number-void");
  }

  @Test
  void aWithdrawnPrefixFailsClosedForADayAndIsLetGoByACommand() {
    host.peers(owner);
    host.settle();
    host.elapse(Duration.ofMinutes(1));
    host.peers(claim(2, "10.1.1.2", 7));
    host.settle();
    assertThat(policy().known()).contains(PREFIX);
    assertThat(host.held().list(0)).extracting(KnownPrefix::prefix).containsExactly(PREFIX);

    host.start();
    host.settle();
    assertThat(policy().known()).as("over a restart").contains(PREFIX);
    assertThat(host.held().forget(PREFIX)).isTrue();
    host.settle();
    assertThat(policy().known()).doesNotContain(PREFIX);
    host.start();
    host.settle();
    assertThat(policy().known()).doesNotContain(PREFIX);
  }

  @Test
  void aPrefixThatWasToldByMistakeForAMomentClosesNothing() {
    host.peers(owner);
    host.settle();
    host.elapse(Duration.ofSeconds(4));
    host.peers(claim(2, "10.1.1.2", 7));
    host.settle();
    assertThat(policy().known()).as("for a moment").contains(PREFIX);
    host.elapse(Duration.ofSeconds(11));
    assertThat(policy().known()).doesNotContain(PREFIX);
  }

  @Test
  void aResolverInAPrefixThatTheMeshCarriesIsNoReasonAfterARestart() {
    host.peers(owner);
    host.settle();
    host.elapse(Duration.ofSeconds(10));
    host.local(
        Worlds.local(
            new LocalState.Options(
                158, 7952, List.of(), java.util.Set.of(Worlds.ip("172.31.0.53"))),
            Worlds.network("172.30.0.0/16", null)));
    host.settle();
    assertThat(installed()).isEqualTo(2);
    host.start();
    host.settle();
    assertThat(installed()).isEqualTo(2);
  }

  @Test
  void whatFitsIsToldWithdrawalsFirstAndTheNextStartWorks() throws Exception {
    LocalNetwork[] networks =
        IntStream.range(0, 128).mapToObj(this::network).toArray(LocalNetwork[]::new);
    host.local(Worlds.local(networks));
    host.settle();
    int fit = host.membership.told().subnets().size();
    assertThat(fit).isBetween(50, 127);
    assertThat(host.problems()).containsExactly("record-too-large");
    assertThat(host.firstPayload().length()).isLessThanOrEqualTo(16 * 1024);
    host.start();
    assertThat(host.firstPayload().length()).isLessThanOrEqualTo(16 * 1024);
    host.settle();

    host.local(Worlds.local(java.util.Arrays.copyOf(networks, 10)));
    host.settle();
    assertThat(host.membership.told().subnets()).hasSize(10);
    assertThat(host.problems()).isEmpty();
  }

  private LocalNetwork network(int number) {
    Link bridge = kernel.seed(Link.of(0, "br" + number, LinkInfo.of("bridge")));
    kernel.seed(bridge.withFlags(bridge.flags() | IfLink.IFF_UP));
    kernel.seed(Address.of(bridge.index(), Worlds.ip("10.9." + number + ".1"), 24));
    return new LocalNetwork(
        Prefix.parse("10.9." + number + ".0/24"),
        Worlds.VNI,
        "br" + number,
        Worlds.ip("10.9." + number + ".1"),
        ("pr-" + number + "-some-branch-name_").repeat(3).substring(0, 60),
        ("stack-" + number + "-some-branch-name_").repeat(3).substring(0, 60));
  }

  private long installed() {
    return host.snapshot().routes().stream()
        .filter(it -> it.prefix().equals(PREFIX) && it.state() == RouteState.INSTALLED)
        .mapToLong(it -> it.node().high())
        .sum();
  }

  private static RemoteHost state(RemoteHost peer, MemberState state) {
    return new RemoteHost(peer.id(), state, peer.record());
  }

  private static RemoteHost claim(int host, String overlay, long number, String... prefixes) {
    return Worlds.peer(
        host, MemberState.ALIVE, Worlds.record(host, "192.0.2." + host, overlay, number, prefixes));
  }

  private FirewallPolicy policy() {
    return Objects.requireNonNull(host.firewall.policy);
  }
}
