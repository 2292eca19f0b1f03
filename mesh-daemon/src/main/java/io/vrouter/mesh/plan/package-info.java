/**
 * What the kernel should hold and how to get there: {@code Desired} is a pure function of this
 * host's state and everybody's records, {@code Planner} a pure difference to what was observed.
 *
 * <p>Depends on {@code model}, {@code record} and the value types of {@code netlink.route}; never
 * on sockets, files, threads, clocks or loggers, so that every decision can be tested as a value
 * and shown to an operator before it is taken.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.mesh.plan;
