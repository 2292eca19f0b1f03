/**
 * WireGuard around the tunnels: this host's keys, its devices in the kernel or in {@code
 * wireguard-go}, and the target of their steps.
 *
 * <p>May depend on {@code apply}, {@code plan}, {@code record}, {@code model} and {@code netlink}.
 * A private key leaves this package by the kernel's netlink or a device's own socket only.
 */
@NullMarked
package io.vrouter.mesh.wireguard;

import org.jspecify.annotations.NullMarked;
