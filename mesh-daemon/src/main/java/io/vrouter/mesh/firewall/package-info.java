/**
 * Our nft table, {@code inet vrouter}: rendered from a {@link io.vrouter.mesh.plan.FirewallPolicy},
 * loaded, compared and removed. Default deny towards the tunnels, fail closed towards everything
 * else. Besides, the accepts that other tables' chains need, Docker's above all: an accept ends one
 * base chain and opens nothing that another drops.
 *
 * <p>May depend on plan, model, apply and netlink. The renderers are pure. Looks and elements of
 * sets go by nfnetlink; the only processes started are {@code nft}, where chains change, and, where
 * iptables rules exist, {@code iptables-save} and {@code iptables-restore}. Used by the reconcile
 * thread; the host thread reads the legacy rules only ({@link HostFirewall#legacyChanged}), since
 * the kernel sends no event when they change.
 */
@NullMarked
package io.vrouter.mesh.firewall;

import org.jspecify.annotations.NullMarked;
