/**
 * Probes the data path to a peer's kernel, past its daemon: a closed UDP port of its overlay
 * address answers with an ICMP error.
 *
 * <p>May depend on model, the membership API and the netlink module.
 */
@NullMarked
package io.vrouter.mesh.probe;

import org.jspecify.annotations.NullMarked;
