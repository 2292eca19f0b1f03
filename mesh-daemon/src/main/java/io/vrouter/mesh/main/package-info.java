/**
 * Begins and ends the process: every object is made here, by constructor, and passed on. May depend
 * on all packages; nothing depends on it.
 */
@NullMarked
package io.vrouter.mesh.main;

import org.jspecify.annotations.NullMarked;
