/**
 * What each node of the mesh may have, by an operator's signed word: the policy, its text for
 * people, its signed form that travels in records, and its enforcement on records. With a policy,
 * what it doesn't allow doesn't exist: it reaches neither claims nor the planner.
 *
 * <p>Pure: values in, values out. May depend on {@code model}, {@code record}, {@code plan}'s
 * inputs, membership's values and Jackson; never on sockets, files, threads or clocks.
 */
@NullMarked
package io.vrouter.mesh.policy;

import org.jspecify.annotations.NullMarked;
