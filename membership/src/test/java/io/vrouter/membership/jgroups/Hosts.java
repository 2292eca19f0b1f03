package io.vrouter.membership.jgroups;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Two hosts with a wire between: network namespaces without a name and without a default route,
 * held by a process that ends when its input does. So nothing is left even when the test is killed.
 */
final class Hosts implements AutoCloseable {
  private final List<Process> holders = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();

  private final List<String> addresses;

  Hosts(String... addresses) throws Exception {
    this(2, addresses);
    wire();
  }

  private Hosts(int count, String... addresses) throws Exception {
    this.addresses = List.of(addresses);
    for (int i = 0; i < count; i++) {
      // The shell says when it is inside; before, its namespace would be ours.
      Process holder =
          new ProcessBuilder("unshare", "--net", "sh", "-c", "echo in; exec cat")
              .redirectErrorStream(true)
              .start();
      assertThat(holder.inputReader(UTF_8).readLine()).isEqualTo("in");
      holders.add(holder);
      in(i, "ip", "link", "set", "lo", "up");
    }
  }

  /**
   * Two hosts with a router between: host 0 has 10.0.0.2 and is reached by 203.0.113.2 (1:1
   * translation, as for a cloud's floating address), host 1 has 198.51.100.2.
   */
  static Hosts translated() throws Exception {
    Hosts hosts = new Hosts(3);
    hosts.routed(0, "10.0.0.2", "10.0.0.1");
    hosts.routed(1, "198.51.100.2", "198.51.100.1");
    hosts.in(2, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    hosts.in(
        2,
        "nft",
        """
        table ip translation {
          chain in {
            type nat hook prerouting priority dstnat
            ip daddr 203.0.113.2 dnat to 10.0.0.2
          }
          chain out {
            type nat hook postrouting priority srcnat
            ip saddr 10.0.0.2 snat to 203.0.113.2
          }
        }
        """);
    return hosts;
  }

  private void routed(int host, String address, String router) throws Exception {
    String end = "to" + host;
    in(host, "ip", "link", "add", "wire", "type", "veth", "peer", "name", end, "netns", pid(2));
    in(host, "ip", "address", "add", address + "/24", "dev", "wire");
    in(2, "ip", "address", "add", router + "/24", "dev", end);
    in(2, "ip", "link", "set", end, "up");
    in(host, "ip", "link", "set", "wire", "up");
    in(host, "ip", "route", "add", "default", "via", router);
  }

  /** Puts a wire between the hosts; a former one must be gone. */
  void wire() throws Exception {
    in(0, "ip", "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", pid(1));
    for (int i = 0; i < 2; i++) {
      for (String address : addresses) {
        List<String> add =
            new ArrayList<>(
                List.of("ip", "address", "add", address.formatted(i + 1), "dev", "wire"));
        if (address.contains(":")) {
          add.add("nodad");
        }
        in(i, add.toArray(String[]::new));
      }
      link(i, "up");
    }
  }

  private String pid(int host) {
    return Long.toString(holders.get(host).pid());
  }

  private List<String> enter(int host, String... command) {
    List<String> all =
        new ArrayList<>(List.of("nsenter", "--net=/proc/" + pid(host) + "/ns/net", "--"));
    all.addAll(Arrays.asList(command));
    return all;
  }

  /** Runs a command on a host, expects it to succeed, and returns what it said. */
  String in(int host, String... command) throws Exception {
    Process process = new ProcessBuilder(enter(host, command)).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
    return output;
  }

  /** Plugs a host's wire in, or pulls it. */
  void link(int host, String state) throws Exception {
    in(host, "ip", "link", "set", "wire", state);
  }

  /** Starts a member on a host. */
  Node node(int host, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                NodeMain.class.getName()));
    command.addAll(Arrays.asList(arguments));
    Node node = new Node(new ProcessBuilder(enter(host, command.toArray(String[]::new))));
    nodes.add(node);
    return node;
  }

  /** A member's process and what it has said. */
  static final class Node {
    final Process process;
    final Queue<String> lines = new ConcurrentLinkedQueue<>();

    private Node(ProcessBuilder builder) throws IOException {
      process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
      Thread reader =
          new Thread(
              () ->
                  new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))
                      .lines()
                      .forEach(lines::add));
      reader.setDaemon(true);
      reader.start();
    }

    /** Whether it said this, followed by a time. */
    boolean said(String what) {
      return lines.stream().anyMatch(line -> line.startsWith(what + " "));
    }

    void tell(String line) throws IOException {
      process.outputWriter(UTF_8).write(line + "\n");
      process.outputWriter(UTF_8).flush();
    }

    void kill() {
      process.destroyForcibly().onExit().orTimeout(5, TimeUnit.SECONDS).join();
    }
  }

  @Override
  public void close() throws IOException {
    for (Node node : nodes) {
      node.kill();
    }
    for (Process holder : holders) {
      holder.outputWriter(UTF_8).close();
      holder.onExit().orTimeout(5, TimeUnit.SECONDS).join();
    }
  }
}
