package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Defaults;
import io.vrouter.mesh.model.Prefix;
import java.util.Map;

/**
 * What configuration and Docker say of the mesh-wide pool of subnets.
 *
 * @param pool where ranges are claimed from
 * @param wanted whether somebody configured it here: then a range is claimed without being asked
 * @param engineKnown whether the engine was asked for its networks, or there is none
 * @param used all subnets of the engine, in the mesh or not, each with its network's name
 */
public record LocalPool(
    Prefix pool, boolean wanted, boolean engineKnown, Map<Prefix, String> used) {
  /** Nothing configured, and no engine. */
  public static final LocalPool DEFAULT =
      new LocalPool(Prefix.parse(Defaults.POOL), false, true, Map.of());

  public LocalPool {
    used = Map.copyOf(used);
  }
}
