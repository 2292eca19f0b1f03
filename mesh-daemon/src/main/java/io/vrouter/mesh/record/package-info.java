/**
 * The record that a host publishes about itself, and its format on the wire. Membership carries the
 * format as an opaque payload and authenticates its origin; every value inside is checked again
 * here, since a member that holds the token may still be broken or hostile.
 *
 * <p>Depends on {@code model} and Jackson's CBOR; never on sockets, files, threads or clocks.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.mesh.record;
