package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Stack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How hosts find each other. */
@Tag("lab")
class JoinIT {
  @RegisterExtension final Lab lab = new Lab();

  @Test
  void hostsThatShareNothingButATokenMeetByMulticast() {
    List<Host> hosts = lab.three();
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);

    Map<String, String> everybody = Map.of("h1", "alive", "h2", "alive", "h3", "alive");
    for (Host host : hosts) {
      Await.asserted("members of " + host, () -> assertThat(host.members()).isEqualTo(everybody));
    }
    assertMembersAreAsInTheContract(hosts.get(0));
    assertRoutesAreAsInTheContract(hosts.get(0));
    assertThat(hosts.get(0).ctl("wait", "--members", "3", "--timeout", "5s").exit()).isZero();
    assertThat(hosts.get(0).ctl("wait", "--members", "4", "--timeout", "1s").exit()).isEqualTo(4);
    Await.asserted(
        "h1 converges",
        () -> {
          JsonNode status = hosts.get(0).json("status");
          assertThat(status.path("converged").asBoolean()).isTrue();
          assertThat(status.path("members").path("alive").asInt()).isEqualTo(3);
        });
  }

  private static void assertMembersAreAsInTheContract(Host host) {
    JsonNode answer = host.json("members");
    assertThat(answer.path("apiVersion").asText()).isEqualTo("mesh/v1");
    Set<String> overlays = new HashSet<>();
    for (JsonNode member : answer.path("members")) {
      String name = member.path("name").asText();
      assertThat(member.path("underlay").asText()).isEqualTo(Lan.PREFIX + name.substring(1));
      assertThat(member.path("overlay").asText()).startsWith("10.1.1.");
      assertThat(member.path("subnets")).hasSize(1);
      overlays.add(member.path("overlay").asText());
      if (name.equals(host.name())) {
        assertThat(member.path("id").asText()).isEqualTo(answer.path("self").asText());
        assertThat(member.path("overlay").asText()).isEqualTo(host.kernel().address(Kernel.DEVICE));
      }
    }
    assertThat(overlays).hasSize(3);
  }

  private static void assertRoutesAreAsInTheContract(Host host) {
    JsonNode answer = host.json("routes");
    assertThat(answer.path("apiVersion").asText()).isEqualTo("mesh/v1");
    Set<String> prefixes = new HashSet<>();
    for (JsonNode route : answer.path("routes")) {
      if (route.path("state").asText().equals("installed")) {
        prefixes.add(route.path("prefix").asText());
        assertThat(route.path("device").asText()).isEqualTo(Kernel.DEVICE);
      }
    }
    assertThat(prefixes).contains("172.31.0.0/16", "172.22.0.0/16");
  }

  @Test
  void withMulticastOffOneSeedIsEnough() {
    List<Host> hosts = lab.three();
    hosts.get(0).start("--multicast", "off");
    hosts.get(1).start("--multicast", "off", "--seed", hosts.get(0).underlay());
    hosts.get(2).start("--multicast", "off", "--seed", hosts.get(0).underlay() + ":7950");
    lab.awaitMesh(hosts);
  }

  @Test
  void withMulticastOffAndNoSeedAHostStaysAlone() {
    Host one = lab.host(1);
    Host two = lab.host(2);
    one.start("--multicast", "off");
    two.start();
    one.awaitAnswer();
    two.awaitAnswer();
    Await.holdsFor(
        Duration.ofSeconds(4),
        "both stay alone",
        () -> one.members().size() == 1 && two.members().size() == 1);
  }

  @Test
  void aNameWithSeveralAddressesIsASeed() {
    List<Host> hosts = lab.three();
    String names =
        """
        127.0.0.1 localhost
        192.168.200.1 seeds.mesh.test
        192.168.200.2 seeds.mesh.test
        192.168.200.3 seeds.mesh.test
        """;
    for (Host host : hosts) {
      host.write("/run/hosts", names);
      host.space().ok("mount", "--bind", "/run/hosts", "/etc/hosts");
      host.start("--multicast", "off", "--seed", "seeds.mesh.test");
    }
    lab.awaitMesh(hosts);
  }

  @Test
  void theConfigurationFileOfTheExamplesAndNoCapabilityButNetAdminDo() {
    Host one = lab.host(1);
    Host two = lab.host(2);
    one.stack("172.30.0.0/16");
    two.stack("172.31.0.0/16");
    one.space().ok("mkdir", "-m", "0700", "/var/lib/vrouter");
    one.write("/var/lib/vrouter/token", lab.token() + "\n");
    String file = Lab.ROOT.resolve("examples/host/mesh.yaml").toString();
    List<String> asInTheUnit =
        List.of("setpriv", "--bounding-set", "-all,+net_admin", "--inh-caps", "-all,+net_admin");
    List<String> command = new ArrayList<>(asInTheUnit);
    command.addAll(List.of(Lab.MESHD.toString(), "run", "--config", file));
    command.addAll(List.of("--token-file", "/var/lib/vrouter/token"));
    lab.closing(one.launch(Map.of(), command));
    two.start();
    lab.awaitMesh(List.of(one, two));
  }

  @Test
  void twoHostsStartedAtTheSameInstantMeet() {
    Host one = lab.host(1);
    Host two = lab.host(2);
    one.stack("172.30.0.0/16");
    two.stack("172.31.0.0/16");
    one.start();
    two.start();
    lab.awaitMesh(List.of(one, two));
  }

  @Test
  void aLateJoinerLearnsEverything() {
    List<Host> hosts = lab.three();
    Host late = lab.host(4);
    late.stack("172.24.0.0/16");
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);

    late.start();

    lab.awaitMesh(List.of(hosts.get(0), hosts.get(1), hosts.get(2), late));
    assertThat(late.members()).hasSize(4).containsValue("alive").doesNotContainValue("failed");
  }

  @Test
  void twoStacksOnOneHostAreBothReached() {
    Host one = lab.host(1);
    Host two = lab.host(2);
    Stack first = one.stack("172.30.0.0/16");
    Stack second = one.stack("172.29.0.0/16");
    Stack remote = two.stack("172.31.0.0/16");
    one.start();
    two.start();
    lab.awaitMesh(List.of(one, two));

    for (Stack stack : List.of(first, second)) {
      Await.until("there", () -> remote.container().pings(stack.address()));
      Await.until("and back", () -> stack.container().pings(remote.address()));
    }
  }

  @Test
  void aHostWithAnotherTokenStaysOut() {
    List<Host> hosts = lab.three();
    Host one = hosts.get(0);
    Host two = hosts.get(1);
    Host other = hosts.get(2);
    one.start();
    two.start();
    other.start(Map.of("MESH_TOKEN", Lab.randomSecret()), "--seed", one.underlay());
    lab.awaitMesh(List.of(one, two));
    other.awaitAnswer();

    Await.holdsFor(
        Duration.ofSeconds(4),
        "the other stays out",
        () ->
            other.members().equals(Map.of("h3", "alive"))
                && one.members().size() == 2
                && one.forgot(other)
                && other.forgot(one));
    assertThat(other.stack().container().pings(one.stack().address())).isFalse();
  }
}
