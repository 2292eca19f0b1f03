package io.vrouter.mesh.docker;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The state of the engine's networks at one moment.
 *
 * @param state whether {@code networks} is the engine's present list or its last one
 * @param connection number of connections made, 0 before the first. A higher number means that the
 *     engine may have restarted, and a starting engine rewrites its firewall rules
 * @param networks networks that the mesh carries, in order of prefix
 * @param subnets all subnets of the engine, carried or not, each with its network's name: a pool
 *     range must not overlap one in use
 * @param problems labels that could not be followed, and an engine that can't be reached
 */
public record DockerSnapshot(
    EngineState state,
    long connection,
    List<DockerNetwork> networks,
    Map<Prefix, String> subnets,
    List<Problem> problems) {
  /** Whether the engine answers. */
  public enum EngineState {
    /**
     * No answer yet: the networks are from before this daemon's start, and an empty list proves
     * nothing.
     */
    UNKNOWN,
    /** There is no engine socket and none is configured. */
    ABSENT,
    /** Connected: the networks are the engine's present list. */
    FOLLOWED,
    /** Connection lost: the networks are the last known. */
    UNREACHABLE
  }

  public DockerSnapshot {
    networks = List.copyOf(networks);
    subnets = Map.copyOf(subnets);
    problems = List.copyOf(problems);
  }

  /**
   * The networks that the mesh carries now. While the engine doesn't answer, a network counts as
   * removed when its bridge is gone.
   *
   * @param devices the names of this host's links
   */
  public List<DockerNetwork> networks(Set<String> devices) {
    return state == EngineState.FOLLOWED
        ? networks
        : networks.stream().filter(network -> devices.contains(network.device())).toList();
  }

  /** The snapshot before the first request. */
  public static DockerSnapshot unknown() {
    return new DockerSnapshot(EngineState.UNKNOWN, 0, List.of(), Map.of(), List.of());
  }

  /** The snapshot when Docker is not to be followed. */
  public static DockerSnapshot off() {
    return new DockerSnapshot(EngineState.ABSENT, 0, List.of(), Map.of(), List.of());
  }
}
