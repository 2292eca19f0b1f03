/**
 * This host's state: the underlay that gossip and tunnels use, and the networks to announce.
 *
 * <p>{@link io.vrouter.mesh.local.UnderlayFinder} and {@link io.vrouter.mesh.local.LocalStates} are
 * pure; {@link io.vrouter.mesh.local.HostWatch} looks at the kernel on a thread of its own and
 * calls a {@link io.vrouter.mesh.local.HostListener}. May depend on config, docker, firewall, host,
 * model, observe, plan and the netlink module: reconcile gets a {@code LocalState} and does not
 * depend on its source.
 */
@NullMarked
package io.vrouter.mesh.local;

import org.jspecify.annotations.NullMarked;
