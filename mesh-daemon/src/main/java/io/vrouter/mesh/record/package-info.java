/**
 * What one host says of itself, and its form on the wire. Membership carries the form as an opaque
 * payload and vouches for its origin; everything inside is checked again here, since a member that
 * holds the token may still be broken or hostile.
 *
 * <p>Depends on {@code model} and Jackson's CBOR; never on sockets, files, threads or clocks.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.mesh.record;
