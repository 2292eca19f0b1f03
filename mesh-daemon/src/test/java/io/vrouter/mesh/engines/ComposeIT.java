package io.vrouter.mesh.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Ping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three hosts with an engine each, deployed by the shipped compose files and a token alone. */
@Tag("lab")
class ComposeIT {
  @TempDir private static Path directory;
  private static Deployment mesh;
  private static ReadmeCommands readme;

  private final List<ShippedStack> running = new ArrayList<>();

  @BeforeAll
  static void start() {
    mesh = Deployment.start(3, directory);
    Path file = Deployment.EXAMPLES.resolve("multi-stack/README.md");
    readme = ReadmeCommands.of(file, mesh.engines(), directory);
  }

  @AfterAll
  static void stop() {
    mesh.close();
  }

  @AfterEach
  void takeDown() {
    running.forEach(ShippedStack::down);
  }

  private static EngineHost host(int number) {
    return mesh.engines().host(number);
  }

  private ShippedStack up(ShippedStack stack) {
    running.add(stack);
    return stack.up();
  }

  private ShippedStack up(int host, String letter) {
    return up(ShippedStack.of(host(host), letter));
  }

  private void down(ShippedStack stack) {
    stack.down();
    running.remove(stack);
  }

  @Test
  void oneHostWithSeveralStacks() {
    assertAllReachAll(
        followed(
            "One host, several stacks",
            ShippedStack.of(host(1), "a"),
            ShippedStack.of(host(1), "b")));
  }

  @Test
  void severalHostsWithOneStackEach() {
    // Without -p: compose names the project after the directory, on each host the same.
    assertAllReachAll(
        followed(
            "Several hosts, one stack each",
            new ShippedStack(host(1), "a", "multi-stack"),
            new ShippedStack(host(2), "b", "multi-stack"),
            new ShippedStack(host(3), "c", "multi-stack")));
  }

  @Test
  void severalHostsWithSeveralStacksThatComeAndGo() {
    ShippedStack a = ShippedStack.of(host(1), "a");
    ShippedStack b = ShippedStack.of(host(1), "b");
    ShippedStack c = ShippedStack.of(host(2), "c");
    assertAllReachAll(followed("Several hosts, several stacks", a, b, c));
    assertThat(mesh.meshctl(host(3), "networks", "-o", "json").ok().text())
        .contains("\"stack-a_stack-a\"", "\"stack-a\"", "172.30.0.0/16")
        .contains("\"stack-b_stack-b\"", "\"stack-b\"", "172.31.0.0/16");

    down(a);
    assertRoute(false, a, 2, 3);
    assertAllReachAll(List.of(b, c));
  }

  /** Types in what the README says under a heading, which brings up the given stacks. */
  private List<ShippedStack> followed(String heading, ShippedStack... stacks) {
    running.addAll(List.of(stacks));
    readme.line("docker context use host1").ok();
    for (String line : readme.under(heading)) {
      if (line.contains("docker exec")) {
        Await.asserted(line, () -> readme.line(line).ok());
      } else if (!line.startsWith("docker context create")) {
        readme.line(line).ok();
      }
    }
    return List.of(stacks);
  }

  /** Pages with the client's own address, and not one ping of 200 lost, between every two. */
  private static void assertAllReachAll(List<ShippedStack> stacks) {
    List<CompletableFuture<Void>> pairs = new ArrayList<>();
    for (ShippedStack from : stacks) {
      for (ShippedStack to : stacks) {
        if (!from.equals(to)) {
          pairs.add(CompletableFuture.runAsync(() -> assertReaches(from, to)));
        }
      }
    }
    pairs.forEach(CompletableFuture::join);
  }

  private static void assertReaches(ShippedStack from, ShippedStack to) {
    Await.asserted(
        from + " to " + to,
        () -> assertThat(from.fetch(to.address())).isEqualTo(to.sees(from.address())));
    assertThat(from.ping(to.address(), 200).ok().text())
        .contains("200 packets transmitted, 200 received, 0% packet loss");
  }

  private static void assertRoute(boolean there, ShippedStack stack, int... hosts) {
    for (int number : hosts) {
      Await.asserted(
          "route of " + stack + " on host " + number,
          () ->
              assertThat(host(number).ok("ip", "-4", "route", "show", stack.subnet()))
                  .matches(there ? "^172.* via 10\\.1\\.1\\..*" : ""));
    }
  }

  @Test
  void hostsGatewaysAndOverlayAddressesAreEndpointsToo() {
    ShippedStack a = up(1, "a");
    ShippedStack b = up(2, "b");
    assertAllReachAll(List.of(a, b));
    String overlay = overlay(1);
    String url = "http://" + b.address() + "/cgi-bin/whoami";
    assertThat(host(1).ok("curl", "-sS", "--max-time", "5", url)).isEqualTo(b.sees(overlay));
    for (String address : List.of(b.gateway(), overlay(2), overlay(3))) {
      assertThat(a.ping(address, 20).ok().text()).contains(" 0% packet loss");
    }
    for (String address : List.of(a.address(), a.gateway(), overlay)) {
      host(2).ok("ping", "-n", "-q", "-c", "20", "-i", "0.01", address);
    }
  }

