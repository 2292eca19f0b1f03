package io.vrouter.mesh.lab;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.lab.Stack;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A host on the LAN with its stacks and, once started, its daemon. */
final class Host implements AutoCloseable {
  static final String SOCKET = "/run/vrouter/mesh.sock";

  /** Whether each daemon is two processes, node and agent: {@code MESH_SPLIT=true}. */
  static final boolean SPLIT = "true".equals(System.getenv("MESH_SPLIT"));

  /** The {@code --encryption} of daemons that are started without one: {@code MESH_ENCRYPTION}. */
  static final String ENCRYPTION = System.getenv().getOrDefault("MESH_ENCRYPTION", "none");

  private static final String AGENT_SOCKET = "/run/vrouter-agent/agent.sock";
  private static final String NOBODY = "65534";

  private final Lab lab;
  private final int number;
  private final Space space;
  private final Kernel kernel;
  private final List<Stack> stacks = new ArrayList<>();
  private final Set<String> ends = new TreeSet<>();
  private @Nullable Child daemon;
  private @Nullable Child agent;

  Host(Lab lab, int number, Space space) {
    this.lab = lab;
    this.number = number;
    this.space = space;
    this.kernel = new Kernel(space);
  }

  String name() {
    return space.name();
  }

  int number() {
    return number;
  }

  Space space() {
    return space;
  }

  Kernel kernel() {
    return kernel;
  }

  /** The address on the LAN. */
  String underlay() {
    return Lan.PREFIX + number;
  }

  /**
   * The addresses that others send tunnel packets to, now or earlier: on the LAN, or with {@link
   * #ENCRYPTION} inside WireGuard.
   */
  Set<String> ends() {
    if (ENCRYPTION.equals("none")) {
      return Set.of(underlay());
    }
    for (String device : List.of("vrwg0", "vrwg1")) {
      if (kernel.hasDevice(device) && !kernel.address(device).isEmpty()) {
        ends.add(kernel.address(device));
      }
    }
    return Set.copyOf(ends);
  }

  /** Adds a stack; {@code subnet} is an IPv4 /16. The daemon advertises it from its next start. */
  Stack stack(String subnet) {
    Stack stack = Stack.create(space, stacks.size() + 1, subnet);
    // The kernel puts a new carrier off for up to a second; a snapshot must not see both states.
    Await.until(
        "the carrier of " + stack.bridge(),
        () -> space.ok("ip", "-br", "link", "show", "dev", stack.bridge()).contains(" UP "));
    stacks.add(stack);
    return stack;
  }

  /** The first stack. */
  Stack stack() {
    return stacks.get(0);
  }

  List<Stack> stacks() {
    return List.copyOf(stacks);
  }

  /** The prefixes this host's daemon advertises. */
  Set<String> subnets() {
    Set<String> subnets = new TreeSet<>();
    stacks.forEach(stack -> subnets.add(stack.subnet()));
    return subnets;
  }

  /**
   * Starts the daemon with the lab's token, its stacks' subnets and these flags, and nothing else.
   */
  Child start(String... flags) {
    return start(Map.of("MESH_TOKEN", lab.token()), flags);
  }

  /** Starts the daemon with this environment, its stacks' subnets and these flags. */
  Child start(Map<String, String> environment, String... flags) {
    if (SPLIT) {
      return startSplit(environment, flags);
    }
    Child started = launch(environment, meshd("run", flags));
    daemon = started;
    return started;
  }

  private List<String> meshd(String verb, String... flags) {
    List<String> command = new ArrayList<>(List.of(Lab.MESHD.toString(), verb));
    for (Stack stack : stacks) {
      command.addAll(List.of("--subnet", stack.subnet()));
    }
    command.addAll(List.of(flags));
    if (!ENCRYPTION.equals("none") && !command.contains("--encryption")) {
      command.addAll(List.of("--encryption", ENCRYPTION));
    }
    return command;
  }

  /** As {@link #start(String...)}, in two processes. */
  Child startSplit(String... flags) {
    return startSplit(Map.of("MESH_TOKEN", lab.token()), flags);
  }

