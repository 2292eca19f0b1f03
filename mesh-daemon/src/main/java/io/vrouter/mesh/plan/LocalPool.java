package io.vrouter.mesh.plan;

import io.vrouter.mesh.model.Defaults;
import io.vrouter.mesh.model.Prefix;
import java.util.Map;

/**
 * The mesh-wide pool of subnets as configuration and Docker describe it.
 *
 * @param pool the prefix that ranges are claimed from
 * @param wanted whether the pool is configured here: then this host claims a range without a
 *     request
 * @param engineKnown whether the engine returned its networks, or there is no engine
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
