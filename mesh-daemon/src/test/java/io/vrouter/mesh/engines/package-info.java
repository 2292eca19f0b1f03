/**
 * Real Docker engines on one machine: one {@code dockerd} per host, a host being a network, mount,
 * host-name and process namespace. The engine listens on its default socket, so that shipped
 * compose files run there as they are.
 *
 * <p>Nothing has a name outside: process 1 of a host dies with the test's JVM, however that ends,
 * and the kernel takes along engine, containers, namespaces, devices and the data on private tmpfs.
 * Only empty control groups stay, which the next start removes.
 *
 * <p>May depend on the JDK, the test libraries and {@code io.vrouter.netlink.lab}.
 */
@NullMarked
package io.vrouter.mesh.engines;

import org.jspecify.annotations.NullMarked;
