/**
 * The half of a daemon that needs CAP_NET_ADMIN: in the process of its node ({@code meshd run}) or
 * in one of its own, behind a UNIX socket ({@code meshd agent}), where it plans by itself and
 * enforces a policy of its own.
 *
 * <p>Depends on {@code plan}, {@code apply}, {@code observe}, {@code docker} and {@code model};
 * knows neither gossip nor records. Every word from the socket is checked before it has an effect.
 */
@NullMarked
package io.vrouter.mesh.agent;

import org.jspecify.annotations.NullMarked;
