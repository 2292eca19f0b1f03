/**
 * The running node as others see it: {@link io.vrouter.mesh.control.MeshApi} answered from the
 * newest snapshot, the log of events, {@code doctor}'s facts, the metrics.
 *
 * <p>Reads everything and decides nothing. May depend on all packages but cli, main and state.
 */
@NullMarked
package io.vrouter.mesh.api;

import org.jspecify.annotations.NullMarked;
