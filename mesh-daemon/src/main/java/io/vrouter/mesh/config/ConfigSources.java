package io.vrouter.mesh.config;

import java.util.List;
import java.util.Map;

/**
 * The sources of a configuration.
 *
 * @param flags values by key, as often as given on the command line
 * @param environment the process environment
 * @param hostName the node's name unless one is given
 */
public record ConfigSources(
    Map<String, List<String>> flags,
    Map<String, String> environment,
    String hostName,
    ConfigFiles files) {
  public ConfigSources {
    flags = Map.copyOf(flags);
    environment = Map.copyOf(environment);
  }
}
