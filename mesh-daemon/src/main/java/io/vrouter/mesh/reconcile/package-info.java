/**
 * The reconcile loop: one thread that owns this host's claims, its published record, and its writes
 * to the kernel. Other threads mark it dirty and read its newest {@code MeshSnapshot}.
 *
 * <p>Depends on {@code plan}, {@code observe}, {@code apply}, {@code record} and membership's
 * interface. Time comes in as nanoseconds of a given clock, so that a test can drive every wait.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.mesh.reconcile;
