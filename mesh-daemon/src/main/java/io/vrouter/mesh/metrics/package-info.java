/**
 * Numbers about the mesh and the daemon as Prometheus text. Depends on {@code control}'s answers
 * and the client library; {@code api} adds the numbers of gossip and the reconciler.
 */
@NullMarked
package io.vrouter.mesh.metrics;

import org.jspecify.annotations.NullMarked;
