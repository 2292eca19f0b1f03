package io.vrouter.mesh.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.config.ConfigException;
import io.vrouter.mesh.config.ConfigFiles;
import io.vrouter.mesh.config.ConfigSources;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.docker.DockerNetwork;
import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.plan.LocalNetwork;
import io.vrouter.mesh.plan.Underlay;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkInfo;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LocalStatesTest {
  private static final Underlay UNDERLAY = new Underlay(Addresses.parse("192.0.2.1"), 1500, 2);

  private static final List<Link> LINKS =
      List.of(
          Link.of(5, "br-a", LinkInfo.of("bridge")),
          Link.of(6, "br-b", LinkInfo.of("bridge")),
          Link.of(7, "podman1", LinkInfo.of("bridge")));

  @Test
  void theHalfThatTheOverlayCantCarryIsANoteAndNoNetwork() throws ConfigException {
    DockerSnapshot docker =
        docker(network("172.30.0.0/16", "br-a", "web"), network("fd00:30::/64", "br-a", "web"));
    LocalStates states = states("10.1.1.0/24");

    assertThat(prefixes(states, docker)).containsExactly("172.30.0.0/16");
    assertThat(states.otherHalves(docker))
        .singleElement()
        .satisfies(
            note -> {
              assertThat(note.severity()).isEqualTo(Problem.Severity.NOTE);
              assertThat(note.code()).isEqualTo("docker-other-family");
              assertThat(note.message()).contains("fd00:30:0:0:0:0:0:0/64", "'web'", "IPv4");
            });
    LocalStates six = states("fd00:1::/64");
    assertThat(prefixes(six, docker)).containsExactly("fd00:30:0:0:0:0:0:0/64");
    assertThat(six.otherHalves(docker)).hasSize(1);
  }

  @Test
  void aNetworkOfTheOtherVersionAloneStaysForThePlanToRefuse() throws ConfigException {
    DockerSnapshot docker =
        docker(network("172.30.0.0/16", "br-a", "web"), network("fd00:31::/64", "br-b", "six"));
    LocalStates states = states("10.1.1.0/24");

    assertThat(prefixes(states, docker)).containsExactly("172.30.0.0/16", "fd00:31:0:0:0:0:0:0/64");
    assertThat(states.otherHalves(docker)).isEmpty();
  }

  /** A rootless or remote engine: peers would route into nothing. */
  @Test
  void aNetworkWithoutItsBridgeHereIsNotAdvertisedAndTheReasonIsTold() throws ConfigException {
    DockerSnapshot docker =
        docker(network("172.30.0.0/16", "br-a", "web"), network("172.31.0.0/16", "br-x", "far"));
    LocalStates states = states("10.1.1.0/24");

    assertThat(prefixes(states, docker)).containsExactly("172.30.0.0/16");
    assertThat(states.problems(docker, LINKS, List.of()))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.code()).isEqualTo("docker-no-bridge");
              assertThat(problem.message()).contains("'far'", "172.31.0.0/16", "br-x");
            });
  }

  /** Podman calls its bridges otherwise. */
  @Test
  void theDeviceThatHasTheSubnetCarriesIt() throws ConfigException {
    DockerSnapshot docker = docker(network("10.89.0.0/24", "br-guessed", "pod"));
    List<Address> addresses = List.of(Address.of(7, Addresses.parse("10.89.0.1"), 24));
    LocalStates states = states("10.1.1.0/24");

    assertThat(states.of(UNDERLAY, LINKS, addresses, docker).networks())
        .singleElement()
        .extracting(LocalNetwork::device)
        .isEqualTo("podman1");
    assertThat(states.problems(docker, LINKS, addresses)).isEmpty();
  }

  private static List<String> prefixes(LocalStates states, DockerSnapshot docker) {
    return states.of(UNDERLAY, LINKS, List.of(), docker).networks().stream()
        .map(LocalNetwork::prefix)
        .map(Prefix::toString)
        .toList();
  }

  private static DockerSnapshot docker(DockerNetwork... networks) {
    return new DockerSnapshot(
        DockerSnapshot.EngineState.FOLLOWED, 1, List.of(networks), Map.of(), List.of());
  }

  private static DockerNetwork network(String prefix, String device, String name) {
    return new DockerNetwork(Prefix.parse(prefix), new Vni(1000), device, null, name, name);
  }

  private static LocalStates states(String overlay) throws ConfigException {
    MeshConfig config =
        MeshConfig.load(
            new ConfigSources(
                Map.of("vxlan-subnet", List.of(overlay), "docker", List.of("off")),
                Map.of(),
                "host7",
                ConfigFiles.system(new ByteArrayInputStream(new byte[0]))));
    return new LocalStates(NodeId.parse("0f".repeat(16)), "test", config, Set::of);
  }
}
