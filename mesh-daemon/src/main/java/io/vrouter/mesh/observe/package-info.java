/**
 * Observes the kernel: a dump becomes an {@code Observed}, a change becomes a call that requests
 * another dump.
 *
 * <p>Depends on {@code plan} and {@code netlink}; decides nothing.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.mesh.observe;
