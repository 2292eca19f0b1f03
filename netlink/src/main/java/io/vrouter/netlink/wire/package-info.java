/**
 * The netlink wire format: message header, attributes, acknowledgements, and the constants under
 * the names they have in the kernel's headers. Everything here is a pure function of its arguments.
 *
 * <p>May depend on the JDK only: no sockets, files, threads, clocks or loggers, so that every byte
 * the kernel could send can be tried in a unit test. Whatever bytes come in, the only exception
 * that leaves is {@link io.vrouter.netlink.wire.DecodeException}, and no length read from the input
 * makes anything allocate more than the input holds.
 *
 * <p>Netlink is host-endian (include/uapi/linux/netlink.h); the few big-endian attributes are named
 * so where they are read and written.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.netlink.wire;
