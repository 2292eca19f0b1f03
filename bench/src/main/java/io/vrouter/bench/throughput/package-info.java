/**
 * {@code ./mesh bench throughput}: the same traffic over the underlay, a VXLAN made by hand, the
 * mesh without and with its fast path, and Docker Swarm's overlay, in one interleaved run.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.bench.throughput;
