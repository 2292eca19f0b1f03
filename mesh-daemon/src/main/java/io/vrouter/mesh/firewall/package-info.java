/**
 * Our nft table, {@code inet vrouter}: rendered from a {@link io.vrouter.mesh.plan.FirewallPolicy},
 * loaded, compared and removed. Default deny towards the tunnels, fail closed towards everything
 * else. Beside it, what has to be accepted in the iptables chains of others, Docker's above all,
 * because an accept counts only where somebody would drop.
 *
 * <p>May depend on plan, model and apply. The renderers are pure; the only processes started are
 * {@code nft}, the interface the kernel's tables have, and, where somebody's rules are there,
 * {@code iptables-save} and {@code iptables-restore}.
 */
@NullMarked
package io.vrouter.mesh.firewall;

import org.jspecify.annotations.NullMarked;
