/**
 * The fast path: two eBPF programs that forward the containers' packets between veth and tunnel,
 * past the tables of netfilter, and let through what these tables would. All else they pass on to
 * the tables.
 *
 * <p>Depends on {@code apply}, {@code plan}, {@code firewall}, {@code model} and {@code netlink}.
 * Called on the reconcile thread only.
 */
@NullMarked
package io.vrouter.mesh.fastpath;

import org.jspecify.annotations.NullMarked;
