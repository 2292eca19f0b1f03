/**
 * State that survives a restart: the forms of {@code state.json} and {@code pools.json}. A file
 * that can't be read is set aside and reported as a problem: a start never fails for it.
 *
 * <p>May depend on model, plan, pool, record, reconcile (whose stores it implements) and Jackson.
 */
@NullMarked
package io.vrouter.mesh.state;

import org.jspecify.annotations.NullMarked;
