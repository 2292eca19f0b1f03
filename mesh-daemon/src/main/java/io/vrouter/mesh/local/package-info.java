/**
 * What this host has: the underlay that gossip and tunnels use, and the networks to announce.
 *
 * <p>{@link io.vrouter.mesh.local.UnderlayFinder} and {@link io.vrouter.mesh.local.LocalStates} are
 * pure; {@link io.vrouter.mesh.local.HostWatch} looks at the kernel on a thread of its own and
 * tells a {@link io.vrouter.mesh.local.HostListener}. May depend on config, docker, firewall, host,
 * model, observe, plan and the netlink module: reconcile gets a {@code LocalState} and stays
 * unaware of where that came from.
 */
@NullMarked
package io.vrouter.mesh.local;

import org.jspecify.annotations.NullMarked;
