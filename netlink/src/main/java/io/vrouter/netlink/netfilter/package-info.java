/**
 * What of NETLINK_NETFILTER we speak: connection tracking's entries, with their codec.
 *
 * <p>May depend on {@code wire}. Pure: no sockets.
 */
@NullMarked
package io.vrouter.netlink.netfilter;

import org.jspecify.annotations.NullMarked;
