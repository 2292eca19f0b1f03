/**
 * The Docker adapter: the engine's networks that the mesh carries, followed by events, and the
 * engine's {@code daemon.json}, which only an operator's command changes.
 *
 * <p>{@code DockerNetworks} is the pure rule, {@code DockerWatch} the adapter around it: one thread
 * of its own, immutable snapshots out. An engine that goes away changes nothing that works: {@code
 * DockerNetworksFile} keeps its last list over a restart of the daemon.
 *
 * <p>May depend on {@code model}, the membership's {@code StateFile}, Jackson and docker-java's
 * transport; nothing else of the daemon.
 */
@NullMarked
package io.vrouter.mesh.docker;

import org.jspecify.annotations.NullMarked;
