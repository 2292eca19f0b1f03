/**
 * The desired state of the kernel and the steps to reach it: {@code Desired} is a pure function of
 * this host's state and all records, {@code Planner} a pure difference to the observed state.
 *
 * <p>Depends on {@code model}, {@code record} and the value types of {@code netlink.route}; never
 * on sockets, files, threads, clocks or loggers, so that every decision can be tested as a value
 * and shown to an operator before it is taken.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.mesh.plan;
