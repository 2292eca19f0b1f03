/**
 * Everything secret: the token and the keys derived from it, this node's identity, and the sealing
 * of datagrams.
 *
 * <p>Pure but for {@link io.vrouter.membership.crypto.NodeIdentity} and {@link
 * io.vrouter.membership.StateFile}, which touch the state directory. May depend on the JDK, Bouncy
 * Castle's Ed25519 and {@code membership} only, so that what guards the mesh can be read without
 * knowing JGroups. Nothing here prints a secret: every {@code toString} of a type that holds one
 * says what it is and not what it holds.
 */
@NullMarked
package io.vrouter.membership.crypto;

import org.jspecify.annotations.NullMarked;
