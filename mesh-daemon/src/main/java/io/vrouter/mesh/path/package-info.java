/**
 * Verifies the data path to every peer: whether packets of the tunnel's MTU arrive, else the
 * largest size that does (RFC 4821, packetization layer path MTU discovery, with a closed UDP port
 * of the peer's kernel as the far end). {@code PathWatch} decides without a clock or a socket;
 * {@code PathProber} sends and receives. The direction of a broken path: docs/adr/0013.
 *
 * <p>May depend on model, the membership API and the netlink module.
 */
@NullMarked
package io.vrouter.mesh.path;

import org.jspecify.annotations.NullMarked;
