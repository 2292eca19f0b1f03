/**
 * Numbers about the mesh and the daemon as Prometheus text: what this process measures is in a
 * registry of Dropwizard Metrics ({@code Measurements}), the state of the mesh is read from the
 * answers of {@code control} at each scrape. Depends on both libraries; {@code api} registers the
 * measurements of gossip, the reconciler and netlink.
 */
@NullMarked
package io.vrouter.mesh.metrics;

import org.jspecify.annotations.NullMarked;
