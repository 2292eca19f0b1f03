package io.vrouter.membership.jgroups;

import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Space;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Two hosts with a wire between, without a default route. */
final class Hosts implements AutoCloseable {
  private final List<Space> spaces = List.of(Space.create(), Space.create());
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> addresses;

  Hosts(String... addresses) {
    this.addresses = List.of(addresses);
    wire();
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
