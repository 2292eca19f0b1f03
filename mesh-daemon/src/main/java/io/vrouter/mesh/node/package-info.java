/**
 * One node, from a configuration to its end: its parts are made here, by constructor, in the order
 * in which they start. {@code AgentSide} is what takes privileges: in this process, or in an
 * agent's.
 *
 * <p>May depend on all packages but main, which alone depends on it.
 */
@NullMarked
package io.vrouter.mesh.node;

import org.jspecify.annotations.NullMarked;
