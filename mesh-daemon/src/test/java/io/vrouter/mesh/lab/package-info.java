/**
 * A lab of real hosts on one machine, and the integration tests that run the shipped daemons in it.
 *
 * <p>The hosts are those of {@code io.vrouter.netlink.lab}, which leaves nothing behind.
 *
 * <p>May depend on the JDK, Jackson and the test libraries. It sees the daemon as a user does: by
 * the commands in {@code target/dist/bin}, the kernel's tables and packets. {@code LyingHost} is no
 * user: it makes records and gossip as no daemon does.
 */
@NullMarked
package io.vrouter.mesh.lab;

import org.jspecify.annotations.NullMarked;
