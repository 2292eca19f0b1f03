package io.vrouter.membership.jgroups;

import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Space;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Two hosts with a wire between, without a default route. */
final class Hosts implements AutoCloseable {
  private final List<Space> spaces;
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> addresses;

  Hosts(String... addresses) {
    this(2, addresses);
    wire();
  }

  private Hosts(int count, String... addresses) {
    this.addresses = List.of(addresses);
    this.spaces = Stream.generate(Space::create).limit(count).toList();
  }

  /**
   * Two hosts with a router between: host 0 has 10.0.0.2 and is reached by 203.0.113.2 (1:1
   * translation, as for a cloud's floating address), host 1 has 198.51.100.2.
   */
  static Hosts translated() {
    Hosts hosts = new Hosts(3);
    hosts.routed(0, "10.0.0.2", "10.0.0.1");
    hosts.routed(1, "198.51.100.2", "198.51.100.1");
    hosts.in(2, "sysctl", "-qw", "net.ipv4.ip_forward=1");
    hosts
        .spaces
        .get(2)
        .nft(
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

  private void routed(int host, String address, String router) {
    String end = "to" + host;
    Space here = spaces.get(host);
    here.ip("link add wire type veth peer name " + end + " netns " + spaces.get(2).pid());
    here.ip("addr add " + address + "/24 dev wire");
    spaces.get(2).ip("addr add " + router + "/24 dev " + end);
    spaces.get(2).ip("link set " + end + " up");
    here.ip("link set wire up");
    here.ip("route add default via " + router);
  }

  /** Puts a wire between the hosts; a former one must be gone. */
  void wire() {
    spaces.get(0).ip("link add wire type veth peer name wire netns " + spaces.get(1).pid());
    for (int i = 0; i < 2; i++) {
      for (String address : addresses) {
        String dad = address.contains(":") ? " nodad" : "";
        spaces.get(i).ip("addr add %s dev wire%s".formatted(address.formatted(i + 1), dad));
      }
      link(i, "up");
    }
  }

  /** Runs a command on a host, expects it to succeed, and returns what it printed. */
  String in(int host, String... command) {
    return spaces.get(host).ok(command);
  }

  /** Plugs a host's wire in, or pulls it. */
  void link(int host, String state) {
    in(host, "ip", "link", "set", "wire", state);
  }

  /** Starts a member on a host; the arguments are those of {@link NodeMain}. */
  Node node(int host, String... arguments) {
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
    Path log = Path.of(arguments[1] + "-" + nodes.size() + ".log");
    Node node = new Node(spaces.get(host).start(log, Map.of(), command));
    nodes.add(node);
    return node;
  }

  /** A member's process and what it has printed. */
  static final class Node {
    final Child process;
    private int cleared;

    private Node(Child process) {
      this.process = process;
    }

    /** The whole lines printed since the last {@link #clear}. */
    List<String> lines() {
      List<String> all = all();
      return all.subList(cleared, all.size());
    }

    private List<String> all() {
      String text = process.said();
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    void clear() {
      cleared = all().size();
    }

    /** Whether it printed this, followed by a time. */
    boolean said(String what) {
      return lines().stream().anyMatch(line -> line.startsWith(what + " "));
    }

    void tell(String line) {
      process.tell(line);
    }

    void kill() {
      process.kill();
    }
  }

  @Override
  public void close() {
    nodes.forEach(Node::kill);
    spaces.forEach(Space::close);
  }
}
