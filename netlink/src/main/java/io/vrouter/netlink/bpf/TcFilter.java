package io.vrouter.netlink.bpf;

/**
 * A filter at a device's clsact hook.
 *
 * @param ifIndex of the device
 * @param parent {@link Tc#INGRESS} or {@link Tc#EGRESS}
 * @param priority 1 to 65,535; lower ones come first
 * @param handle of the filter among those of its priority
 * @param kind {@code bpf} and others; empty for a message without
 * @param name of a filter of kind bpf, empty for others
 * @param program number of its program, 0 when it is not in the message
 */
public record TcFilter(
    int ifIndex, int parent, int priority, int handle, String kind, String name, int program) {}
