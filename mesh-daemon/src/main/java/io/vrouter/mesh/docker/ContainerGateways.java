package io.vrouter.mesh.docker;

import io.vrouter.mesh.docker.EngineContainer.Attachment;
import io.vrouter.mesh.model.Label;
import io.vrouter.mesh.model.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds containers on a network of the mesh with the default route on another network. Docker
 * chooses, among a container's networks with a gateway, the highest {@code gw_priority}, then the
 * first name. Packets to other hosts, and replies to packets from the mesh, leave by that network
 * and with its address. Pure.
 */
final class ContainerGateways {
  /** Most containers with a problem each. */
  private static final int TOLD = 8;

  private ContainerGateways() {}

  /**
   * One warning for each such container, the first eight by name, and one for all others.
   *
   * @param carried names of the networks that the mesh carries
   * @param internal names of Docker's {@code internal} networks
   */
  static List<Problem> problems(
      Collection<EngineContainer> containers, Set<String> carried, Set<String> internal) {
    List<Problem> problems = new ArrayList<>();
    List<EngineContainer> ordered =
        containers.stream().sorted(Comparator.comparing(EngineContainer::name)).toList();
    int more = 0;
    for (EngineContainer container : ordered) {
      Optional<Problem> problem = problem(container, carried, internal);
      if (problem.isPresent() && problems.size() == TOLD) {
        more++;
      } else {
        problem.ifPresent(problems::add);
      }
    }
    if (more > 0) {
      problems.add(
          Problem.warning(
              "docker-two-networks",
              more + " more containers leave by a network that the mesh doesn't carry",
              "correct the ones named, then look again"));
    }
    return problems;
  }

  private static Optional<Problem> problem(
      EngineContainer container, Set<String> carried, Set<String> internal) {
    Optional<String> mesh =
        container.attachments().stream()
            .map(Attachment::network)
            .filter(network -> carried.contains(Label.fit(network)))
            .sorted()
            .findFirst();
    Optional<String> way =
        container.attachments().stream()
            .filter(it -> !it.gateway().isEmpty() && !internal.contains(it.network()))
            .sorted(
                Comparator.comparing(Attachment::priority)
                    .reversed()
                    .thenComparing(Attachment::network))
            .map(Attachment::network)
            .findFirst();
    if (mesh.isEmpty() || way.isEmpty() || carried.contains(Label.fit(way.get()))) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.warning(
            "docker-two-networks",
            ("container '%s' is on the mesh's network '%s' and leaves by '%s', which the mesh doesn't"
                    + " carry: it doesn't reach other hosts' containers")
                .formatted(
                    printable(container.name()), printable(mesh.get()), printable(way.get())),
            "label '%2$s' with %3$s=true, too; or give '%1$s' gw_priority: 1 in the compose file"
                    .formatted(printable(mesh.get()), printable(way.get()), DockerNetworks.MESH)
                + " (Docker 28 or later); or name it so that it sorts first"));
  }

  private static String printable(String text) {
    String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
    return clean.length() > 80 ? clean.substring(0, 80) + "..." : clean;
  }
}
