package io.vrouter.mesh.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.host.HostFacts.Holder;
import io.vrouter.mesh.host.HostFacts.UdpSocket;
import io.vrouter.mesh.model.Problem;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PreflightTest {
  private static final InetAddress UNDERLAY = Addresses.parse("192.0.2.1");
  private static final HostFacts GOOD =
      facts("6.1.0-18-amd64", "Linux version 6.1.0", 1L << 12, true, List.of(), Set.of());

  private static HostFacts facts(
      String release,
      String version,
      long capabilities,
      boolean nft,
      List<UdpSocket> sockets,
      Set<Integer> tunnelPorts) {
    return new HostFacts(release, version, capabilities, nft, sockets, tunnelPorts);
  }

  private static HostFacts with(UdpSocket socket, Set<Integer> tunnelPorts) {
    return facts(
        GOOD.release(), GOOD.version(), GOOD.capabilities(), true, List.of(socket), tunnelPorts);
  }

  private static UdpSocket socket(String local, int port, @Nullable Holder holder) {
    return new UdpSocket(Addresses.parse(local), port, 1, holder);
  }

  private static Preflight check(HostFacts facts) {
    return Preflight.check(facts, 4789, 7950, UNDERLAY);
  }

  private static Problem only(HostFacts facts) {
    assertThat(check(facts).failures()).hasSize(1);
    Problem problem = check(facts).failures().get(0);
    assertThat(problem.fix()).isNotBlank();
    return problem;
  }

  @Test
  void aGoodHostPasses() {
    assertThat(check(GOOD)).isEqualTo(new Preflight(List.of(), List.of()));
  }

  @Test
  void refusesWsl() {
    String release = "5.15.153.1-microsoft-standard-WSL2";
    assertThat(only(facts(release, "x", 1L << 12, true, List.of(), Set.of())))
        .satisfies(
            problem -> {
              assertThat(problem.code()).isEqualTo("wsl");
              assertThat(problem.message()).contains(release);
            });
    String banner = "Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com)";
    HostFacts one = facts("6.1.0", banner, 1L << 12, true, List.of(), Set.of());
    assertThat(only(one).code()).isEqualTo("wsl");
  }

  @Test
  void refusesWithoutNetAdmin() {
    long allButOne = ~(1L << 12);
    HostFacts facts = facts("6.1.0", "", allButOne, true, List.of(), Set.of());
    assertThat(only(facts).code()).isEqualTo("no-net-admin");
  }

  @Test
  void refusesWithoutNft() {
    HostFacts facts = facts("6.1.0", "", 1L << 12, false, List.of(), Set.of());
    assertThat(only(facts).code()).isEqualTo("nft-missing");
  }

  @Test
  void warnsOfAnOldKernel() {
    for (String old : List.of("5.9.16", "4.19.0-27-amd64", "unknown")) {
      HostFacts facts = facts(old, "", 1L << 12, true, List.of(), Set.of());
      assertThat(check(facts).failures()).isEmpty();
      assertThat(check(facts).warnings()).extracting(Problem::code).containsExactly("kernel-old");
    }
    for (String fine : List.of("5.10.0", "5.15.0-rc1", "6.0", "10.1.2")) {
      HostFacts facts = facts(fine, "", 1L << 12, true, List.of(), Set.of());
      assertThat(check(facts).warnings()).as(fine).isEmpty();
    }
  }

  @Test
  void refusesATakenVxlanPortAndNamesWhoHasIt() {
    Problem problem = only(with(socket("127.0.0.1", 4789, new Holder(77, "squatter")), Set.of()));
    assertThat(problem.code()).isEqualTo("vxlan-port-taken");
    assertThat(problem.message()).contains("4789").contains("process 77 (squatter)");
  }

  @Test
  void theKernelsOwnTunnelSocketIsShared() {
    assertThat(check(with(socket("0.0.0.0", 4789, null), Set.of(4789))).failures())
        .as("a VXLAN device is here")
        .isEmpty();
    assertThat(check(with(socket("0.0.0.0", 4789, null), Set.of())).failures())
        .as("no process holds it: a VXLAN device that was moved to another namespace")
        .isEmpty();
    assertThat(check(with(socket("0.0.0.0", 4789, null), Set.of())).failures())
        .as("the same, where processes of others can't be seen")
        .isEmpty();
  }

  @Test
  void aUsersSocketIsNoneOfTheKernelsThoughItsProcessCantBeSeen() {
    UdpSocket users = new UdpSocket(Addresses.parse("0.0.0.0"), 4789, 1, null, 65_534);
    assertThat(only(with(users, Set.of())).message())
        .contains("a process that can't be seen from here of the user 65534");
  }

  @Test
  void aHolderIsNamedWithItsUserAndWithoutControlCharacters() {
    Holder evil = new Holder(77, "\u001b[2Jevil", "mallory");
    assertThat(only(with(socket("127.0.0.1", 4789, evil), Set.of())).message())
        .contains("process 77 (?[2Jevil) of the user mallory");
  }

  @Test
  void refusesATakenGossipPortWhereItMatters() {
    Holder holder = new Holder(5, "other");
    for (String local : List.of("0.0.0.0", "::", "192.0.2.1")) {
      Problem problem = only(with(socket(local, 7950, holder), Set.of()));
      assertThat(problem.code()).isEqualTo("gossip-port-taken");
      assertThat(problem.message()).contains("7950").contains("process 5 (other)");
    }
    HostFacts elsewhere = with(socket("127.0.0.1", 7950, holder), Set.of());
    assertThat(check(elsewhere).failures()).as("another address").isEmpty();
    assertThat(Preflight.check(elsewhere, 4789, 7950, null).failures())
        .as("underlay not known")
        .hasSize(1);
  }

  @Test
  void namesEverythingAtOnce() {
    HostFacts bad =
        facts(
            "4.4.0-Microsoft",
            "",
            0,
            false,
            List.of(
                socket("0.0.0.0", 4789, new Holder(1, "a")),
                socket("0.0.0.0", 7950, new Holder(2, "b"))),
            Set.of());
    assertThat(check(bad).failures())
        .extracting(Problem::code)
        .containsExactly(
            "wsl", "no-net-admin", "nft-missing", "vxlan-port-taken", "gossip-port-taken");
  }
}
