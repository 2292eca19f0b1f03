package io.vrouter.mesh.engines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.HostConfig;
import io.vrouter.netlink.lab.Output;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.utility.DockerImageName;

/**
 * A daemon in a container that is a host of its own: its own network namespace, one device on the
 * network that the hosts share, and a bridge that stands for a stack.
 */
final class DaemonContainer {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final int number;
  private final Network network;
  private final GenericContainer<?> container;

  /**
   * Makes one that isn't started yet.
   *
   * @param number counts from 1 and names its stack: 10.77.number.0/24
   * @param arguments what {@code meshd run} gets beside its subnet
   */
  DaemonContainer(String name, int number, Network network, String token, List<String> arguments) {
    this.name = name;
    this.number = number;
    this.network = network;
    String[] command =
        Stream.concat(Stream.of("run", "--subnet", prefix()), arguments.stream())
            .toArray(String[]::new);
    this.container =
        new GenericContainer<>(DockerImageName.parse(EnginesIT.IMAGE))
            .withImagePullPolicy(image -> false)
            .withNetwork(network)
            .withNetworkAliases(name)
            .withEnv("MESH_TOKEN", token)
            .withCommand(command)
            .withCreateContainerCmdModifier(this::confine);
  }

  /** As examples/daemon/compose.yaml has it. */
  private void confine(CreateContainerCmd create) {
    HostConfig host = Objects.requireNonNull(create.getHostConfig());
    host.withCapDrop(Capability.ALL)
        .withCapAdd(Capability.NET_ADMIN)
        .withSecurityOpts(List.of("no-new-privileges:true"))
        .withReadonlyRootfs(true)
        .withTmpFs(Map.of("/tmp", "", "/run", ""));
    create.withHostName(name);
  }

  String prefix() {
    return "10.77." + number + ".0/24";
  }

  private String gateway() {
    return "10.77." + number + ".1";
  }

  /** Its address on the network of the hosts; empty while it isn't connected. */
  String underlay() {
    return client()
        .inspectContainerCmd(id())
        .exec()
        .getNetworkSettings()
        .getNetworks()
        .values()
        .stream()
        .map(it -> Objects.requireNonNullElse(it.getIpAddress(), ""))
        .findFirst()
        .orElse("");
  }

  void start() {
    container.start();
    stack();
  }

  private void stack() {
    ok("ip", "link", "add", "stack", "type", "bridge");
    ok("ip", "addr", "add", gateway() + "/24", "dev", "stack");
    ok("ip", "link", "set", "stack", "up");
  }

  /** Its network namespace ends with it. */
  void kill() {
    client().killContainerCmd(id()).withSignal("KILL").exec();
  }

  /** After {@link #kill}: the same container, with its state directory. */
  void startAgain() {
    client().startContainerCmd(id()).exec();
    stack();
  }

  void pause() {
    client().pauseContainerCmd(id()).exec();
  }

  void unpause() {
    client().unpauseContainerCmd(id()).exec();
  }

  void disconnect() {
    client().disconnectFromNetworkCmd().withContainerId(id()).withNetworkId(network.getId()).exec();
  }

  /** Connects it again, by a device that is made anew. */
  void connect(String underlay) {
    client()
        .connectToNetworkCmd()
        .withContainerId(id())
        .withNetworkId(network.getId())
        .withContainerNetwork(
            new ContainerNetwork()
                .withAliases(name)
                .withIpamConfig(new ContainerNetwork.Ipam().withIpv4Address(underlay)))
        .exec();
  }

  void stop() {
    container.stop();
  }

  /** What it says of itself and the others: status by name, {@code --all} left out. */
  Map<String, String> statuses() {
    Map<String, String> statuses = new TreeMap<>();
    for (JsonNode member : json("members").path("members")) {
      statuses.put(member.path("name").asText(), member.path("status").asText());
    }
    return statuses;
  }

  /** Where it thinks that a member is. */
  String underlayOf(DaemonContainer member) {
    for (JsonNode known : json("members").path("members")) {
      if (known.path("name").asText().equals(member.name)) {
        return known.path("underlay").asText();
      }
    }
    return "";
  }

  /** Its node id. */
  String self() {
    return json("members").path("self").asText();
  }

  /** The members that it ever found failed, one entry for each time. */
  List<String> failures() {
    return json("events").path("events").findParents("to").stream()
        .filter(event -> event.path("to").asText().equals("failed"))
        .map(event -> event.path("name").asText())
        .toList();
  }

  /** Runs {@code meshctl COMMAND -o json}. */
  JsonNode json(String command) {
    try {
      return JSON.readTree(run("meshctl", command, "-o", "json").stdout());
    } catch (JsonProcessingException e) {
      throw new AssertionError(name + " answers " + command + " with something else", e);
    }
  }

  /** What its kernel has of ours that leads to {@code peer}: routes and FDB entries. */
  String entriesOf(DaemonContainer peer, String underlay) {
    StringBuilder found = new StringBuilder();
    String all =
        ok("ip", "-4", "route", "show", "proto", "158")
            + ok("bridge", "fdb", "show", "dev", "vxlan1000");
    all.lines()
        .filter(line -> line.contains(peer.prefix()) || line.contains("dst " + underlay + " "))
        .forEach(line -> found.append(line).append('\n'));
    return found.toString();
  }

  /** Whether one packet goes from its stack to the peer's and back. */
  boolean reaches(DaemonContainer peer) {
    return run("ping", "-c", "1", "-W", "1", "-I", gateway(), peer.gateway()).exit() == 0;
  }

  private String ok(String... command) {
    return run(command).ok().stdout();
  }

  private Output run(String... command) {
    try {
      Container.ExecResult result = container.execInContainer(command);
      return new Output(
          List.of(command), result.getExitCode(), result.getStdout(), result.getStderr());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + name, e);
    }
  }

  private String id() {
    return container.getContainerId();
  }

  private DockerClient client() {
    return container.getDockerClient();
  }

  @Override
  public String toString() {
    return name;
  }
}
