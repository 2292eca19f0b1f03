/**
 * Membership as the daemon sees it: {@link io.vrouter.membership.Membership}, its records and
 * events, and small values that all packages share (addresses, octets, hashes, seeds, state files,
 * daemon threads).
 *
 * <p>May depend on the JDK only, so that every package of the daemon may depend on it.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.membership;
