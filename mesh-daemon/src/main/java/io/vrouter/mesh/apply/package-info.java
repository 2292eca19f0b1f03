/**
 * Runs a plan: each step goes to the {@code Target} that knows its kind, in the plan's order, and a
 * failed step returns a typed problem instead of ending the run.
 *
 * <p>Depends on {@code plan} and {@code netlink}; called on the reconcile thread only.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.mesh.apply;
