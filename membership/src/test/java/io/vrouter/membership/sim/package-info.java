/**
 * A seeded world of virtual time in which the real engine and the real codec run: for the tests of
 * membership and for the bench. May depend on all of {@code membership} but the JGroups host.
 */
@NullMarked
package io.vrouter.membership.sim;

import org.jspecify.annotations.NullMarked;
