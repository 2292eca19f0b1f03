package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answer to {@code events}; with {@code --follow} each event is an answer of its own, one a line.
 */
@JsonPropertyOrder({"apiVersion", "events"})
public record Events(String apiVersion, List<Event> events) {
  public Events {
    events = List.copyOf(events);
  }

  /** With the current version. */
  public Events(List<Event> events) {
    this(Api.VERSION, events);
  }

  /**
   * An event.
   *
   * @param at by this observer's clock, to the millisecond
   * @param type {@code transition}, {@code updated}, {@code forgotten}, {@code warning} or {@code
   *     kernel}
   * @param node the id of the node concerned
   * @param name that node's name
   * @param from the status before, null when there was none or none changed
   * @param to the status after, null when none changed
   * @param cause for people
   */
  @JsonPropertyOrder({"apiVersion", "at", "type", "node", "name", "from", "to", "cause"})
  public record Event(
      String apiVersion,
      Instant at,
      String type,
      String node,
      String name,
      @Nullable MemberStatus from,
      @Nullable MemberStatus to,
      String cause) {
    public Event {
      at = at.truncatedTo(ChronoUnit.MILLIS);
    }

    /** With the current version. */
    public Event(
        Instant at,
        String type,
        String node,
        String name,
        @Nullable MemberStatus from,
        @Nullable MemberStatus to,
        String cause) {
      this(Api.VERSION, at, type, node, name, from, to, cause);
    }
  }
}
