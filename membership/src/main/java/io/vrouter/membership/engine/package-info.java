/**
 * SWIM with Lifeguard and anti-entropy as a pure state machine: {@code step(input, now) → effects}.
 *
 * <p>Here live the rules of membership and nothing else: no threads, sockets, files, clocks,
 * loggers or randomness of its own, so that the simulator runs the very code that a daemon runs.
 * May depend on {@code membership} (its types) and {@code membership.wire} (its codec).
 */
@NullMarked
package io.vrouter.membership.engine;

import org.jspecify.annotations.NullMarked;
