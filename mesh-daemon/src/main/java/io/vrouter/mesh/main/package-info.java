/**
 * Begins and ends the process: {@code meshd}'s own, which runs nodes one after the other, and an
 * agent's. May depend on all packages; nothing depends on it.
 */
@NullMarked
package io.vrouter.mesh.main;

import org.jspecify.annotations.NullMarked;
