/**
 * The part of NETLINK_NETFILTER used here: connection tracking's entries, and of nftables the
 * generation, listings and changes of set elements, with their codecs. Rules are written by {@code
 * nft}.
 *
 * <p>May depend on {@code wire}. Pure: no sockets.
 */
@NullMarked
package io.vrouter.netlink.netfilter;

import org.jspecify.annotations.NullMarked;
