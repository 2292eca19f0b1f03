/**
 * The gossip engine's transport: JGroups with sealed datagrams, and SWIM as the only protocol
 * above.
 *
 * <p>The only package that imports {@code org.jgroups}. May depend on {@code engine}, {@code wire},
 * {@code crypto} and {@code membership}. The daemon sees {@link
 * io.vrouter.membership.jgroups.JGroupsMembership} and its configuration, nothing else.
 */
@NullMarked
package io.vrouter.membership.jgroups;

import org.jspecify.annotations.NullMarked;
