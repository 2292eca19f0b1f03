package io.vrouter.mesh.docker;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known of the engine at one moment.
 *
 * @param state whether {@code networks} is what the engine says now or what it said last
 * @param connection counts the connections made, 0 before the first. A new one means that the
 *     engine may have started again, and a starting engine writes its firewall rules anew
 * @param networks what the mesh shall carry, in order of prefix
 * @param subnets all subnets of the engine, carried or not, each with its network's name: pool
 *     ranges go by what is used
 * @param problems labels that could not be followed, and an engine that can't be reached
 */
public record DockerSnapshot(
    State state,
    long connection,
    List<DockerNetwork> networks,
    Map<Prefix, String> subnets,
    List<Problem> problems) {
  /** Whether the engine answers. */
  public enum State {
    /**
     * No answer yet: the networks are what the engine said before this daemon's start, and nothing
     * may be concluded from an empty list.
     */
    UNKNOWN,
    /** The engine's socket isn't there and nobody asked for it by name. */
    ABSENT,
    /** Connected: the networks are what it says now. */
    FOLLOWED,
    /** Gone: the networks are the last known. */
    UNREACHABLE
  }

  public DockerSnapshot {
    networks = List.copyOf(networks);
    subnets = Map.copyOf(subnets);
    problems = List.copyOf(problems);
  }

  /**
   * What the mesh shall carry now. An engine that doesn't answer can't say that a network has gone,
   * but its bridge does.
   *
   * @param devices the names of this host's links
   */
  public List<DockerNetwork> networks(Set<String> devices) {
    return state == State.FOLLOWED
        ? networks
        : networks.stream().filter(network -> devices.contains(network.device())).toList();
  }

  /** Before anything was asked. */
  public static DockerSnapshot unknown() {
    return new DockerSnapshot(State.UNKNOWN, 0, List.of(), Map.of(), List.of());
  }

  /** Where nobody wants to follow an engine. */
  public static DockerSnapshot off() {
    return new DockerSnapshot(State.ABSENT, 0, List.of(), Map.of(), List.of());
  }
}
