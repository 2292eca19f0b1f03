/**
 * Numbers about the daemon: the Dropwizard metrics of the other packages and their Prometheus text.
 * Depends on {@code control}'s {@code Status} and the two libraries; a package that counts receives
 * a {@code MetricRegistry} and doesn't depend on this package.
 */
@NullMarked
package io.vrouter.mesh.metrics;

import org.jspecify.annotations.NullMarked;
