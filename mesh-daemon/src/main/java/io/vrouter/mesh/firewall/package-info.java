/**
 * Our nft table, {@code inet vrouter}: rendered from a {@link io.vrouter.mesh.plan.FirewallPolicy},
 * loaded, compared and removed. Default deny towards the tunnels, fail closed towards everything
 * else.
 *
 * <p>May depend on plan, model and apply. The renderer is pure; the only process started is {@code
 * nft}, the interface the kernel's tables have.
 */
@NullMarked
package io.vrouter.mesh.firewall;

import org.jspecify.annotations.NullMarked;
