/**
 * The bench {@code compose}: three real engines with the shipped daemon. All times are stamps of
 * Docker's events, the kernel's route monitor and ping, by the machine's one clock; only the
 * re-assertion of rules is timed by polling.
 */
@NullMarked
package io.vrouter.bench.compose;

import org.jspecify.annotations.NullMarked;
