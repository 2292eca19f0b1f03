package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answer to {@code ping}.
 *
 * @param node the id of the pinged node
 * @param overlay destination of the probes
 * @param rttMillis one round trip per answer, in milliseconds
 * @param mtu octets of the largest IP packet that arrives; null while unknown
 * @param routes those that lead to the node's networks
 * @param gossipMillis round trip to its daemon; null when it did not answer
 */
@JsonPropertyOrder({
  "apiVersion",
  "node",
  "overlay",
  "sent",
  "received",
  "rttMillis",
  "mtu",
  "routes",
  "gossipMillis"
})
public record Pings(
    String apiVersion,
    String node,
    String overlay,
    int sent,
    int received,
    List<Double> rttMillis,
    @Nullable Integer mtu,
    List<Routes.Route> routes,
    @Nullable Double gossipMillis) {
  public Pings {
    rttMillis = List.copyOf(rttMillis);
    routes = List.copyOf(routes);
  }

  /** With the current version. */
  public Pings(
      String node,
      String overlay,
      int sent,
      List<Double> rttMillis,
      @Nullable Integer mtu,
      List<Routes.Route> routes,
      @Nullable Double gossipMillis) {
    this(Api.VERSION, node, overlay, sent, rttMillis.size(), rttMillis, mtu, routes, gossipMillis);
  }
}
