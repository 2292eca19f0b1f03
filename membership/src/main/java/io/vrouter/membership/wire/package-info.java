/**
 * The pure codec of gossip messages and of the signed bytes.
 *
 * <p>Hand-written, big-endian, version byte first, variable parts length-prefixed, one message per
 * datagram. Decoding allocates nothing that the input's own length does not cover, and throws only
 * {@link io.vrouter.membership.wire.WireException}. May depend on {@code membership} only.
 */
@NullMarked
package io.vrouter.membership.wire;

import org.jspecify.annotations.NullMarked;
