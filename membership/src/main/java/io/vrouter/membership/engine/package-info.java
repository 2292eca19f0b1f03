/**
 * SWIM with Lifeguard and anti-entropy as a pure state machine: {@code step(input, now) → effects}.
 *
 * <p>Contains only the rules of membership: no threads, sockets, files, clocks, loggers or
 * randomness of its own, so that the simulator runs the daemon's code. May depend on {@code
 * membership} (its types) and {@code membership.wire} (its codec).
 */
@NullMarked
package io.vrouter.membership.engine;

import org.jspecify.annotations.NullMarked;
