/**
 * The bench {@code compose}: three real engines with the shipped daemon. All times come from what
 * Docker's events, the kernel's route monitor and ping stamp by the machine's one clock; nothing
 * but the re-assertion of rules is timed by asking again and again.
 */
@NullMarked
package io.vrouter.bench.compose;

import org.jspecify.annotations.NullMarked;
