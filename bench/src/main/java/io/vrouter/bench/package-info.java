/**
 * Benches. {@code membership} runs the real engine in the simulator of membership's test-jar. May
 * depend on everything; nothing depends on it.
 */
@NullMarked
package io.vrouter.bench;

import org.jspecify.annotations.NullMarked;
