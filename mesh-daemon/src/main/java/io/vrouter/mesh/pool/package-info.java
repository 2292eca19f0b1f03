/**
 * Subnets that are unique in the mesh without planning: each host claims ranges of its own from one
 * pool, and its Docker engine hands out subnets from these alone.
 *
 * <p>Ranges are claimed in the host's record, like prefixes and overlay addresses. A claim is
 * provisional until a majority of all members known, failed ones too, have voted for it in their
 * records; then its owner marks it acknowledged and the votes are dropped again. Of two claims to
 * one range the acknowledged one wins, then the lower (Lamport number, node id). A voter has one
 * vote per range, so two sides of a cut can't both acknowledge, and a host that claimed while it
 * was alone takes nothing from anybody when it comes back. Two meshes that grew up apart can: there
 * the Lamport number decides.
 *
 * <p>Pure: values in, values out. May depend on {@code model}, {@code NodeId} and Jackson's tree.
 */
@NullMarked
package io.vrouter.mesh.pool;

import org.jspecify.annotations.NullMarked;
