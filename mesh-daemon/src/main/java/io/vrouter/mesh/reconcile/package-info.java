/**
 * The loop: the one thread that owns what this host claims, what it told, and what it wrote to the
 * kernel. Everybody else marks it dirty and reads its newest {@code MeshSnapshot}.
 *
 * <p>Depends on {@code plan}, {@code observe}, {@code apply}, {@code record} and membership's
 * interface. Time comes in as nanoseconds of a given clock, so that a test can drive every wait.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.mesh.reconcile;
