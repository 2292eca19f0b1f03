/**
 * The daemon's log: its form, its level at start, and its level at run time.
 *
 * <p>May depend on {@code config}'s log format, {@code control}'s maintenance, model and logback,
 * of which no other package knows.
 */
@NullMarked
package io.vrouter.mesh.log;

import org.jspecify.annotations.NullMarked;
