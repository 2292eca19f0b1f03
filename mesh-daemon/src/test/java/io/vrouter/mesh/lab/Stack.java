package io.vrouter.mesh.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A stack as Docker would set it up: a bridge with the gateway's address in the host, and a
 * container behind it whose default route is that gateway.
 */
final class Stack implements AutoCloseable {
  private static final String SIXTEEN = "/16";

  private final String subnet;
  private final String bridge;
  private final Space container;

  private Stack(String subnet, String bridge, Space container) {
    this.subnet = subnet;
    this.bridge = bridge;
    this.container = container;
  }

  /** {@code subnet} is an IPv4 /16, such as {@code 172.30.0.0/16}. */
  static Stack create(Space host, int number, String subnet) {
    if (!subnet.endsWith(".0.0" + SIXTEEN)) {
      throw new IllegalArgumentException("a stack of the lab has an a.b.0.0/16, not " + subnet);
    }
    String bridge = String.format("br-%012x", number);
    String port = "veth" + number;
    Space container = Space.create(host.name() + "c" + number);
    Stack stack = new Stack(subnet, bridge, container);
    host.addDevice(bridge, "type", "bridge");
    host.ok("ip", "addr", "add", stack.gateway() + SIXTEEN, "dev", bridge);
    host.addDevice(port, "type", "veth", "peer", "name", "eth0", "netns", container.pid());
    host.ok("ip", "link", "set", port, "master", bridge, "up");
    host.ok("ip", "link", "set", bridge, "up");
    container.ok("ip", "link", "set", "eth0", "addrgenmode", "none");
    container.ok("ip", "addr", "add", stack.address() + SIXTEEN, "dev", "eth0");
    container.ok("ip", "link", "set", "eth0", "up");
    container.ok("ip", "route", "add", "default", "via", stack.gateway());
    return stack;
  }

  String subnet() {
    return subnet;
  }

  String bridge() {
    return bridge;
  }

  Space container() {
    return container;
  }

  /** The container's address. */
  String address() {
    return subnet.replace(".0.0" + SIXTEEN, ".0.2");
  }

  /** The bridge's address in the host. */
  String gateway() {
    return subnet.replace(".0.0" + SIXTEEN, ".0.1");
  }

  /** Serves a page on port 80 of the container that says who answers whom. */
  Child serve(Path log) {
    Path source = Lab.ROOT.resolve("scripts/Page.java");
    return container.start(
        log,
        Map.of(),
        List.of("java", "-XX:TieredStopAtLevel=1", source.toString(), container.name(), "80"));
  }

  /** What the service at {@code address} answers to this container. */
  String fetch(String address) {
    return container.ok("curl", "-sS", "--max-time", "10", "http://" + address + "/").strip();
  }

  @Override
  public void close() {
    container.close();
  }
}
