package io.vrouter.mesh.docker;

import io.vrouter.mesh.model.Problem;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Containers with the default route on a network that the mesh doesn't carry. Inspected by the
 * watch's thread; {@link #attached} from any.
 */
final class ContainerReports {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerReports.class);

  /** Whether a container was connected or disconnected since the last inspection. */
  private final AtomicBoolean attached = new AtomicBoolean();

  private Set<String> internal = Set.of();
  private List<Problem> problems = List.of();

  /** A container was connected or disconnected; whether it is the first since the inspection. */
  boolean attached() {
    return !attached.getAndSet(true);
  }

  /** The engine's networks. */
  void listed(List<EngineNetwork> networks) {
    internal =
        networks.stream()
            .filter(EngineNetwork::internal)
            .map(EngineNetwork::name)
            .collect(Collectors.toSet());
  }

  /** Inspects the containers; whether the problems changed. */
  boolean inspect(DockerClient connected, DockerNetworks known) {
    attached.set(false);
    Set<String> carried =
        known.networks().stream().map(DockerNetwork::network).collect(Collectors.toSet());
    List<Problem> found = List.of();
    try {
      if (!carried.isEmpty()) {
        found = ContainerGateways.problems(connected.containers(), carried, internal);
      }
    } catch (DockerException e) {
      // A proxy may allow networks only; the loss of the engine ends the event stream besides.
      LOG.debug("docker: {}", e.getMessage());
    }
    boolean changed = !found.equals(problems);
    problems = found;
    return changed;
  }

  /** The problems of the last inspection. */
  List<Problem> problems() {
    return problems;
  }
}
