/**
 * System calls the JDK does not have: netlink sockets, UDP with its error queue, real-time threads.
 *
 * <p>{@link io.vrouter.netlink.socket.LibC} is the only class that imports jnr-ffi. All other
 * classes here use file descriptors, direct buffers and {@link
 * io.vrouter.netlink.socket.SyscallException}. System calls that a signal interrupted are repeated.
 *
 * <p>May depend on the JDK and jnr-ffi, and on {@code wire} for the names of numbers.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.netlink.socket;
