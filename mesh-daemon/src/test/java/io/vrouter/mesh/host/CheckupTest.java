package io.vrouter.mesh.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.host.Checkup.DeviceFacts;
import io.vrouter.mesh.host.Checkup.Facts;
import io.vrouter.mesh.host.HostFacts.Holder;
import io.vrouter.mesh.host.HostFacts.UdpSocket;
import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Check.Result;
import io.vrouter.mesh.plan.Underlay;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CheckupTest {
  private static final Underlay UNDERLAY = new Underlay(Addresses.parse("192.0.2.1"), 1500, 2);
  private static final DeviceFacts TUNNEL = new DeviceFacts("vxlan1000", true, 1450, true);
  private static final DeviceFacts BRIDGE = new DeviceFacts("br-a", true, 1450, true);

  private static HostFacts host(String release, long capabilities, boolean nft, long gossipPid) {
    return new HostFacts(
        release,
        "",
        capabilities,
        nft,
        List.of(
            new UdpSocket(Addresses.parse("0.0.0.0"), 4789, 1, null),
            new UdpSocket(Addresses.parse("192.0.2.1"), 7950, 2, new Holder(gossipPid, "java"))),
        Set.of(4789));
  }

  private static final HostFacts HOST = host("6.1.0", 1L << 12, true, 42);

  private static Facts facts(
      HostFacts host,
      DeviceFacts tunnel,
      DeviceFacts local,
      boolean firewall,
      @Nullable String docker,
      int others) {
    return new Facts(
        host,
        42,
        4789,
        7950,
        UNDERLAY,
        List.of(tunnel),
        List.of(local),
        firewall,
        null,
        docker,
        others);
  }

  @Test
  void aDeviceThatSharesTheTunnelsPortWithNoneIsNamed() {
    HostFacts shared =
        new HostFacts(
            HOST.release(),
            "",
            HOST.capabilities(),
            true,
            HOST.sockets(),
            Set.of(4789),
            Map.of(4789, "device ext (external)"));
    assertOnly(facts(shared, TUNNEL, BRIDGE, true, "", 1), "vxlan-port", Result.FAIL, "device ext");
  }

  private static void assertOnly(Facts facts, String id, Result result, String words) {
    List<Check> bad =
        Checkup.of(facts).stream().filter(found -> found.result() != Result.PASS).toList();
    assertThat(bad)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.id()).isEqualTo(id);
              assertThat(finding.result()).isEqualTo(result);
              assertThat(finding.message()).contains(words);
              assertThat(finding.fix()).isNotBlank();
            });
  }

  @Test
  void aHealthyHostPassesEveryCheck() {
    List<Check> findings = Checkup.of(facts(HOST, TUNNEL, BRIDGE, true, "", 2));
    assertThat(findings).extracting(Check::result).containsOnly(Result.PASS);
    assertThat(findings).extracting(Check::fix).containsOnly("");
    assertThat(findings)
        .extracting(Check::id)
        .containsExactly(
            "kernel",
            "wsl",
            "net-admin",
            "nft",
            "vxlan-port",
            "gossip-port",
            "tunnels",
            "forwarding",
            "tunnel-mtu",
            "container-mtu",
            "firewall",
            "scheduling",
            "docker",
            "members");
  }

  @Test
  void everyCheckFindsItsOwnTroubleOnly() {
    HostFacts old = host("4.19.0", 1L << 12, true, 42);
    assertOnly(facts(old, TUNNEL, BRIDGE, true, "", 1), "kernel", Result.WARN, "4.19.0");
    HostFacts wsl = host("6.1.0-microsoft", 1L << 12, true, 42);
    assertOnly(facts(wsl, TUNNEL, BRIDGE, true, "", 1), "wsl", Result.FAIL, "WSL");
    HostFacts weak = host("6.1.0", 0, true, 42);
    assertOnly(facts(weak, TUNNEL, BRIDGE, true, "", 1), "net-admin", Result.FAIL, "NET_ADMIN");
    HostFacts bare = host("6.1.0", 1L << 12, false, 42);
    assertOnly(facts(bare, TUNNEL, BRIDGE, true, "", 1), "nft", Result.FAIL, "nft");
    HostFacts taken = host("6.1.0", 1L << 12, true, 99);
    assertOnly(facts(taken, TUNNEL, BRIDGE, true, "", 1), "gossip-port", Result.FAIL, "99");
    HostFacts squatted =
        new HostFacts(
            "6.1.0",
            "",
            1L << 12,
            true,
            List.of(new UdpSocket(Addresses.parse("0.0.0.0"), 4789, 1, new Holder(7, "x"))),
            Set.of());
    assertOnly(
        facts(squatted, TUNNEL, BRIDGE, true, "", 1), "vxlan-port", Result.FAIL, "process 7 (x)");

    DeviceFacts down = new DeviceFacts("vxlan1000", false, 1450, true);
    assertOnly(facts(HOST, down, BRIDGE, true, "", 1), "tunnels", Result.FAIL, "vxlan1000");
    DeviceFacts still = new DeviceFacts("br-a", true, 1450, false);
    assertOnly(facts(HOST, TUNNEL, still, true, "", 1), "forwarding", Result.FAIL, "br-a");
    DeviceFacts wide = new DeviceFacts("vxlan1000", true, 1500, true);
    assertOnly(facts(HOST, wide, BRIDGE, true, "", 1), "tunnel-mtu", Result.FAIL, "1450");
    DeviceFacts large = new DeviceFacts("br-a", true, 1500, true);
    assertOnly(facts(HOST, TUNNEL, large, true, "", 1), "container-mtu", Result.WARN, "br-a");
    assertOnly(facts(HOST, TUNNEL, BRIDGE, false, "", 1), "firewall", Result.FAIL, "nft table");
    assertOnly(
        facts(HOST, TUNNEL, BRIDGE, true, "no socket", 1), "docker", Result.WARN, "no socket");
    assertOnly(facts(HOST, TUNNEL, BRIDGE, true, "", 0), "members", Result.WARN, "No other host");
  }

  @Test
  void dockerIsNoTroubleWhenItIsOff() {
    assertThat(Checkup.of(facts(HOST, TUNNEL, BRIDGE, true, null, 1)))
        .extracting(Check::result)
        .containsOnly(Result.PASS);
  }
}
