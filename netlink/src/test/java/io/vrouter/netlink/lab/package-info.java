/**
 * Hosts made of namespaces, for the tests and benches of all modules: {@link Space}s on a {@link
 * Lan}, the processes in them, and what passes between them.
 *
 * <p>No namespace has a name, and all processes die with the JVM that started them
 * (PR_SET_PDEATHSIG), even when that is killed: the kernel then takes namespaces, devices and the
 * private mounts away, so that there is nothing to sweep.
 *
 * <p>May depend on the JDK, Jackson and Awaitility. Needs root, util-linux, iproute2 and iputils.
 */
@NullMarked
package io.vrouter.netlink.lab;

import org.jspecify.annotations.NullMarked;
