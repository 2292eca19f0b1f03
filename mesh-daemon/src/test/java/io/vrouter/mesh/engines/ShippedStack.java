package io.vrouter.mesh.engines;

import io.vrouter.netlink.lab.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One of the stacks of {@code examples/multi-stack} on a host.
 *
 * @param letter a, b or c
 * @param project compose's name for it
 */
public record ShippedStack(EngineHost host, String letter, String project) {
  private static final Path FILES = Deployment.EXAMPLES.resolve("multi-stack");

  /** Deployed with {@code -p stack-a}, or -b, or -c. */
  public static ShippedStack of(EngineHost host, String letter) {
    return new ShippedStack(host, letter, "stack-" + letter);
  }

  /** Its subnet, as its file says. */
  public String subnet() {
    return net() + ".0.0/16";
  }

  /** Its container's address: the first that Docker gives. */
  public String address() {
    return net() + ".0.2";
  }

  /** Its bridge's address. */
  public String gateway() {
    return net() + ".0.1";
  }

  private String net() {
    return switch (letter) {
      case "a" -> "172.30";
      case "b" -> "172.31";
      default -> "172.22";
    };
  }

  /** Runs compose with the file as it is shipped. */
  public Output compose(String... arguments) {
    return compose(FILES.resolve("docker-compose.stack-" + letter + ".yml"), arguments);
  }

  /** Runs compose with another file. */
  public Output compose(Path file, String... arguments) {
    List<String> command = new ArrayList<>(List.of("-p", project, "-f", file.toString()));
    command.addAll(List.of(arguments));
    return host.compose(Map.of(), command.toArray(String[]::new));
  }

  /** Starts it. */
  public ShippedStack up() {
    compose("up", "-d").ok();
    return this;
  }

  /** Takes it down, its network included. */
  public void down() {
    compose("down", "-t", "1").ok();
  }

  /** Its container. */
  public String app() {
    return host.dockerOk("ps", "-q", "--filter", "label=com.docker.compose.project=" + project);
  }

  /** What its container gets from the service at an address; the page names who asks. */
  public String fetch(String address) {
    String url = "http://" + address + "/cgi-bin/whoami";
    return host.docker("exec", app(), "timeout", "2", "busybox", "wget", "-qO-", url).text();
  }

  /** What this stack's service answers to a client at an address. */
  public String sees(String client) {
    return "stack %s sees %s".formatted(letter, client);
  }

  /** Runs {@code ping} in its container. */
  public Output ping(String address, int count) {
    return host.docker(
        "exec", app(), "ping", "-n", "-q", "-i", "0.01", "-c", Integer.toString(count), address);
  }

  @Override
  public String toString() {
    return project + "(" + letter + ")@" + host;
  }
}
