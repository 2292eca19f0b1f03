/**
 * Links, addresses, neighbours, FDB entries and routes as values, with their codecs (the messages
 * of include/uapi/linux/rtnetlink.h and its neighbours), and the requests that change them.
 *
 * <p>For each noun there is a record, a codec that reads and writes it, and a class of requests.
 * Attributes without a component in a record are kept in {@code unknown} and written back: reading
 * and encoding lose nothing.
 *
 * <p>May depend on {@code wire} and the JDK only: no sockets, files, threads, clocks or loggers.
 * The daemon's planner uses these records as values.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.netlink.route;