  /** As {@link #start(Map, String...)}, in two processes: the agent first unless it runs. */
  Child startSplit(Map<String, String> environment, String... flags) {
    Child running = agent;
    if (running == null || !running.alive()) {
      startAgent(flags);
    }
    space.does("mkdir -p /run/vrouter /var/lib/vrouter");
    space.does("chown -R %s:%s /run/vrouter /var/lib/vrouter".formatted(NOBODY, NOBODY));
    List<String> command =
        new ArrayList<>(List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"));
    command.addAll(
        List.of("--bounding-set", "-all", "--no-new-privs", "--pdeathsig", "KILL", "--"));
    command.addAll(meshd("node", flags));
    Child started = launch(environment, command);
    daemon = started;
    return started;
  }

  /** Starts an agent with CAP_NET_ADMIN and no other capability, and waits for its socket. */
  Child startAgent(String... flags) {
    List<String> command = new ArrayList<>(List.of("setpriv", "--regid", NOBODY, "--clear-groups"));
    command.addAll(List.of("--bounding-set", "-all,+net_admin", "--pdeathsig", "KILL", "--"));
    command.addAll(meshd("agent", flags));
    command.addAll(List.of("--state-dir", "/var/lib/vrouter-agent"));
    Child started = launch(Map.of(), command);
    agent = started;
    Await.until("the agent's socket of " + name(), () -> Files.exists(space.path(AGENT_SOCKET)));
    return started;
  }

  /** The agent started last. */
  Child agent() {
    Child current = agent;
    if (current == null) {
      throw new IllegalStateException(name() + " has no agent");
    }
    return current;
  }

  /** Starts any command here with a log of its own, without making it this host's daemon. */
  Child launch(Map<String, String> environment, List<String> command) {
    return space.start(lab.log(name()), environment, command);
  }

  /** Writes a file inside the host; its directory must be one of the private ones. */
  void write(String path, String text) {
    space.write(path, text);
  }

  /** The daemon started last. */
  Child daemon() {
    Child current = daemon;
    if (current == null) {
      throw new IllegalStateException(name() + " has no daemon");
    }
    return current;
  }

  /** Ends the daemon as an operator does, with SIGTERM, and waits until it is gone. */
  int stop() {
    daemon().signal("TERM");
    return daemon().awaitExit();
  }

  /** Runs {@code meshctl}. */
  Output ctl(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Lab.MESHCTL.toString()));
    command.addAll(List.of(arguments));
    return space.run(command.toArray(String[]::new));
  }

  /** Runs {@code meshctl -o json}, which must succeed, and reads what it prints. */
  JsonNode json(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-o", "json"));
    all.addAll(List.of(arguments));
    return Space.parse(ctl(all.toArray(String[]::new)).ok().stdout());
  }

  /** What {@code status} tells of a host that may well be unhealthy. */
  JsonNode status() {
    return Space.parse(ctl("-o", "json", "status").stdout());
  }

  /** Waits until {@code meshctl} is answered. */
  void awaitAnswer() {
    Await.until(
        "the daemon of " + name() + " answers", () -> ctl("-o", "json", "members").exit() == 0);
  }

  /** The status of each member this daemon lists, by the member's name. */
  Map<String, String> members() {
    Map<String, String> statuses = new TreeMap<>();
    for (JsonNode member : json("members").path("members")) {
      statuses.put(member.path("name").asText(), member.path("status").asText());
    }
    return statuses;
  }

  /** The listed status of another host, or "absent". */
  String statusOf(Host other) {
    return members().getOrDefault(other.name(), "absent");
  }

  /** Whether the kernel here has the other host's routes and FDB entries. */
  boolean leadsTo(Host other) {
    return kernel.floodPeers().stream().anyMatch(other.ends()::contains)
        && kernel.meshRoutes().containsAll(other.subnets());
  }

  /** Whether nothing in the kernel here points at the other host. */
  boolean forgot(Host other) {
    return kernel.fdbPeers().stream().noneMatch(other.ends()::contains)
        && kernel.meshRoutes().stream().noneMatch(other.subnets()::contains);
  }

  @Override
  public void close() {
    Child current = daemon;
    if (current != null) {
      current.close();
    }
    Child privileged = agent;
    if (privileged != null) {
      privileged.close();
    }
    // A process of WireGuard outlives its daemon: it ends with its device.
    for (String device : List.of("vrwg0", "vrwg1")) {
      space.run("ip", "link", "del", device);
    }
    stacks.forEach(Stack::close);
    space.close();
  }

  @Override
  public String toString() {
    return name();
  }
}
