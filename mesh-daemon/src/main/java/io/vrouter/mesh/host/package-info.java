/**
 * The host a daemon stands on: what must hold before it may start, the lock on its network
 * namespace, real-time threads.
 *
 * <p>Decisions are pure functions over facts; a reader beside each gathers the facts. May depend on
 * model, the netlink module and membership's {@code ThreadPriority}.
 */
@NullMarked
package io.vrouter.mesh.host;

import org.jspecify.annotations.NullMarked;
