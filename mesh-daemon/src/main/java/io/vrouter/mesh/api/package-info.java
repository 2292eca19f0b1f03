/**
 * The running node's API: {@link io.vrouter.mesh.control.MeshApi} answered from the newest
 * snapshot, the event log, {@code doctor}'s facts, the metrics.
 *
 * <p>Reads everything and decides nothing. May depend on all packages but cli, main and state.
 */
@NullMarked
package io.vrouter.mesh.api;

import org.jspecify.annotations.NullMarked;
