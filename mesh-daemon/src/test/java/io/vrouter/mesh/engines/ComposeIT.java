package io.vrouter.mesh.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three hosts with an engine each, deployed by the shipped compose files and a token alone. */
@Tag("lab")
class ComposeIT {
  private static final Path EXAMPLES = EnginesIT.ROOT.resolve("examples");
  private static final Map<String, String> STACK_IMAGE = Map.of("STACK_IMAGE", BaseImage.NAME);

  @TempDir private static Path directory;
  private static Engines engines;

  @BeforeAll
  static void start() throws IOException {
    engines = Engines.start(3);
    engines.importBase();
    EngineHost first = engines.host(1);
    first.dockerOk(
        "build",
        "-q",
        "-t",
        EnginesIT.IMAGE,
        "--build-arg",
        "BASE_IMAGE=" + BaseImage.NAME,
        EnginesIT.ROOT.toString());
    engines.share(EnginesIT.IMAGE);
    String token =
        first
            .dockerOk("run", "--rm", "--entrypoint", "meshctl", EnginesIT.IMAGE, "token", "create")
            .lines()
            .reduce("", (before, line) -> line);
    Files.copy(EXAMPLES.resolve("daemon/compose.yaml"), directory.resolve("compose.yaml"));
    Files.writeString(directory.resolve(".env"), "MESH_TOKEN=" + token + "\n");
    engines.everywhere(host -> daemon(host, "up", "-d").ok());
    for (EngineHost host : engines.hosts()) {
      // The container has to run before anything can be asked in it.
      eventually(
          "members on " + host,
          () -> meshctl(host, "wait", "--members", "3", "--timeout", "30s").ok());
    }
  }

  @AfterAll
  static void stop() {
    engines.close();
  }

  @Test
  void labelledNetworkComesToAllHostsAndGoes() {
    stack(1, "a", "up", "-d").ok();
    for (EngineHost host : engines.hosts().subList(1, 3)) {
      eventually(
          "route on " + host, () -> assertThat(routes(host)).contains("172.30.0.0/16 via 10.1.1."));
    }
    assertThat(meshctl(engines.host(2), "networks", "-o", "json").ok().text())
        .contains("\"stack-a_stack-a\"", "\"stack-a\"", "172.30.0.0/16");

    stack(1, "a", "down").ok();
    for (EngineHost host : engines.hosts().subList(1, 3)) {
      eventually(
          "no route on " + host, () -> assertThat(routes(host)).doesNotContain("172.30.0.0/16"));
    }
  }

  @Test
  void badLabelShowsInStatus() {
    EngineHost host = engines.host(3);
    host.dockerOk("network", "create", "--label", "vrouter.mesh=maybe", "doubtful");
    eventually(
        "problem",
        () ->
            assertThat(meshctl(host, "status").stdout())
                .contains("doubtful", "maybe", "true or false"));
    host.dockerOk("network", "rm", "doubtful");
    eventually(
        "no problem",
        () -> assertThat(meshctl(host, "status").stdout()).doesNotContain("doubtful"));
  }

  @Test
  void shippedScriptReachesEveryStackFromEveryOther() {
    Map<String, String> environment = new HashMap<>(STACK_IMAGE);
    environment.put("DOCKER_CONFIG", directory.resolve("contexts").toString());
    environment.put("PATIENCE", "10");
    List<String> script =
        new ArrayList<>(List.of(EXAMPLES.resolve("three-stack-test.sh").toString()));
    for (EngineHost host : engines.hosts()) {
      Tied.run(
              Duration.ofSeconds(40),
              environment,
              List.of(
                  "docker",
                  "context",
                  "create",
                  host.toString(),
                  "--docker",
                  "host=unix://" + host.socket()))
          .ok();
      script.add(host.toString());
      // Docker's own DROP is opened by hand here: this test is about the data path behind it.
      for (String way : List.of("-i", "-o")) {
        host.ok("iptables", "-I", "DOCKER-USER", way, "vxlan1000", "-j", "ACCEPT");
      }
    }
    Output output = Tied.run(Duration.ofMinutes(5), environment, script);
    assertThat(output.exit()).as(output.stdout() + output.stderr()).isZero();
    assertThat(output.stdout().lines().filter(line -> line.startsWith("ok "))).hasSize(6);
  }

  private static String routes(EngineHost host) {
    return host.ok("ip", "-4", "route", "show");
  }

  private static Output daemon(EngineHost host, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of("-p", "daemon", "-f", directory.resolve("compose.yaml").toString()));
    command.addAll(List.of(arguments));
    return host.compose(Map.of(), command.toArray(String[]::new));
  }

  private static Output meshctl(EngineHost host, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "exec", host.dockerOk("ps", "-q", "--filter", "name=daemon.meshd.1"), "meshctl"));
    command.addAll(List.of(arguments));
    return host.docker(command.toArray(String[]::new));
  }

  private static Output stack(int host, String stack, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "-p",
                "stack-" + stack,
                "-f",
                EXAMPLES.resolve("multi-stack/docker-compose.stack-" + stack + ".yml").toString()));
    command.addAll(List.of(arguments));
    return engines.host(host).compose(STACK_IMAGE, command.toArray(String[]::new));
  }

  private static void eventually(String what, ThrowingRunnable assertion) {
    Awaitility.await(what)
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(assertion);
  }
}
