package io.vrouter.mesh.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.netlink.route.MacAddress;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FirewallPolicyTest {
  @Test
  void policiesThatDifferOnlyInAZonesPeersAreNotEqual() {
    FirewallPolicy.Remote peer =
        new FirewallPolicy.Remote(
            MacAddress.parse("02:00:00:00:00:0b"),
            Addresses.parse("192.168.200.2"),
            Set.of(Addresses.parse("10.1.1.2")),
            Set.of(Prefix.parse("172.31.0.0/16")),
            Set.of());

    assertThat(policy(Set.of(peer))).isEqualTo(policy(Set.of(peer)));
    assertThat(policy(Set.of(peer))).isNotEqualTo(policy(Set.of()));
  }

  /** iptables reads '+' at the end of a device's name as any suffix. */
  @Test
  void aDeviceThatIptablesReadsAsAWildcardCannotBeNamed() {
    assertThat(FirewallPolicy.GuardedNetwork.expressible("br-1.2_3@4")).isTrue();
    assertThat(FirewallPolicy.GuardedNetwork.expressible("e+")).isFalse();
  }

  private static FirewallPolicy policy(Set<FirewallPolicy.Remote> peers) {
    FirewallPolicy.Zone zone =
        new FirewallPolicy.Zone(
            new Vni(1000), Prefix.parse("10.1.1.0/24"), Set.of(), Set.of(), peers);
    return new FirewallPolicy(4789, 7952, Set.of(zone), Set.of(Prefix.parse("172.31.0.0/16")));
  }
}
