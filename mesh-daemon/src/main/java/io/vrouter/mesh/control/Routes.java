package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/** Answer to {@code routes}. */
@JsonPropertyOrder({"apiVersion", "routes"})
public record Routes(String apiVersion, List<Route> routes) {
  public Routes {
    routes = List.copyOf(routes);
  }

  /** With the current version. */
  public Routes(List<Route> routes) {
    this(Api.VERSION, routes);
  }

  /**
   * One remote prefix.
   *
   * @param via the peer's overlay address
   * @param node the peer's id
   */
  @JsonPropertyOrder({"prefix", "vni", "via", "device", "node", "state"})
  public record Route(
      String prefix, int vni, String via, String device, String node, RouteCondition state) {}

  /** Whether the route that the records ask for is in force. */
  public enum RouteCondition {
    /** Ours is there and in force. */
    INSTALLED,
    /** Ours does not exist (yet). */
    MISSING,
    /** A route that is not ours takes the traffic. */
    FOREIGN,
    /** Two members claim it and the other one won. */
    CONFLICT;

    /** The name in answers and tables. */
    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
