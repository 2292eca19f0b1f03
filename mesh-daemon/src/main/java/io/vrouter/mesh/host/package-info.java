/**
 * The host a daemon stands on: what must hold before it may start, the lock on its network
 * namespace, the underlay address, the state directory.
 *
 * <p>Decisions are pure functions over facts; a reader beside each gathers the facts. May depend on
 * model and the netlink module.
 */
@NullMarked
package io.vrouter.mesh.host;

import org.jspecify.annotations.NullMarked;
