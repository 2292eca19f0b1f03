/**
 * Generic netlink: the resolution of families (linux/genetlink.h) and the WireGuard family
 * (linux/wireguard.h), with the text protocol of WireGuard's userspace implementations, which
 * carries the same values.
 *
 * <p>May depend on {@code wire}. Pure: no sockets.
 */
@NullMarked
package io.vrouter.netlink.generic;

import org.jspecify.annotations.NullMarked;
