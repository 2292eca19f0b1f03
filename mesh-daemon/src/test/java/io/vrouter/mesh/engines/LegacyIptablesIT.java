package io.vrouter.mesh.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shipped daemon on two hosts, of which the first has a Docker with iptables-legacy: reached
 * with one capability more, and looked at with the commands of the documents.
 */
@Tag("lab")
class LegacyIptablesIT {
  private static final Path DAEMON = Deployment.EXAMPLES.resolve("daemon");
  private static final String LEGACY = "compose.legacy-iptables.yaml";

  @TempDir private static Path directory;
  private static Deployment deployment;
  private static EngineHost legacy;
  private static ShippedStack a;
  private static ShippedStack b;

  @BeforeAll
  static void start() {
    deployment = Deployment.start(2, directory);
    legacy = deployment.engines().host(1);
    legacy.stopEngine();
    legacy.ok("nft", "flush", "ruleset");
    legacy.useLegacyIptables();
    legacy.startEngine();
    legacy.ok("iptables-legacy", "-P", "FORWARD", "DROP");
    a = ShippedStack.of(legacy, "a").up();
    b = ShippedStack.of(deployment.engines().host(2), "b").up();
  }

  @AfterAll
  static void stop() {
    deployment.close();
  }

  private static void daemonWith(String... files) {
    List<String> command = new ArrayList<>(List.of("-p", "daemon"));
    for (String file : files) {
      // Beside the token's file, as on a user's host.
      Path copy = directory.resolve(file);
      try {
        if (!Files.exists(copy)) {
          Files.copy(DAEMON.resolve(file), copy);
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      command.addAll(List.of("-f", copy.toString()));
    }
    command.addAll(List.of("up", "-d"));
    legacy.compose(Map.of(), command.toArray(String[]::new)).ok();
  }

  private static void assertReachable() {
    Await.asserted(
        "pages both ways",
        () -> {
          assertThat(a.fetch(b.address())).isEqualTo(b.sees(a.address()));
          assertThat(b.fetch(a.address())).isEqualTo(a.sees(b.address()));
        });
  }

  @Test
  void oneCapabilityMoreIsNeededAndEnoughAndItsLackIsTold() {
    daemonWith("compose.yaml");
    // What an earlier daemon opened stays, as the rest of its data path does.
    legacy.ok("iptables-legacy", "-F", "DOCKER-USER");
    Await.asserted(
        "the lack is told",
        () ->
            assertThat(deployment.meshctl(legacy, "status").stdout())
                .contains("forwarding", "iptables-legacy", "cap_add: NET_RAW", LEGACY));
    assertThat(b.fetch(a.address())).isEmpty();

    daemonWith("compose.yaml", LEGACY);
    assertReachable();
    String container = Deployment.daemonContainer(legacy);
    assertThat(
            legacy.dockerOk(
                "inspect", "-f", "{{.HostConfig.CapDrop}} {{.HostConfig.CapAdd}}", container))
        .startsWith("[ALL] ")
        .satisfies(
            caps ->
                assertThat(caps.substring(6).replaceAll("[\\[\\]]", "").split(" ", -1))
                    .containsExactlyInAnyOrder("NET_ADMIN", "SYS_NICE", "NET_RAW"));
    assertThat(deployment.meshctl(legacy, "status").stdout()).doesNotContain("NET_RAW");
    assertThat(legacy.ok("iptables-legacy-save")).contains("vrouter mesh");
  }

  @Test
  void theDebugCommandsOfTheDocumentsWorkAsTheyStandThere() throws IOException {
    daemonWith("compose.yaml", LEGACY);
    assertReachable();

    String documents = Files.readString(Deployment.ROOT.resolve("docs/troubleshooting.md"));
    assertThat(debug(documents, "docker exec <router-container> ip link show vxlan1000"))
        .contains("vxlan1000", "UP");
    assertThat(debug(documents, "docker exec <router-container> bridge fdb show dev vxlan1000"))
        .contains("00:00:00:00:00:00 dst " + b.host().address());
    assertThat(debug(documents, "docker exec <router-container> ip route show | grep 172"))
        .contains(b.subnet() + " via 10.1.1.", a.subnet() + " dev br-");
    // Pings for ever, as it stands there: what it says is looked at while it does.
    Path said = directory.resolve("ping.log");
    String command = named(documents, "docker exec <app-container> ping <remote-gateway-ip>");
    try (Child ping = Spawner.start(said, Map.of(), shell("exec " + command))) {
      Await.asserted(
          "answers", () -> assertThat(ping.said()).contains("64 bytes from " + b.gateway()));
    }
  }

  private static String debug(String documents, String command) {
    return Spawner.run(Map.of(), shell(named(documents, command))).ok().text();
  }

  private static List<String> shell(String command) {
    return List.of("sh", "-c", "export DOCKER_HOST=unix://" + legacy.socket() + "; " + command);
  }

  private static String named(String documents, String command) {
    assertThat(documents.lines()).contains(command);
    return command
        .replace("<router-container>", Deployment.daemonContainer(legacy))
        .replace("<app-container>", a.app())
        .replace("<remote-gateway-ip>", b.gateway());
  }
}
