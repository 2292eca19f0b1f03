/**
 * eBPF and its attachment to devices: instructions and labels, maps, the layouts of {@code union
 * bpf_attr} (include/uapi/linux/bpf.h), and the messages of {@code clsact} and of the classifier
 * {@code bpf} (include/uapi/linux/pkt_cls.h). Pure: {@link io.vrouter.netlink.BpfKernel} makes the
 * calls.
 *
 * <p>Depends on {@code wire} only.
 */
@NullMarked
package io.vrouter.netlink.bpf;

import org.jspecify.annotations.NullMarked;
