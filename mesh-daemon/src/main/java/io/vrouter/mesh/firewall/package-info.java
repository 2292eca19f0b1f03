/**
 * Our nft table, {@code inet vrouter}: rendered from a {@link io.vrouter.mesh.plan.FirewallPolicy},
 * loaded, compared and removed. Default deny towards the tunnels, fail closed towards everything
 * else. Besides, the accepts that other tables' chains need, mainly Docker's: an accept ends one
 * base chain and doesn't override the drop of another.
 *
 * <p>May depend on plan, model, apply and netlink. The renderers are pure. Reads and set elements
 * use nfnetlink; the only processes are {@code nft}, when chains change, and, where iptables rules
 * exist, {@code iptables-save} and {@code iptables-restore}. Used by the reconcile thread; the host
 * thread reads only the legacy rules ({@link HostFirewall#legacyChanged}), because the kernel sends
 * no event when they change.
 */
@NullMarked
package io.vrouter.mesh.firewall;

import org.jspecify.annotations.NullMarked;
