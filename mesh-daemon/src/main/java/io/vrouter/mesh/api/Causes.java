package io.vrouter.mesh.api;

import io.vrouter.mesh.model.Problem;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Leaves out the problems that a present one explains. Pure. */
final class Causes {
  /** By code of a cause, the codes of its effects. */
  private static final Map<String, Set<String>> EFFECTS =
      Map.of(
          "underlay-down",
          Set.of(
              "path-unreachable",
              "path-mtu",
              "gossip-unsent",
              "multicast-lost",
              "seed-unresolvable",
              "wireguard-silent"),
          "firewall",
          Set.of("firewall-missing"),
          "wireguard-missing",
          Set.of("wireguard-silent", "device-gone"),
          "agent-unreachable",
          Set.of("kernel-unreachable", "firewall-missing"));

  private Causes() {}

  static List<Problem> of(List<Problem> problems) {
    Set<String> explained =
        problems.stream()
            .flatMap(problem -> EFFECTS.getOrDefault(problem.code(), Set.of()).stream())
            .collect(Collectors.toSet());
    return problems.stream().filter(problem -> !explained.contains(problem.code())).toList();
  }
}
