/**
 * Links, addresses, neighbours, FDB entries and routes as values, with their codecs (the messages
 * of include/uapi/linux/rtnetlink.h and its neighbours), and the requests that change them.
 *
 * <p>For each noun there is a record, a codec that reads and writes it, and a class of requests.
 * Attributes that a record has no component for are kept in {@code unknown} and written back: what
 * was read and is encoded again loses nothing.
 *
 * <p>May depend on {@code wire} and the JDK only: no sockets, files, threads, clocks or loggers.
 * The planner of the daemon speaks in these records.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.netlink.route;
