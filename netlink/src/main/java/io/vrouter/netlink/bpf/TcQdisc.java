package io.vrouter.netlink.bpf;

/**
 * A queueing discipline of a device.
 *
 * @param parent {@link Tc#ROOT}, {@link Tc#CLSACT} or a class
 * @param kind {@code noqueue}, {@code clsact} and others
 */
public record TcQdisc(int ifIndex, int handle, int parent, String kind) {}
