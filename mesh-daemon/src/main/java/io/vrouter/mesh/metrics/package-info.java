/**
 * Numbers about the daemon: Dropwizard metrics that the other packages count with, and their
 * Prometheus text. Depends on {@code control}'s {@code Status} and the two libraries; whoever
 * counts gets a {@code MetricRegistry} and knows nothing of this package.
 */
@NullMarked
package io.vrouter.mesh.metrics;

import org.jspecify.annotations.NullMarked;
