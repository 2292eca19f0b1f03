package io.vrouter.mesh.lab;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Space;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What {@code meshctl events --follow} prints on a host, from its start to its end. */
final class EventStream implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Child child;

  private EventStream(Child child) {
    this.child = child;
  }

  /** Begins to follow; returns when every later event will show. */
  static EventStream of(Host host, Lab lab) {
    Child child =
        host.space()
            .start(
                lab.log(host.name() + "-events-" + NUMBER.incrementAndGet()),
                Map.of(),
                List.of(Lab.MESHCTL.toString(), "-o", "json", "events", "--follow"));
    Await.until("events are followed", () -> child.said().contains("following"));
    return new EventStream(child);
  }

  /** All so far about members of this name. */
  List<JsonNode> about(String name) {
    return child
        .said()
        .lines()
        // The last line may be half written, and the first one is talk.
        .filter(line -> line.startsWith("{") && line.endsWith("}"))
        .map(Space::parse)
        .filter(event -> event.path("name").asText().equals(name))
        .toList();
  }

  /** Waits for a transition of the host to a status, with a cause that matches. */
  void await(Host about, String to, String cause) {
    Await.until(
        about + " -> " + to + ": " + cause,
        () ->
            about(about.name()).stream()
                .anyMatch(
                    event ->
                        event.path("to").asText().equals(to)
                            && event.path("cause").asText().matches(cause)));
  }

  @Override
  public void close() {
    child.close();
  }
}
