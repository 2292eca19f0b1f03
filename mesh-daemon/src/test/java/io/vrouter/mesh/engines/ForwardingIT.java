package io.vrouter.mesh.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two hosts whose engines drop what they didn't ask for: the real rules of 20.10, the policy that
 * it sets where it switched forwarding on, and the raw drops that 28.2 and later add for each
 * container.
 */
@Tag("lab")
class ForwardingIT {
  private static final Path BIN = Path.of("target/dist/bin").toAbsolutePath().normalize();
  private static final String SOCKET = "/run/vrouter/mesh.sock";
  private static final String PID_FILE = "/run/meshd.pid";

  private static final Map<EngineHost, Child> DAEMONS = new HashMap<>();
  private static Engines engines;

  @BeforeAll
  static void start() {
    engines = Engines.start(2);
    engines.importBase();
    String token =
        engines
            .host(1)
            .ok(BIN.resolve("meshctl").toString(), "token", "create")
            .lines()
            .reduce("", (before, line) -> line);
    for (EngineHost host : engines.hosts()) {
      host.write("/run/mesh.token", token + "\n");
      stack(host, "up", "-d");
      drop(host);
    }
  }

  @AfterAll
  static void stop() {
    engines.close();
  }

  @BeforeEach
  void reachable() {
    engines.hosts().forEach(ForwardingIT::daemon);
    assertReachable();
  }

  private static void daemon(EngineHost host) {
    Child before = DAEMONS.get(host);
    if (before != null && before.alive()) {
      return;
    }
    String run =
        "echo $$ > %s; exec %s run --token-file /run/mesh.token --state-dir /run/vrouter-state --socket %s"
            .formatted(PID_FILE, BIN.resolve("meshd"), SOCKET);
    DAEMONS.put(host, host.start("meshd", "sh", "-c", run));
  }

  private static void ended(EngineHost host) {
    Child daemon = Objects.requireNonNull(DAEMONS.get(host));
    Await.asserted("end of meshd on " + host, () -> assertThat(daemon.alive()).isFalse());
  }

  private static String meshctl(EngineHost host, String... arguments) {
    String[] command = new String[3 + arguments.length];
    System.arraycopy(
        new String[] {BIN.resolve("meshctl").toString(), "--socket", SOCKET}, 0, command, 0, 3);
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    return host.run(command).said();
  }

  /** As 28.2 and later write it for each container, beside the policy of all since 1.13. */
  private static void drop(EngineHost host) {
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
        "!",
        "-i",
        bridge(host),
        "-j",
        "DROP");
  }

  private static String bridge(EngineHost host) {
    return "br-"
        + host.dockerOk("network", "ls", "-q", "--filter", "label=vrouter.mesh").substring(0, 12);
  }

  private static void stack(EngineHost host, String... arguments) {
    String stack = host == engines.host(1) ? "a" : "b";
    String file =
        Deployment.ROOT
            .resolve("examples/multi-stack/docker-compose.stack-" + stack + ".yml")
            .toString();
    String[] command = new String[4 + arguments.length];
    System.arraycopy(new String[] {"-p", "stack-" + stack, "-f", file}, 0, command, 0, 4);
    System.arraycopy(arguments, 0, command, 4, arguments.length);
    host.compose(Map.of("STACK_IMAGE", BaseImage.NAME), command).ok();
  }

  /** Each container is seen with its own address. */
  private static void assertReachable() {
    Await.asserted(
        "pages both ways",
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
    // Counters and dates differ from run to run.
    return host.ok("iptables-save")
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.replaceFirst("\\[[0-9:]*\\]", ""))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void whatWasOpenedIsClosedAtLeaveAndDockersRulesAreUntouched() {
    Map<EngineHost, String> without = new HashMap<>();
    for (EngineHost host : engines.hosts()) {
      assertThat(rules(host))
          .contains("-A DOCKER-USER -m mark --mark 0x76720000/0x76720000")
          .contains("-A PREROUTING -m mark --mark 0x76710000/0x76710000");
      meshctl(host, "leave");
      ended(host);
      without.put(host, rules(host));
      assertThat(without.get(host)).contains("DOCKER-USER").doesNotContain("vrouter");
      assertThat(host.ok("nft", "list", "tables")).doesNotContain("vrouter");
    }
    assertThat(page(2, "172.30.0.2")).as("after leave").isEmpty();

    engines.hosts().forEach(ForwardingIT::daemon);
    assertReachable();
    for (EngineHost host : engines.hosts()) {
      String theirs =
          rules(host)
              .lines()
              .filter(line -> !line.contains("vrouter mesh"))
              .collect(Collectors.joining("\n"));
      assertThat(theirs).as("Docker's own rules beside ours").isEqualTo(without.get(host));
    }
  }

  @Test
  void whatSomebodyFlushesIsPutBack() {
    for (EngineHost host : engines.hosts()) {
      host.ok("iptables", "-F", "DOCKER-USER");
      host.ok("iptables", "-t", "raw", "-F");
      drop(host);
    }
    assertReachable();
  }

  @Test
  void anEngineThatStartsAgainIsOpenedAgain() {
    engines.everywhere(
        host -> {
          host.stopEngine();
          host.startEngine();
          stack(host, "up", "-d");
        });
    assertReachable();
  }

  /** Containers run on, so what leads to them stays, on the other hosts too. */
  @Test
  void aDaemonThatStartsWhileTheEngineIsDownKeepsItsNetworks() throws IOException {
    EngineHost first = engines.host(1);
    Path log = engines.host(2).path("/run/routes.log");
    engines.host(2).start("monitor", "sh", "-c", "exec ip monitor route > /run/routes.log");

    first.killEngine();
    Await.asserted(
        "engine is missed",
        () -> assertThat(meshctl(first, "status")).contains("docker-unreachable"));
    first.ok("kill", "-KILL", Files.readString(first.path(PID_FILE)).strip());
    ended(first);
    daemon(first);
    Await.asserted(
        "new daemon tells what it goes by",
        () ->
            assertThat(meshctl(first, "status"))
                .contains(
                    "docker-unreachable",
                    "as last seen",
                    "172.30.0.0/16 (stack-a_stack-a)",
                    "--docker off"));
    assertThat(page(2, "172.30.0.2")).isEqualTo("stack a sees 172.31.0.2");
    assertThat(meshctl(engines.host(2), "wait", "--members", "2", "--timeout", "30s")).isNotNull();
    assertThat(page(2, "172.30.0.2")).isEqualTo("stack a sees 172.31.0.2");

    first.startEngine();
    stack(first, "up", "-d");
    Await.asserted(
        "engine is followed again",
        () -> assertThat(meshctl(first, "status")).doesNotContain("docker-unreachable"));
    assertReachable();
    assertThat(Files.readString(log)).doesNotContain("Deleted 172.30.0.0/16");

    stack(first, "down");
    Await.asserted(
        "withdrawn", () -> assertThat(Files.readString(log)).contains("Deleted 172.30.0.0/16"));
    stack(first, "up", "-d");
  }
}
