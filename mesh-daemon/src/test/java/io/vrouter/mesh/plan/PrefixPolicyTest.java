package io.vrouter.mesh.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Prefix;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefixPolicyTest {
  private static final ForeignRoutes SURROUNDINGS =
      new ForeignRoutes(
          List.of(
              new ForeignRoutes.Occupied(Prefix.parse("172.17.0.0/16"), "docker0", true),
              new ForeignRoutes.Occupied(Prefix.parse("172.30.0.0/16"), "br-mesh", true),
              new ForeignRoutes.Occupied(Prefix.parse("10.64.0.0/12"), "eth1", false),
              new ForeignRoutes.Occupied(Prefix.parse("192.0.2.0/24"), "eth0", true)),
          Set.of(Worlds.ip("100.64.0.1")));

  private static final PrefixPolicy POLICY =
      new PrefixPolicy(
          Set.of(Worlds.ip("192.0.2.1"), Worlds.ip("198.51.100.2")),
          List.of(Worlds.OVERLAY),
          new LocalState.Options(
              158, 7952, List.of(Prefix.parse("10.66.0.0/16")), Set.of(Worlds.ip("9.9.9.9"))),
          SURROUNDINGS);

  @ParameterizedTest
  @CsvSource({
    "172.31.0.0/16, ",
    "8.8.8.0/24, ",
    "11.0.0.0/8, ",
    "172.30.0.1/32, prefix-in-use",
    "0.0.0.0/0, prefix-too-short",
    "12.0.0.0/7, prefix-too-short",
    "2001:d00::/24, prefix-too-short",
    "2001:db8::/32, prefix-family",
    "0.0.0.0/8, prefix-special",
    "127.5.0.0/16, prefix-special",
    "169.254.7.0/24, prefix-special",
    "239.0.0.0/8, prefix-special",
    "fe80::/64, prefix-special",
    "ff05::/32, prefix-special",
    "10.1.1.0/24, prefix-covers-overlay",
    "10.1.0.0/16, prefix-covers-overlay",
    "10.1.1.128/25, prefix-covers-overlay",
    "198.51.100.0/24, prefix-covers-underlay",
    "198.51.100.2/32, prefix-covers-underlay",
    "198.51.100.3/32, ",
    "100.64.0.0/10, prefix-covers-gateway",
    "9.9.9.0/24, prefix-covers-seed",
    "172.17.0.0/16, prefix-in-use",
    "172.17.3.0/24, prefix-in-use",
    "172.16.0.0/12, ",
    "10.65.0.0/16, prefix-in-use",
    "10.66.0.0/16, ",
    "10.66.7.0/24, ",
    "192.0.2.128/25, prefix-in-use",
  })
  void ofAPeer(String prefix, @Nullable String code) {
    assertThat(refusal(prefix, null)).isEqualTo(Optional.ofNullable(code));
  }

  @ParameterizedTest
  @CsvSource({
    "172.30.0.0/16, br-mesh, ",
    "172.30.7.0/24, br-mesh, ",
    "172.30.0.0/16, docker0, prefix-in-use",
    "172.17.0.0/16, docker0, ",
    "192.0.2.0/24, eth0, prefix-covers-underlay",
    "192.0.2.128/25, br-mesh, prefix-in-use",
  })
  void ofOurOwnOnADevice(String prefix, String device, @Nullable String code) {
    assertThat(refusal(prefix, device)).isEqualTo(Optional.ofNullable(code));
  }

  private static Optional<String> refusal(String text, @Nullable String device) {
    Prefix prefix = Prefix.parse(text);
    return POLICY
        .anywhere(prefix, Worlds.OVERLAY)
        .or(() -> POLICY.here(prefix, device))
        .map(PrefixPolicy.Refusal::code);
  }
}
