package io.vrouter.mesh.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two hosts whose engines drop what they didn't ask for, as Docker 20.10 to 28 do. */
@Tag("lab")
class ForwardingIT {
  private static final Path BIN = Path.of("target/dist/bin").toAbsolutePath().normalize();
  private static final String SOCKET = "/run/vrouter/mesh.sock";

  private static Engines engines;

  @BeforeAll
  static void start() {
    engines = Engines.start(2);
    engines.importBase();
    EngineHost first = engines.host(1);
    String token =
        first
            .ok(BIN.resolve("meshctl").toString(), "token", "create")
            .lines()
            .reduce("", (before, line) -> line);
    for (EngineHost host : engines.hosts()) {
      dropForwarded(host);
      host.write("/run/mesh.token", token + "\n");
      host.start(
          "meshd",
          BIN.resolve("meshd").toString(),
          "run",
          "--token-file",
          "/run/mesh.token",
          "--state-dir",
          "/run/vrouter-state",
          "--socket",
          SOCKET);
      stack(host, "up", "-d");
    }
  }

  @AfterAll
  static void stop() {
    engines.close();
  }

  /** Engines of 20.10 set the policy only where they switched forwarding on, and know no raw. */
  private static void dropForwarded(EngineHost host) {
    String number = host == engines.host(1) ? "30" : "31";
    host.ok("iptables", "-P", "FORWARD", "DROP");
    host.ok(
        "iptables",
        "-t",
        "raw",
        "-A",
        "PREROUTING",
        "-d",
        "172." + number + ".0.2/32",
        "-i",
        "vxlan+",
        "-j",
        "DROP");
  }

  private static String stack(EngineHost host, String... arguments) {
    String stack = host == engines.host(1) ? "a" : "b";
    String file =
        EnginesIT.ROOT
            .resolve("examples/multi-stack/docker-compose.stack-" + stack + ".yml")
            .toString();
    String[] command = new String[4 + arguments.length];
    System.arraycopy(new String[] {"-p", "stack-" + stack, "-f", file}, 0, command, 0, 4);
    System.arraycopy(arguments, 0, command, 4, arguments.length);
    return host.compose(Map.of("STACK_IMAGE", BaseImage.NAME), command).ok().text();
  }

  private static void assertReachable() {
    Awaitility.await("pages both ways")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(
            () -> {
              assertThat(page(1, "172.31.0.2")).isEqualTo("stack b sees 172.30.0.2");
              assertThat(page(2, "172.30.0.2")).isEqualTo("stack a sees 172.31.0.2");
            });
  }

  private static String page(int number, String address) {
    EngineHost host = engines.host(number);
    String app = host.dockerOk("ps", "-q", "--filter", "name=app");
    String url = "http://" + address + "/cgi-bin/whoami";
    return host.docker("exec", app, "timeout", "2", "busybox", "wget", "-qO-", url).text();
  }

  private static String rules(EngineHost host) {
    return host.ok("iptables-save");
  }

  @Test
  void containersReachEachOtherByTheirOwnAddressesWhateverBecomesOfTheRules() {
    assertReachable();

    for (EngineHost host : engines.hosts()) {
      assertThat(rules(host)).contains("-A DOCKER-USER -m comment --comment \"vrouter mesh\"");
      host.ok("iptables", "-F", "DOCKER-USER");
      host.ok("iptables", "-t", "raw", "-F");
      dropForwarded(host);
    }
    assertReachable();

    engines.everywhere(
        host -> {
          host.stopEngine();
          host.startEngine();
          stack(host, "up", "-d");
        });
    assertReachable();

    for (EngineHost host : engines.hosts()) {
      host.ok(BIN.resolve("meshctl").toString(), "--socket", SOCKET, "leave");
      assertThat(rules(host)).contains("DOCKER-USER").doesNotContain("vrouter", "VROUTER");
    }
  }
}
