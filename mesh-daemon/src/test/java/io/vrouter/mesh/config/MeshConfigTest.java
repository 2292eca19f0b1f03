package io.vrouter.mesh.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.Seed;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Endpoint;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeshConfigTest {
  @Test
  void everyDefault() throws ConfigException {
    MeshConfig config = new ConfigFixture().load();

    assertThat(config.token()).isEmpty();
    assertThat(config.insecure()).isFalse();
    assertThat(config.seeds()).isEmpty();
    assertThat(config.multicast()).isTrue();
    assertThat(config.underlay()).isEmpty();
    assertThat(config.advertise()).isEmpty();
    assertThat(config.mtu()).isEmpty();
    assertThat(config.subnets()).isEmpty();
    assertThat(config.allowPrefixes()).isEmpty();
    assertThat(config.acceptPrefixes()).isEmpty();
    assertThat(config.docker())
        .isEqualTo(new Docker(Docker.Mode.IF_PRESENT, Path.of("/var/run/docker.sock")));
    assertThat(config.vni()).isEqualTo(new Vni(1000));
    assertThat(config.vxlanSubnet()).isEqualTo(Prefix.parse("10.1.1.0/24"));
    assertThat(config.vxlanIp()).isEmpty();
    assertThat(config.vxlanPort()).isEqualTo(4789);
    assertThat(config.gossipPort()).isEqualTo(7950);
    assertThat(config.nodeName()).isEqualTo("host7");
    assertThat(config.stateDir()).isEqualTo(Path.of("/var/lib/vrouter"));
    assertThat(config.socket()).isEqualTo(Path.of("/run/vrouter/mesh.sock"));
    assertThat(config.http()).contains(new Endpoint(Addresses.parse("127.0.0.1"), 7979));
    assertThat(config.pool()).isEqualTo(Prefix.parse("10.128.0.0/10"));
    assertThat(config.exposeByDefault()).isFalse();
    assertThat(config.keepDataplane()).isFalse();
    assertThat(config.encryption()).isEqualTo(Encryption.NONE);
    assertThat(config.configFile()).isEmpty();
    assertThat(config.discoveryFile()).isEmpty();
    assertThat(config.warnings()).isEmpty();
    assertThat(config.entries()).hasSize(Settings.ALL.size());
    assertThat(config.entries()).allMatch(entry -> entry.origin().equals("default"));
  }

  @Test
  void poolIsARangeOfRangesAndNamingItIsAskingForOne() throws ConfigException {
    assertThat(new ConfigFixture().load().poolGiven()).isFalse();
    assertThat(new ConfigFixture().env("MESH_POOL", "10.128.0.0/10").load().poolGiven()).isTrue();
    assertThat(new ConfigFixture().yaml("pool: 10.64.0.0/14\n").load().poolGiven()).isTrue();
    assertThat(new ConfigFixture().env("MESH_POOL", "10.0.0.0/24").problems())
        .singleElement()
        .asString()
        .contains("'10.0.0.0/24' is not a pool: an IPv4 prefix from /8 to /18", "MESH_POOL");
  }

  /** Every key with its environment names: what the documentation's table says. */
  @Test
  void everyKeyAndName() {
    Map<String, List<String>> names = new TreeMap<>();
    Settings.ALL.forEach(setting -> names.put(setting.key(), setting.environment()));

    assertThat(names)
        .isEqualTo(
            new TreeMap<>(
                Map.ofEntries(
                    Map.entry("token-file", List.of("MESH_TOKEN_FILE")),
                    Map.entry("insecure", List.of("MESH_INSECURE")),
                    Map.entry("seed", List.of("MESH_SEEDS")),
                    Map.entry("multicast", List.of("MESH_MULTICAST")),
                    Map.entry("underlay", List.of("MESH_UNDERLAY")),
                    Map.entry("advertise", List.of("MESH_ADVERTISE")),
                    Map.entry("mtu", List.of("MESH_MTU")),
                    Map.entry("subnet", List.of("MESH_SUBNETS")),
                    Map.entry("allow-prefix", List.of("MESH_ALLOW_PREFIXES")),
                    Map.entry("accept-prefix", List.of("MESH_ACCEPT_PREFIXES")),
                    Map.entry("policy-key", List.of("MESH_POLICY_KEY")),
                    Map.entry("docker", List.of("MESH_DOCKER", "DOCKER_HOST")),
                    Map.entry("vni", List.of("VNI")),
                    Map.entry("vxlan-subnet", List.of("VXLAN_SUBNET")),
                    Map.entry("vxlan-ip", List.of("LOCAL_VXLAN_IP")),
                    Map.entry("vxlan-port", List.of("MESH_VXLAN_PORT")),
                    Map.entry("gossip-port", List.of("MESH_GOSSIP_PORT")),
                    Map.entry("node-name", List.of("STACK_ID", "MESH_NODE_NAME")),
                    Map.entry("state-dir", List.of("MESH_STATE_DIR")),
                    Map.entry("socket", List.of("MESH_SOCKET")),
                    Map.entry("http", List.of("MESH_HTTP")),
                    Map.entry("pool", List.of("MESH_POOL")),
                    Map.entry("expose-by-default", List.of("MESH_EXPOSE_BY_DEFAULT")),
                    Map.entry("keep-dataplane", List.of("MESH_KEEP_DATAPLANE")),
                    Map.entry("encryption", List.of("MESH_ENCRYPTION")),
                    Map.entry("wireguard-port", List.of("MESH_WIREGUARD_PORT")),
                    Map.entry("fast-path", List.of("MESH_FAST_PATH")),
                    Map.entry("log-format", List.of("MESH_LOG_FORMAT")),
                    Map.entry("config", List.of("CONFIG_FILE")),
                    Map.entry("discovery-file", List.of("DISCOVERY_FILE")),
                    Map.entry("agent-socket", List.of("MESH_AGENT_SOCKET")),
                    Map.entry("agent-policy", List.of("MESH_AGENT_POLICY")))));
  }

  @Test
  void everyKeyFromYaml() throws ConfigException {
    MeshConfig config =
        new ConfigFixture()
            .file("/etc/vrouter/token", "s3cret\n")
            .yaml(
                """
                token-file: /etc/vrouter/token
                insecure: false
                seed: [10.0.0.1, "db.example:8000", "[fd00::1]:7950"]
                multicast: off
                underlay: eth1
                advertise: 203.0.113.2
                mtu: 1350
                subnet:
                  - 172.30.0.0/16
                  - 172.31.0.0/16@2000
                allow-prefix: 172.16.0.0/12
                docker: unix:///run/docker.sock
                vni: 1001
                vxlan-subnet: 10.9.0.0/16
                vxlan-ip: 10.9.0.7
                vxlan-port: 8472
                gossip-port: 7000
                node-name: web1
                state-dir: /srv/state
                socket: /srv/mesh.sock
                http: "[::1]:80"
                pool: 10.64.0.0/10
                expose-by-default: true
                keep-dataplane: yes
                encryption: wireguard
                discovery-file: /srv/peers.json
                accept-prefix: [203.0.113.0/24, "2001:db8::/32"]
                """)
            .load();

    assertThat(config.token().orElseThrow().reveal()).isEqualTo("s3cret");
    assertThat(config.seeds())
        .containsExactly(
            new Seed("10.0.0.1", 7000), new Seed("db.example", 8000), new Seed("fd00::1", 7950));
    assertThat(config.multicast()).isFalse();
    assertThat(config.underlay()).contains("eth1");
    assertThat(config.advertise()).contains(Addresses.parse("203.0.113.2"));
    assertThat(config.mtu()).contains(1350);
    assertThat(config.subnets())
        .containsExactly(
            new ConfiguredSubnet(Prefix.parse("172.30.0.0/16"), new Vni(1001)),
            new ConfiguredSubnet(Prefix.parse("172.31.0.0/16"), new Vni(2000)));
    assertThat(config.allowPrefixes()).containsExactly(Prefix.parse("172.16.0.0/12"));
    assertThat(config.acceptPrefixes())
        .containsExactly(Prefix.parse("203.0.113.0/24"), Prefix.parse("2001:db8::/32"));
    assertThat(config.docker()).isEqualTo(new Docker(Docker.Mode.ON, Path.of("/run/docker.sock")));
    assertThat(config.vxlanIp()).contains(Addresses.parse("10.9.0.7"));
    assertThat(config.vxlanPort()).isEqualTo(8472);
    assertThat(config.nodeName()).isEqualTo("web1");
    assertThat(config.stateDir()).isEqualTo(Path.of("/srv/state"));
    assertThat(config.http()).contains(new Endpoint(Addresses.parse("::1"), 80));
    assertThat(config.exposeByDefault()).isTrue();
    assertThat(config.keepDataplane()).isTrue();
    assertThat(config.encryption()).isEqualTo(Encryption.WIREGUARD);
    assertThat(config.configFile()).contains(MeshConfig.DEFAULT_FILE);
    assertThat(config.discoveryFile()).contains(Path.of("/srv/peers.json"));
    assertThat(config.entries())
        .contains(new MeshConfig.SourcedValue("vni", "1001", "/etc/vrouter/mesh.yaml:13"));
  }

  @Test
  void flagBeatsEnvironmentBeatsYamlBeatsDefault() throws ConfigException {
    ConfigFixture fixture = new ConfigFixture().yaml("vni: 3");
    assertThat(fixture.load().vni()).isEqualTo(new Vni(3));
    fixture.env("VNI", "2");
    assertThat(fixture.load().vni()).isEqualTo(new Vni(2));
    fixture.flag("vni", "1");
    assertThat(fixture.load().vni()).isEqualTo(new Vni(1));
  }

  @Test
  void severalVnisTheFirstIsTheDefault() throws ConfigException {
    MeshConfig config = new ConfigFixture().env("VNI", "7, 9,any").load();
    assertThat(config.vni()).isEqualTo(new Vni(7));
    assertThat(config.vnis().contains(new Vni(2000))).isTrue();
    MeshConfig two = new ConfigFixture().yaml("vni: [7, 9]").load();
    assertThat(two.vnis().contains(new Vni(9))).isTrue();
    assertThat(two.vnis().contains(new Vni(2000))).isFalse();
    assertThatThrownBy(() -> new ConfigFixture().yaml("vni: any").load())
        .hasMessageContaining("default VNI");
  }

  @Test
  void namesOfTheSeedStayValid() throws ConfigException {
    MeshConfig config =
        new ConfigFixture()
            .env("STACK_ID", "stack-a")
            .env("VNI", "1000")
            .env("VXLAN_SUBNET", "10.1.2.0/24")
            .env("LOCAL_VXLAN_IP", "10.1.2.5/24")
            .env("CONFIG_FILE", "/etc/router.yaml")
            .env("DISCOVERY_FILE", "/data/discovery.json")
            .file("/etc/router.yaml", "")
            .load();

    assertThat(config.nodeName()).isEqualTo("stack-a");
    assertThat(config.vxlanIp()).contains(Addresses.parse("10.1.2.5"));
    assertThat(config.configFile()).contains(Path.of("/etc/router.yaml"));
    assertThat(config.discoveryFile()).contains(Path.of("/data/discovery.json"));
  }

  @Test
  void emptyVariablesAreUnset() throws ConfigException {
    MeshConfig config =
        new ConfigFixture().env("VNI", "").env("MESH_SEEDS", " ").env("MESH_TOKEN", "").load();
    assertThat(config.vni()).isEqualTo(new Vni(1000));
    assertThat(config.seeds()).isEmpty();
    assertThat(config.token()).isEmpty();
  }

  @Test
  void listsFromTheEnvironmentAreSplitAtCommas() throws ConfigException {
    MeshConfig config =
        new ConfigFixture()
            .env("MESH_SEEDS", "10.0.0.1, 10.0.0.2:99,")
            .env("MESH_SUBNETS", "172.30.0.0/16,172.31.0.0/16@7")
            .load();
    assertThat(config.seeds())
        .containsExactly(new Seed("10.0.0.1", 7950), new Seed("10.0.0.2", 99));
    assertThat(config.subnets()).hasSize(2);
  }

  @Test
  void everyFaultIsToldWithValueOriginAndWhatIsAllowed() {
    List<String> problems =
        new ConfigFixture()
            .flag("vni", "0")
            .env("MESH_VXLAN_PORT", "70000")
            .yaml("multicast: maybe\npool: 10.128.0.1/10\n")
            .problems();
    assertThat(problems)
        .containsExactlyInAnyOrder(
            "vni: '0' is not a VNI: 1 to 16777215 (from flag --vni)",
            "vxlan-port: '70000' is not a port: 1 to 65535 (from environment MESH_VXLAN_PORT)",
            "multicast: 'maybe' is not allowed: on/true or off/false"
                + " (from /etc/vrouter/mesh.yaml:1)",
            "pool: '10.128.0.1/10' has host bits set; did you mean 10.128.0.0/10?"
                + " (from /etc/vrouter/mesh.yaml:2)");
  }

  @Test
  void unknownKeysAreRefusedWithASuggestion() {
    assertThat(new ConfigFixture().yaml("a: 1").problems().get(0)).contains("known are");
    assertThat(new ConfigFixture().yaml("\nseeds: [a]\n").problems())
        .containsExactly("/etc/vrouter/mesh.yaml:2: 'seeds' is not a key; did you mean 'seed'?");
    assertThat(new ConfigFixture().yaml("vxlan_subnet: 10.0.0.0/8\n").problems().get(0))
        .contains("did you mean 'vxlan-subnet'?");
    assertThat(new ConfigFixture().yaml("token: abc\n").problems().get(0)).contains("token-file");
  }

  @Test
  void brokenYamlNamesItsLine() {
    assertThat(new ConfigFixture().yaml("vni: 1\nseed: [a\n").problems().get(0))
        .startsWith("/etc/vrouter/mesh.yaml:");
    assertThat(new ConfigFixture().yaml("- a\n").problems().get(0)).contains("mapping");
    assertThat(new ConfigFixture().yaml("vni: 1\nvni: 2\n").problems().get(0)).contains("twice");
    assertThat(new ConfigFixture().yaml("vni: {a: 1}\n").problems().get(0))
        .contains("not a mapping");
    assertThat(new ConfigFixture().yaml("vxlan-port: [1, 2]\n").problems().get(0))
        .contains("one value");
  }

  @Test
  void tokenSources() throws ConfigException {
    ConfigFixture fixture =
        new ConfigFixture().file("/t", "from-file\n").env("MESH_TOKEN", "direct");
    fixture.env("MESH_TOKEN_FILE", "/t");
    assertThat(fixture.load().token().orElseThrow().reveal()).isEqualTo("direct");
    fixture.flag("token-file", "-");
    fixture.stdin = "from-stdin\n";
    assertThat(fixture.load().token().orElseThrow().reveal()).isEqualTo("from-stdin");
    fixture.stdin = "";
    assertThat(fixture.problems())
        .containsExactly("token-file: '-' is empty (from flag --token-file)");
  }

  @Test
  void theTokenShowsNowhere() throws ConfigException {
    MeshConfig config = new ConfigFixture().env("MESH_TOKEN", "very-secret").load();
    assertThat(config.toString()).doesNotContain("very-secret");
    assertThat(config.entries().toString()).doesNotContain("very-secret");
    MeshConfig mistaken =
        new ConfigFixture()
            .flag("token-file", "vr1_very-secret")
            .file("vr1_very-secret", "t")
            .load();
    assertThat(mistaken.toString()).doesNotContain("very-secret");
  }

  @Test
  void aTokenOrInsecureIsNeeded() throws ConfigException {
    MeshConfig none = new ConfigFixture().load();
    assertThatThrownBy(none::requireStartable)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("meshctl token create");
    new ConfigFixture().flag("insecure", "true").load().requireStartable();
    new ConfigFixture().env("MESH_TOKEN", "x").load().requireStartable();
    assertThat(new ConfigFixture().env("MESH_TOKEN", "x").env("MESH_INSECURE", "1").problems())
        .hasSize(1);
  }

  @Test
  void theSecondPortOfWireGuardMustExist() throws ConfigException {
    MeshConfig config =
        new ConfigFixture().env("MESH_TOKEN", "x").flag("wireguard-port", "65535").load();
    assertThatThrownBy(config::requireStartable).hasMessageContaining("65534");
    new ConfigFixture()
        .env("MESH_TOKEN", "x")
        .flag("encryption", "wireguard")
        .load()
        .requireStartable();
  }

  @Test
  void missingAndUnreadableFiles() {
    assertThat(new ConfigFixture().flag("config", "/no.yaml").problems())
        .containsExactly("config: there is no file '/no.yaml' (from flag --config)");
    assertThat(new ConfigFixture().flag("token-file", "/unreadable").problems().get(0))
        .contains("Permission denied");
  }

  @Test
  void valuesThatContradictEachOther() {
    assertThat(new ConfigFixture().flag("vxlan-ip", "10.2.0.1").problems().get(0))
        .contains("10.1.1.0/24");
    assertThat(new ConfigFixture().flag("gossip-port", "4789").problems().get(0))
        .contains("two UDP ports");
    assertThat(new ConfigFixture().flag("socket", "/" + "x".repeat(104)).problems().get(0))
        .contains("103 bytes");
    assertThat(new ConfigFixture().env("DOCKER_HOST", "tcp://1.2.3.4:2375").problems().get(0))
        .contains("environment DOCKER_HOST");
    assertThat(new ConfigFixture().flag("node-name", "a b").problems()).hasSize(1);
    assertThat(new ConfigFixture().flag("underlay", "a-very-long-device").problems()).hasSize(1);
    assertThat(new ConfigFixture().flag("http", "localhost").problems()).hasSize(1);
    assertThat(new ConfigFixture().flag("state-dir", "relative").problems()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"575", "65536", "-1", "1500b", "+1500", "1e3"})
  void mtuIsBetween576And65535Bytes(String text) {
    assertThat(new ConfigFixture().flag("mtu", text).problems())
        .containsExactly(
            "mtu: '" + text + "' is not an MTU in bytes: 576 to 65535 (from flag --mtu)");
  }

  @Test
  void mtuTakesItsLimits() throws ConfigException {
    assertThat(new ConfigFixture().env("MESH_MTU", "576").load().mtu()).contains(576);
    assertThat(new ConfigFixture().env("MESH_MTU", "65535").load().mtu()).contains(65_535);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0.0.0.0", "127.0.0.1", "169.254.1.1", "224.0.0.1", "255.255.255.255", "::1"})
  void anAdvertisedAddressIsOneThatOthersCanSendTo(String text) {
    assertThat(new ConfigFixture().env("MESH_ADVERTISE", text).problems())
        .containsExactly(
            "advertise: '"
                + text
                + "' is no address that other hosts can send to: a global unicast address"
                + " (from environment MESH_ADVERTISE)");
  }

  @Test
  void anAdvertisedAddressIsALiteral() throws ConfigException {
    assertThat(new ConfigFixture().flag("advertise", "host.example").problems()).hasSize(1);
    assertThat(new ConfigFixture().flag("advertise", "2001:db8::7").load().advertise())
        .contains(Addresses.parse("2001:db8::7"));
  }

  @Test
  void unknownMeshVariablesAreWarnedOf() throws ConfigException {
    assertThat(new ConfigFixture().env("MESH_SEED", "a").env("MESH_LOG", "debug").load().warnings())
        .containsExactly("environment MESH_SEED is not used; did you mean MESH_SEEDS?");
  }
}
