/**
 * The benches {@code real} and {@code lifecycle}: real daemons, each on a host of its own made of
 * namespaces. Times are those of the kernel's notifications, of {@code meshctl events} and of ping,
 * all by the machine's one clock; only the appearance of a control socket is timed by polling.
 */
@NullMarked
package io.vrouter.bench.real;

import org.jspecify.annotations.NullMarked;
