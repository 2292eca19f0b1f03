package io.vrouter.netlink.netfilter;

import io.vrouter.netlink.wire.Payload;
import java.time.Duration;

/**
 * An element of a set with timeouts.
 *
 * @param key of as many octets as the set's keys
 * @param left until the kernel removes it
 */
public record ExpiringKey(Payload key, Duration left) {}
