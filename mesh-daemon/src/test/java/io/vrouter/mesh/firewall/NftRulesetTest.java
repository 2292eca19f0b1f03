package io.vrouter.mesh.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.FirewallPolicy.GuardedNetwork;
import io.vrouter.mesh.plan.FirewallPolicy.Remote;
import io.vrouter.mesh.plan.FirewallPolicy.Zone;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.route.MacAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;

/** Any policy renders to text that nft takes, and any two of them can follow each other. */
class NftRulesetTest {
  private static final Space HOST = Space.create();

  @AfterContainer
  static void close() {
    HOST.close();
  }

  @Property(tries = 60)
  void nftTakesWhateverIsRenderedAndListsItBack(
      @ForAll("policies") FirewallPolicy first, @ForAll("policies") FirewallPolicy second)
      throws FirewallException {
    try (NftTable table = MeshLab.table(HOST)) {
      for (FirewallPolicy policy : List.of(first, second)) {
        table.apply(policy);
        assertThat(table.compare(policy)).isEqualTo(NftTable.TableState.CURRENT);
        try (NftTable restarted = MeshLab.table(HOST)) {
          assertThat(restarted.compare(policy))
              .as("adopted after a restart")
              .isEqualTo(NftTable.TableState.CURRENT);
        }
      }
    }
  }

  @Property(tries = 60)
  void elementsAloneTurnOneZoneIntoAnother(@ForAll("zones") Zone zone, @ForAll("peers") Remote peer)
      throws FirewallException {
    FirewallPolicy before = policy(zone);
    Set<Remote> more = new HashSet<>(zone.peers());
    more.add(peer);
    FirewallPolicy after =
        policy(new Zone(zone.vni(), zone.overlaySubnet(), zone.overlays(), zone.local(), more));
    assertThat(NftRuleset.structure(after)).isEqualTo(NftRuleset.structure(before));
    try (NftTable table = MeshLab.table(HOST)) {
      for (FirewallPolicy policy : List.of(before, after, before)) {
        table.apply(policy);
        assertThat(table.compare(policy)).isEqualTo(NftTable.TableState.CURRENT);
      }
    }
  }

  @Test
  void withWireGuardTunnelPacketsComeByItsDeviceOnly() throws FirewallException {
    FirewallPolicy plain = policy(MeshLab.zone1000());
    FirewallPolicy policy =
        new FirewallPolicy(
            plain.vxlanPort(),
            plain.probePort(),
            plain.zones(),
            plain.known(),
            new FirewallPolicy.Outer(
                Set.of("vrwg0"), Set.of(51_820), Set.of(Addresses.parse("192.0.2.2"))));
    assertThat(NftRuleset.structure(policy))
        .contains("iifname @wireguard goto encrypted")
        .contains("iifname != @wireguard ip saddr 240.0.0.0/4 counter drop")
        .contains("oifname != @wireguard ip daddr 240.0.0.0/4 counter drop")
        .contains("udp dport { 51820 } ip saddr != @outer4 counter drop");
    assertThat(NftRuleset.structure(plain)).doesNotContain("wireguard");
    try (NftTable table = MeshLab.table(HOST)) {
      for (FirewallPolicy one : List.of(plain, policy, plain)) {
        table.apply(one);
        assertThat(table.compare(one)).isEqualTo(NftTable.TableState.CURRENT);
      }
    }
  }

  private static FirewallPolicy policy(Zone zone) {
    return new FirewallPolicy(4789, 7952, Set.of(zone), Set.of());
  }

  @Property(tries = 200)
  void equalPoliciesRenderToEqualText(
      @ForAll("policies") FirewallPolicy policy, @ForAll long seed) {
    FirewallPolicy shuffled =
        new FirewallPolicy(
            policy.vxlanPort(),
            policy.probePort(),
            shuffled(policy.zones(), seed),
            shuffled(policy.known(), seed));
    assertThat(shuffled).isEqualTo(policy).hasSameHashCodeAs(policy);
    assertThat(NftRuleset.structure(shuffled)).isEqualTo(NftRuleset.structure(policy));
    assertThat(NftSets.of(shuffled)).isEqualTo(NftSets.of(policy));
  }

  private static <T> Set<T> shuffled(Set<T> set, long seed) {
    List<T> list = new ArrayList<>(set);
    Collections.shuffle(list, new Random(seed));
    return new LinkedHashSet<>(list);
  }

  @Provide
  Arbitrary<FirewallPolicy> policies() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 65_535),
            Arbitraries.integers().between(1, 65_535),
            zones().set().ofMaxSize(3).map(NftRulesetTest::ofDifferentVnis),
            prefixes().set().ofMaxSize(8))
        .as(FirewallPolicy::new);
  }

  private static Set<Zone> ofDifferentVnis(Set<Zone> zones) {
    Set<Zone> different = new HashSet<>();
    Set<Vni> taken = new HashSet<>();
    zones.stream().filter(zone -> taken.add(zone.vni())).forEach(different::add);
    return different;
  }

  @Provide
  Arbitrary<Zone> zones() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 0xFFFFFF).map(Vni::new),
            prefixes(),
            addresses().set().ofMaxSize(2),
            locals().set().ofMaxSize(5),
            peers().set().ofMaxSize(5))
        .as(Zone::new);
  }

  private static Arbitrary<GuardedNetwork> locals() {
    Arbitrary<String> devices =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .numeric()
            .withChars("-_.@")
            .ofMinLength(1)
            .ofMaxLength(15);
    return Combinators.combine(prefixes(), devices.injectNull(0.2), addresses().injectNull(0.2))
        .as(GuardedNetwork::new);
  }

  @Provide
  Arbitrary<Remote> peers() {
    return Combinators.combine(
            Arbitraries.longs().between(1, 3).map(MacAddress::new),
            addresses(),
            addresses().set().ofMaxSize(2),
            prefixes().set().ofMaxSize(4),
            addresses().set().ofMaxSize(2))
        .as(Remote::new);
  }

  /** Few bits vary, so that prefixes nest, touch and repeat. */
  private static Arbitrary<Prefix> prefixes() {
    return Combinators.combine(addresses(), Arbitraries.integers().between(0, 128))
        .as(
            (address, length) ->
                Prefix.of(address, Math.min(length, address.getAddress().length * 8)));
  }

  private static Arbitrary<InetAddress> addresses() {
    return Combinators.combine(
            Arbitraries.of(4, 16),
            Arbitraries.of(10, 172, 253),
            Arbitraries.of(0, 1, 128, 255),
            Arbitraries.of(0, 1, 2, 254, 255))
        .as(
            (size, first, third, last) -> {
              byte[] octets = new byte[size];
              octets[0] = first.byteValue();
              octets[2] = third.byteValue();
              octets[size - 1] = last.byteValue();
              return address(octets);
            });
  }

  private static InetAddress address(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
