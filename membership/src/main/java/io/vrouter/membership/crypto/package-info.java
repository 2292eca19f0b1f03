/**
 * Everything secret: the token and the keys derived from it, this node's identity, and the sealing
 * of datagrams.
 *
 * <p>Pure but for {@link io.vrouter.membership.crypto.NodeIdentity} and {@link
 * io.vrouter.membership.StateFile}, which touch the state directory. May depend on the JDK, Bouncy
 * Castle's Ed25519 and {@code membership} only, so that the mesh's security can be reviewed without
 * knowledge of JGroups. No secret is printed: each {@code toString} of a type with a secret returns
 * the type and not the secret.
 */
@NullMarked
package io.vrouter.membership.crypto;

import org.jspecify.annotations.NullMarked;
