package io.vrouter.mesh.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Prefix;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefixPolicyTest {
  private static final ForeignRoutes SURROUNDINGS =
      new ForeignRoutes(
          List.of(
              new ForeignRoutes.Occupied(Prefix.parse("172.17.0.0/16"), "docker0", true),
              new ForeignRoutes.Occupied(Prefix.parse("172.30.0.0/16"), "br-mesh", true),
              new ForeignRoutes.Occupied(Prefix.parse("10.64.0.0/12"), "eth1", false),
              new ForeignRoutes.Occupied(Prefix.parse("0.0.0.0/1"), "tun0", false),
              new ForeignRoutes.Occupied(Prefix.parse("128.0.0.0/1"), "tun0", false),
              new ForeignRoutes.Occupied(Prefix.parse("172.16.0.0/12"), "", false),
              new ForeignRoutes.Occupied(Prefix.parse("172.29.5.0/24"), "eth1", false),
              new ForeignRoutes.Occupied(Prefix.parse("172.27.5.9/32"), "", false),
              new ForeignRoutes.Occupied(Prefix.parse("172.26.0.0/16"), "", false),
              new ForeignRoutes.Occupied(Prefix.parse("100.96.0.0/12"), "tailscale0", false),
              new ForeignRoutes.Occupied(Prefix.parse("192.0.2.0/24"), "eth0", true)),
          Set.of(Worlds.ip("10.97.0.1")));

  private static final PrefixPolicy POLICY =
      new PrefixPolicy(
          Set.of(Worlds.ip("192.0.2.1"), Worlds.ip("10.98.0.2")),
          List.of(Worlds.OVERLAY),
          new LocalState.Options(
              158,
              7952,
              List.of(Prefix.parse("10.66.0.0/16"), Prefix.parse("172.28.0.0/16")),
              Set.of(Worlds.ip("10.53.0.53"), Worlds.ip("172.28.0.53")),
              List.of(Prefix.parse("203.0.112.0/22"))),
          SURROUNDINGS);

  @ParameterizedTest
  @CsvSource({
    // Private space is taken; public space only where this host accepts it.
    "172.31.0.0/16, ",
    "192.168.7.0/24, ",
    "8.8.8.0/24, prefix-public",
    "11.0.0.0/12, prefix-public",
    "172.32.0.0/16, prefix-public",
    "192.169.0.0/16, prefix-public",
    "100.128.0.0/16, prefix-public",
    "203.0.113.0/24, ",
    "203.0.112.0/21, prefix-public",
    "0.0.0.0/0, prefix-too-short",
    "10.0.0.0/8, prefix-too-short",
    "10.0.0.0/11, prefix-too-short",
    "12.0.0.0/7, prefix-too-short",
    "2001:d00::/24, prefix-too-short",
    "2001:db8::/32, prefix-public",
    "fd00:30::/64, prefix-family",
    "0.0.0.0/12, prefix-special",
    "127.5.0.0/16, prefix-special",
    "169.254.7.0/24, prefix-special",
    "239.0.0.0/12, prefix-special",
    "fe80::/64, prefix-special",
    "ff05::/32, prefix-special",
    "10.1.1.0/24, prefix-covers-overlay",
    "10.1.0.0/16, prefix-covers-overlay",
    "10.1.1.128/25, prefix-covers-overlay",
    "10.98.0.0/24, prefix-covers-underlay",
    "10.98.0.2/32, prefix-covers-underlay",
    "10.98.0.3/32, ",
    "10.97.0.0/16, prefix-covers-gateway",
    "10.53.0.0/24, prefix-covers-seed",
    // The operator says that the mesh carries it.
    "172.28.0.0/16, ",
    // Equal to or inside of a connected network, or with one inside.
    "172.30.0.1/32, prefix-in-use",
    "172.17.0.0/16, prefix-in-use",
    "172.17.3.0/24, prefix-in-use",
    "172.16.0.0/14, prefix-in-use",
    // A route that is strictly shorter doesn't count, an equal or a longer one does.
    "10.65.0.0/16, ",
    "10.64.0.0/12, prefix-in-use",
    "172.20.0.0/16, ",
    "172.29.0.0/16, prefix-in-use",
    "172.27.0.0/16, ",
    "172.26.0.0/16, prefix-in-use",
    "10.66.0.0/16, ",
    "10.66.7.0/24, ",
    // RFC 6598's block is a provider's here, where there is a route into it.
    "100.64.0.0/16, ",
    "100.96.7.0/24, prefix-in-use",
  })
  void ofAPeer(String prefix, @Nullable String code) {
    assertThat(refusal(prefix, Set.of())).isEqualTo(Optional.ofNullable(code));
  }

  @ParameterizedTest
  @CsvSource({
    "172.30.0.0/16, br-mesh, ",
    "172.30.7.0/24, br-mesh, ",
    "172.30.0.0/15, br-mesh, ",
    "172.30.0.0/16, docker0, prefix-in-use",
    "172.17.0.0/16, docker0, ",
    "203.0.113.0/24, br-mesh, ",
    "198.51.100.0/24, br-mesh, prefix-public",
    "172.17.9.0/24, br-mesh, prefix-in-use",
  })
  void ofOurOwnOnADevice(String prefix, String device, @Nullable String code) {
    assertThat(refusal(prefix, Set.of(device))).isEqualTo(Optional.ofNullable(code));
  }

  @Test
  void aGatewayInSharedSpaceMakesItTheProviders() {
    PrefixPolicy policy =
        new PrefixPolicy(
            Set.of(),
            List.of(),
            LocalState.Options.defaults(),
            new ForeignRoutes(List.of(), Set.of(Worlds.ip("100.64.0.1"))));
    assertThat(policy.here(Prefix.parse("100.65.0.0/16"), Set.of(), false))
        .hasValueSatisfying(it -> assertThat(it.code()).isEqualTo("prefix-in-use"));
  }

  @Test
  void aResolverThatTheMeshCarriesAlreadyIsNoReason() {
    Prefix prefix = Prefix.parse("10.53.0.0/24");
    assertThat(POLICY.here(prefix, Set.of(), true)).isEmpty();
    assertThat(POLICY.here(prefix, Set.of(), false)).isPresent();
  }

  /** A VPN takes the default route by two halves; bogons are made unreachable by aggregates. */
  @Property
  void noShorterRouteWhateverPutsAPrefixOutOfUse(
      @ForAll @IntRange(min = 13, max = 32) int length,
      @ForAll @IntRange(min = 1, max = 31) int shorter,
      @ForAll boolean blackhole) {
    Prefix prefix = Prefix.of(Worlds.ip("172.31.171.205"), length);
    Prefix route = Prefix.of(prefix.address(), Math.min(shorter, length - 1));
    PrefixPolicy policy =
        new PrefixPolicy(
            Set.of(),
            List.of(),
            LocalState.Options.defaults(),
            new ForeignRoutes(
                List.of(new ForeignRoutes.Occupied(route, blackhole ? "" : "tun0", false)),
                Set.of(Worlds.ip("10.8.0.1"))));
    assertThat(policy.here(prefix, Set.of(), false)).isEmpty();
  }

  private static Optional<String> refusal(String text, Set<String> devices) {
    Prefix prefix = Prefix.parse(text);
    return POLICY
        .anywhere(prefix, Worlds.OVERLAY)
        .or(() -> POLICY.here(prefix, devices, false))
        .map(PrefixPolicy.Refusal::code);
  }
}
