package io.vrouter.netlink.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A stack as Docker would set it up: a bridge with the gateway's address in the host, and a
 * container behind it whose default route is that gateway.
 */
public final class Stack implements AutoCloseable {
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
  public static Stack create(Space host, int number, String subnet) {
    if (!subnet.endsWith(".0.0" + SIXTEEN)) {
      throw new IllegalArgumentException("a stack of the lab has an a.b.0.0/16, not " + subnet);
    }
    String bridge = String.format("br-%012x", number);
    String port = "veth" + number;
    Space container = Space.create(host.name() + "c" + number);
    Stack stack = new Stack(subnet, bridge, container);
    host.addDevice(bridge, "type", "bridge");
    host.cable(port, container, "eth0");
    host.ip(
        "addr add %s/16 dev %s".formatted(stack.gateway(), bridge),
        "link set %s master %s".formatted(port, bridge),
        "link set %s up".formatted(bridge));
    container.ip(
        "addr add %s/16 dev eth0".formatted(stack.address()),
        "link set eth0 up",
        "route add default via " + stack.gateway());
    return stack;
  }

  public String subnet() {
    return subnet;
  }

  public String bridge() {
    return bridge;
  }

  public Space container() {
    return container;
  }

  /** The container's address. */
  public String address() {
    return subnet.replace(".0.0" + SIXTEEN, ".0.2");
  }

  /** The bridge's address in the host. */
  public String gateway() {
    return subnet.replace(".0.0" + SIXTEEN, ".0.1");
  }

  /** Serves a page on port 80 of the container that names both ends of the connection. */
  public Child serve(Path log) {
    Path source = Sources.ROOT.resolve("scripts/Page.java");
    return container.start(
        log,
        Map.of(),
        List.of("java", "-XX:TieredStopAtLevel=1", source.toString(), container.name(), "80"));
  }

  /** What the service at {@code address} answers to this container. */
  public String fetch(String address) {
    return container.ok("curl", "-sS", "--max-time", "10", "http://" + address + "/").strip();
  }

  @Override
  public void close() {
    container.close();
  }
}
