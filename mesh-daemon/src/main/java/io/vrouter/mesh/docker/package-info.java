/**
 * What Docker says: which of the engine's networks the mesh shall carry, followed live, and the
 * engine's {@code daemon.json}, which only an operator's command changes.
 *
 * <p>{@code DockerNetworks} is the pure rule, {@code DockerWatch} the adapter around it: one thread
 * of its own, immutable snapshots out. The engine going away changes nothing that works: {@code
 * KeptNetworks} has its last word over a restart of the daemon.
 *
 * <p>May depend on {@code model}, the membership's {@code StateFile}, Jackson and docker-java's
 * transport; nothing else of the daemon.
 */
@NullMarked
package io.vrouter.mesh.docker;

import org.jspecify.annotations.NullMarked;
