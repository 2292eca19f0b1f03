/**
 * The gossip engine's way to the network: JGroups as the transport, sealed, and nothing above it
 * but our own protocol.
 *
 * <p>The only package that imports {@code org.jgroups}. May depend on {@code engine}, {@code wire},
 * {@code crypto} and {@code membership}. The daemon sees {@link
 * io.vrouter.membership.jgroups.JGroupsMembership} and its configuration, nothing else.
 */
@NullMarked
package io.vrouter.membership.jgroups;

import org.jspecify.annotations.NullMarked;
