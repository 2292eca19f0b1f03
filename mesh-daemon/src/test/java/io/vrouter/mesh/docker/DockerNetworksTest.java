package io.vrouter.mesh.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.model.Vnis;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerNetworksTest {
  private static final Vnis DEFAULT = Vnis.parse(List.of("1000", "any"));
  private static final String PROJECT = "com.docker.compose.project";

  @Test
  void labelledBridgeIsCarriedWithItsStackAndBridge() {
    DockerNetwork network =
        only(bridge("web_default", Map.of("vrouter.mesh", "true", PROJECT, "web")));

    assertThat(network.prefix()).isEqualTo(Prefix.parse("172.30.0.0/16"));
    assertThat(network.vni()).isEqualTo(DEFAULT.main());
    assertThat(network.device()).isEqualTo("br-0123456789ab");
    assertThat(network.gateway()).hasToString("/172.30.0.1");
    assertThat(network.network()).isEqualTo("web_default");
    assertThat(network.stack()).isEqualTo("web");
  }

  @Test
  void networkWithoutProjectIsItsOwnStack() {
    assertThat(only(bridge("lone", Map.of("vrouter.mesh", "true"))).stack()).isEqualTo("lone");
  }

  @Test
  void vniComesFromTheLabel() {
    assertThat(only(bridge("n", Map.of("vrouter.mesh", "true", "vrouter.vni", "2000"))).vni())
        .isEqualTo(new Vni(2000));
  }

  @Test
  void aVniThatThisHostIsNotInIsRefused() {
    List<EngineNetwork> labelled =
        List.of(bridge("n", Map.of("vrouter.mesh", "true", "vrouter.vni", "2000")));
    DockerNetworks refused =
        DockerNetworks.of(labelled, Vnis.parse(List.of("1000", "3000")), false);
    assertThat(refused.networks()).isEmpty();
    assertThat(refused.problems())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.code()).isEqualTo("docker-vni-refused");
              assertThat(it.message()).contains("'n'", "vrouter.vni=2000");
              assertThat(it.fix()).contains("--vni 1000 --vni 2000");
            });
    assertThat(DockerNetworks.of(labelled, Vnis.parse(List.of("1000", "2000")), false).networks())
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    // label, compose, expose all, carried
    "      , false, false, false",
    "      , true , false, false",
    "      , false, true , false",
    "      , true , true , true",
    "true  , false, false, true",
    "true  , true , true , true",
    "false , true , true , false",
    "false , true , false, false",
  })
  void labelThenExposeByDefault(String label, boolean compose, boolean expose, boolean carried) {
    Map<String, String> labels = new HashMap<>();
    if (label != null) {
      labels.put("vrouter.mesh", label);
    }
    if (compose) {
      labels.put(PROJECT, "p");
    }
    DockerNetworks found = DockerNetworks.of(List.of(bridge("n", labels)), DEFAULT, expose);

    assertThat(found.networks()).hasSize(carried ? 1 : 0);
    assertThat(found.problems()).isEmpty();
    assertThat(found.subnets()).isEqualTo(Map.of(Prefix.parse("172.30.0.0/16"), "n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yes", "True", "1", " true"})
  void badMeshLabelLeavesOutAndSaysSo(String value) {
    Problem problem = refused(bridge("shop", Map.of("vrouter.mesh", value, PROJECT, "p")));

    assertThat(problem.code()).isEqualTo("docker-label");
    assertThat(problem.message())
        .contains("'shop'", "vrouter.mesh='" + value + "'", "true or false");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "16777216", "-1", "blue", "99999999999"})
  void badVniLabelLeavesOutAndSaysSo(String value) {
    Problem problem = refused(bridge("shop", Map.of("vrouter.mesh", "true", "vrouter.vni", value)));

    assertThat(problem.message()).contains("'shop'", "'" + value + "'", "1 to 16777215");
  }

  @Test
  void vniWithoutMeshIsTold() {
    assertThat(refused(bridge("shop", Map.of("vrouter.vni", "7"))).message())
        .contains("shop", "vrouter.mesh");
  }

  @Test
  void labelWithControlCharactersDoesNotReachTheTerminal() {
    assertThat(refused(bridge("n", Map.of("vrouter.mesh", "\u001b[31mtrue\n"))).message())
        .matches("[\\x20-\\x7e]*");
  }

  @Test
  void internalNetworkIsNeverCarried() {
    EngineNetwork internal =
        network("n", "bridge", "local", true, Map.of("vrouter.mesh", "true"), Map.of(), v4());

    assertThat(refused(internal).message()).contains("internal");
    assertThat(
            DockerNetworks.of(
                    List.of(
                        network(
                            "n", "bridge", "local", true, Map.of(PROJECT, "p"), Map.of(), v4())),
                    DEFAULT,
                    true)
                .networks())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"overlay,swarm", "macvlan,local", "host,local", "bridge,swarm"})
  void onlyLocalBridges(String driver, String scope) {
    assertThat(
            refused(
                    network(
                        "n", driver, scope, false, Map.of("vrouter.mesh", "true"), Map.of(), v4()))
                .code())
        .isEqualTo("docker-network-kind");
  }

  @Test
  void namedBridgeMtuAndMissingGateway() {
    DockerNetwork network =
        only(
            network(
                "n",
                "bridge",
                "local",
                false,
                Map.of("vrouter.mesh", "true"),
                Map.of(
                    "com.docker.network.bridge.name", "mine0",
                    "com.docker.network.bridge.inhibit_ipv4", "true"),
                v4()));

    assertThat(network.device()).isEqualTo("mine0");
    assertThat(network.gateway()).isNull();
  }

  @Test
  void gatewayThatTheEngineDoesNotSayIsTheFirstAddress() {
    DockerNetwork network =
        only(mesh(false, List.of(new EngineNetwork.Ipam("172.30.0.0/16", "", ""))));
    assertThat(network.gateway()).hasToString("/172.30.0.1");

    DockerNetwork ranged =
        only(mesh(false, List.of(new EngineNetwork.Ipam("172.30.0.0/16", "172.30.5.0/24", ""))));
    assertThat(ranged.gateway()).isNull();
  }

  @Test
  void bothFamiliesAreTwoEntries() {
    List<EngineNetwork.Ipam> both =
        List.of(
            new EngineNetwork.Ipam("172.30.0.0/16", "", "172.30.0.1"),
            new EngineNetwork.Ipam("fd00:30::/64", "", "fd00:30::1/64"));

    assertThat(DockerNetworks.of(List.of(mesh(true, both)), DEFAULT, false).networks())
        .extracting(DockerNetwork::prefix)
        .containsExactly(Prefix.parse("172.30.0.0/16"), Prefix.parse("fd00:30::/64"));
    assertThat(DockerNetworks.of(List.of(mesh(false, both)), DEFAULT, false).networks())
        .extracting(DockerNetwork::prefix)
        .containsExactly(Prefix.parse("172.30.0.0/16"));
  }

  @Test
  void hostBitsInASubnetAreIgnoredAsDockerDoes() {
    assertThat(only(mesh(false, List.of(new EngineNetwork.Ipam("172.30.4.5/16", "", "")))).prefix())
        .isEqualTo(Prefix.parse("172.30.0.0/16"));
  }

  @Test
  void sameSubnetTwiceIsCarriedOnce() {
    DockerNetworks found =
        DockerNetworks.of(
            List.of(
                bridge("b", Map.of("vrouter.mesh", "true")),
                bridge("a", Map.of("vrouter.mesh", "true"))),
            DEFAULT,
            false);

    assertThat(found.networks()).extracting(DockerNetwork::network).containsExactly("a");
    assertThat(found.problems()).extracting(Problem::code).containsExactly("docker-same-subnet");
  }

  @Property
  void whateverTheEngineSaysNothingThrows(
      @ForAll String name, @ForAll String label, @ForAll String subnet, @ForAll String gateway) {
    EngineNetwork strange =
        network(
            name,
            "bridge",
            "local",
            false,
            Map.of("vrouter.mesh", "true", "vrouter.vni", label, PROJECT, label),
            Map.of("com.docker.network.bridge.name", label),
            List.of(
                new EngineNetwork.Ipam(subnet, "", gateway),
                new EngineNetwork.Ipam("10.0.0.0/" + label, "", gateway)));

    DockerNetworks found = DockerNetworks.of(List.of(strange), DEFAULT, true);
    assertThat(found.networks().size() + found.problems().size()).isPositive();
  }

  private static DockerNetwork only(EngineNetwork network) {
    DockerNetworks found = DockerNetworks.of(List.of(network), DEFAULT, false);
    assertThat(found.problems()).isEmpty();
    assertThat(found.networks()).hasSize(1);
    return found.networks().get(0);
  }

  private static Problem refused(EngineNetwork network) {
    DockerNetworks found = DockerNetworks.of(List.of(network), DEFAULT, false);
    assertThat(found.networks()).isEmpty();
    assertThat(found.problems()).hasSize(1);
    return found.problems().get(0);
  }

  private static List<EngineNetwork.Ipam> v4() {
    return List.of(new EngineNetwork.Ipam("172.30.0.0/16", "", "172.30.0.1"));
  }

  private static EngineNetwork bridge(String name, Map<String, String> labels) {
    return network(name, "bridge", "local", false, labels, Map.of(), v4());
  }

  private static EngineNetwork mesh(boolean ipv6, List<EngineNetwork.Ipam> ipam) {
    return new EngineNetwork(
        "0123456789abcdef",
        "n",
        "bridge",
        "local",
        false,
        true,
        ipv6,
        Map.of("vrouter.mesh", "true"),
        Map.of(),
        ipam);
  }

  private static EngineNetwork network(
      String name,
      String driver,
      String scope,
      boolean internal,
      Map<String, String> labels,
      Map<String, String> options,
      List<EngineNetwork.Ipam> ipam) {
    return new EngineNetwork(
        "0123456789abcdef", name, driver, scope, internal, true, false, labels, options, ipam);
  }
}
