/**
 * A lab of real hosts on one machine, and the integration tests that run the shipped daemons in it.
 *
 * <p>A host is a network, mount and host-name namespace held by a sleeping process; hosts share a
 * bridge in a namespace of its own. No namespace has a name and everything in the lab dies with the
 * test's JVM (PR_SET_PDEATHSIG), even when that is killed: the kernel then takes namespaces,
 * devices and the private mounts away, so that there is nothing to sweep.
 *
 * <p>May depend on the JDK, Jackson and the test libraries. It sees the daemon as a user does: by
 * the commands in {@code target/dist/bin}, the kernel's tables and packets.
 */
@NullMarked
package io.vrouter.mesh.lab;

import org.jspecify.annotations.NullMarked;