  private static String overlay(int number) {
    String shown = host(number).ok("ip", "-4", "-o", "address", "show", "dev", "vxlan1000");
    return shown.replaceFirst(".* inet ([0-9.]+)/.*", "$1");
  }

  @Test
  void networkMadeAgainWithoutItsLabelIsWithdrawn() throws IOException {
    ShippedStack a = up(1, "a");
    assertRoute(true, a, 2, 3);
    down(a);
    Path file = directory.resolve("docker-compose.without-label.yml");
    String shipped =
        Files.readString(Deployment.EXAMPLES.resolve("multi-stack/docker-compose.stack-a.yml"));
    String label = "    labels:\n      vrouter.mesh: \"true\"\n";
    assertThat(shipped).contains(label);
    Files.writeString(file, shipped.replace(label, ""));
    running.add(a);
    a.compose(file, "up", "-d").ok();
    assertRoute(false, a, 2, 3);
    // Its subnet is still there on its own host, and nobody else's business.
    assertThat(host(1).ok("ip", "-4", "route", "show", a.subnet())).contains("dev br-");
    assertThat(mesh.meshctl(host(1), "networks").ok().text()).doesNotContain(a.subnet());
  }

  @Test
  void badLabelShowsInStatus() {
    EngineHost host = host(3);
    host.dockerOk("network", "create", "--label", "vrouter.mesh=maybe", "doubtful");
    Await.asserted(
        "problem",
        () ->
            assertThat(mesh.meshctl(host, "status").stdout())
                .contains("doubtful", "maybe", "true or false"));
    host.dockerOk("network", "rm", "doubtful");
    Await.asserted(
        "no problem",
        () -> assertThat(mesh.meshctl(host, "status").stdout()).doesNotContain("doubtful"));
  }

  @Test
  void restartedEngineFindsItsPathsAgain() {
    ShippedStack a = up(1, "a");
    ShippedStack b = up(2, "b");
    assertAllReachAll(List.of(a, b));
    host(1).stopEngine();
    host(1).startEngine();
    mesh.awaitAll(host(1));
    assertAllReachAll(List.of(a, b));
    assertThat(host(1).ok("iptables", "-S", "DOCKER-USER")).contains("vrouter mesh");
  }

  @Test
  void restartsAndUpgradesOfTheDaemonLoseNoPacket() throws IOException {
    ShippedStack a = up(1, "a");
    ShippedStack b = up(2, "b");
    assertAllReachAll(List.of(a, b));
    String id = mesh.meshctl(host(2), "members", "-o", "json").ok().text();
    try (Ping there = host(1).ping(a.app(), b.address());
        Ping back = host(2).ping(b.app(), a.address())) {
      there.awaitMore(10);
      back.awaitMore(10);
      host(2).dockerOk("restart", Deployment.daemonContainer(host(2)));
      mesh.awaitAll(host(2));

      String before = Deployment.daemonContainer(host(2));
      Map<String, String> next = Map.of("MESH_IMAGE", nextImage(host(2)));
      mesh.daemon(host(2), next, "up", "-d").ok();
      mesh.awaitAll(host(2));
      assertThat(Deployment.daemonContainer(host(2))).isNotEqualTo(before);
      there.awaitMore(100);
      String said = host(2).docker("logs", "-t", Deployment.daemonContainer(host(2))).stderr();
      assertThat(there.stop().lost()).as("pings lost from a to b%n%s", said).isEmpty();
      assertThat(back.stop().lost()).as("pings lost from b to a%n%s", said).isEmpty();
    }
    assertThat(self(mesh.meshctl(host(2), "members", "-o", "json").ok().text()))
        .isEqualTo(self(id));
  }

  private static String self(String members) {
    return members.replaceFirst("(?s).*\"self\" *: *\"([0-9a-f]+)\".*", "$1");
  }

  /** Makes an image that differs from the shipped one in nothing but its id. */
  private static String nextImage(EngineHost host) throws IOException {
    Path context = Files.createDirectories(directory.resolve("next"));
    Files.writeString(
        context.resolve("Dockerfile"), "FROM " + Deployment.IMAGE + "\nLABEL edition=next\n");
    host.dockerOk("build", "-q", "-t", "vrouter-mesh:next", context.toString());
    return "vrouter-mesh:next";
  }

  @Test
  void daemonInItsContainerWritesTheHostsDaemonJson() {
    EngineHost host = host(3);
    assertThat(mesh.meshctl(host, "docker-pools", "--apply").ok().stderr())
        .contains("wrote /etc/docker/daemon.json: restart the engine");
    assertThat(host.daemonJson()).content().contains("default-address-pools");
  }

  @Test
  void shippedScriptReachesEveryStackFromEveryOther() {
    String script = Deployment.EXAMPLES.resolve("three-stack-test.sh").toString();
    Output output = readme.run(script, "host1", "host2", "host3");
    assertThat(output.exit()).as(output.stdout() + output.stderr()).isZero();
    assertThat(output.stdout().lines().filter(line -> line.startsWith("ok "))).hasSize(6);
  }
}
