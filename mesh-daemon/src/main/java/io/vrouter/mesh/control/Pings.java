package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * Answer to {@code ping}.
 *
 * @param node the id of the pinged node
 * @param overlay destination of the probes
 * @param rttMillis one round trip per answer, in milliseconds
 */
@JsonPropertyOrder({"apiVersion", "node", "overlay", "sent", "received", "rttMillis"})
public record Pings(
    String apiVersion,
    String node,
    String overlay,
    int sent,
    int received,
    List<Double> rttMillis) {
  public Pings {
    rttMillis = List.copyOf(rttMillis);
  }

  /** With the current version. */
  public Pings(String node, String overlay, int sent, List<Double> rttMillis) {
    this(Api.VERSION, node, overlay, sent, rttMillis.size(), rttMillis);
  }
}
