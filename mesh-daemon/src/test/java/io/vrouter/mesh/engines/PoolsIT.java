package io.vrouter.mesh.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Three engines that hand out subnets nobody planned, from ranges of the mesh-wide pool. */
@Tag("lab")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PoolsIT {
  private static final String BIN = Path.of("target/dist/bin").toAbsolutePath() + "/";
  private static final Path EXAMPLE = EnginesIT.ROOT.resolve("examples/pools");
  private static final Prefix POOL = Prefix.parse("10.128.0.0/10");
  private static final int NETWORKS = 20;

  private static Engines engines;

  @BeforeAll
  static void start() {
    engines = Engines.start(3);
    engines.importBase();
    String token = engines.host(1).ok(BIN + "meshctl", "token", "create");
    for (EngineHost host : engines.hosts()) {
      host.write("/run/mesh.token", token + "\n");
      host.write("/run/docker/daemon.json", "{\"max-concurrent-downloads\": 2}\n");
      host.start("meshd", BIN + "meshd", "run", "--token-file", "/run/mesh.token");
    }
    for (EngineHost host : engines.hosts()) {
      Await.asserted("members", () -> meshctl(host, "wait", "--members", "3").ok());
    }
  }

  @AfterAll
  static void stop() {
    engines.close();
  }

  @Test
  @Order(1)
  void noTwoNetworksOverlapThoughNobodyPlannedASubnet() {
    engines.everywhere(
        host -> {
          Output applied = meshctl(host, "docker-pools", "--apply").ok();
          assertThat(applied.stderr())
              .contains("wrote /etc/docker/daemon.json: restart the engine")
              .doesNotContain("provisional");
          host.stopEngine();
          host.startEngine();
        });
    Map<Prefix, EngineHost> owners = new ConcurrentHashMap<>();
    engines.everywhere(
        host -> {
          assertThat(host.ok("cat", "/etc/docker/daemon.json"))
              .contains("\"max-concurrent-downloads\" : 2", "default-address-pools");
          List<String> create =
              new ArrayList<>(List.of("network", "create", "--label", "vrouter.mesh=true"));
          for (int i = 0; i < NETWORKS; i++) {
            List<String> named = new ArrayList<>(create);
            named.add("net" + i);
            host.dockerOk(named.toArray(String[]::new));
            owners.put(subnet(host, "net" + i), host);
          }
        });

    assertThat(owners).hasSize(3 * NETWORKS);
    assertThat(owners.keySet()).allMatch(POOL::contains);
    for (Prefix one : owners.keySet()) {
      assertThat(owners.keySet().stream().filter(one::overlaps)).containsExactly(one);
    }
    for (EngineHost host : engines.hosts()) {
      Await.asserted(
          "routes to all others on " + host,
          () ->
              assertThat(host.ok("ip", "-4", "route", "show", "proto", "158").lines())
                  .hasSize(2 * NETWORKS));
      assertThat(meshctl(host, "conflicts").ok().stdout()).contains("no conflicts");
    }
    engines.everywhere(
        host -> {
          for (int i = 0; i < NETWORKS; i++) {
            host.dockerOk("network", "rm", "net" + i);
          }
        });
  }

  @Test
  @Order(2)
  void shippedStackReachesItselfAcrossHostsWithNoSubnetInAnyFile() {
    Map<EngineHost, String> addresses = new HashMap<>();
    for (EngineHost host : engines.hosts()) {
      web(host, "compose.yaml", Map.of());
      addresses.put(host, address(host));
    }
    assertThat(addresses.values()).doesNotHaveDuplicates().allMatch(it -> it.startsWith("10."));
    engines.hosts().forEach(from -> addresses.forEach((to, at) -> assertServes(from, to, at)));

    // One of them by name instead: the engine is told nothing.
    EngineHost first = engines.host(1);
    down(first, "compose.yaml", Map.of());
    String subnet = meshctl(first, "subnet", "claim", "web").ok().text();
    Map<String, String> claimed = Map.of("WEB_SUBNET", subnet);
    web(first, "compose.claimed.yaml", claimed);
    assertThat(subnet(first, "web_default")).isEqualTo(Prefix.parse(subnet));
    assertServes(engines.host(2), first, address(first));
    down(first, "compose.claimed.yaml", claimed);
    assertThat(meshctl(first, "subnet", "release", "web").ok().stderr()).contains(subnet);
  }

  private static void assertServes(EngineHost from, EngineHost to, String address) {
    String name = to.dockerOk("exec", container(to), "hostname");
    Await.asserted(
        from + " fetches the page of " + to,
        () ->
            assertThat(
                    from.docker(
                            "exec",
                            container(from),
                            "timeout",
                            "2",
                            "busybox",
                            "wget",
                            "-qO-",
                            "http://" + address + "/")
                        .text())
                .isEqualTo(name));
  }

  private static void web(EngineHost host, String file, Map<String, String> more) {
    compose(host, file, more, "up", "-d");
  }

  private static void down(EngineHost host, String file, Map<String, String> more) {
    compose(host, file, more, "down");
  }

  private static void compose(
      EngineHost host, String file, Map<String, String> more, String... arguments) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("STACK_IMAGE", BaseImage.NAME);
    List<String> command =
        new ArrayList<>(List.of("-p", "web", "-f", EXAMPLE.resolve(file).toString()));
    command.addAll(List.of(arguments));
    host.compose(environment, command.toArray(String[]::new)).ok();
  }

  private static String container(EngineHost host) {
    return host.dockerOk("ps", "-q", "--filter", "label=com.docker.compose.project=web");
  }

  private static String address(EngineHost host) {
    return host.dockerOk(
        "inspect",
        "-f",
        "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
        container(host));
  }

  private static Prefix subnet(EngineHost host, String network) {
    return Prefix.parse(
        host.dockerOk("network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", network));
  }

  private static Output meshctl(EngineHost host, String... arguments) {
    List<String> command = new ArrayList<>(List.of(BIN + "meshctl"));
    command.addAll(List.of(arguments));
    return host.run(command.toArray(String[]::new));
  }
}
