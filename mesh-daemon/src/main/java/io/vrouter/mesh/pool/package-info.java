/**
 * Subnets that are unique in the mesh without planning: each host that is asked to claims ranges of
 * its own from one pool, and its Docker engine hands out subnets from these alone.
 *
 * <p>Ranges are claimed in the host's record, like prefixes and overlay addresses. Each range has
 * at most five electors, which follow from the range and the members known (failed ones too). A
 * claim is provisional until a majority of them have voted for it in their records, somebody else
 * than the claimer among them; then its owner marks it acknowledged and the votes are told no more.
 * So a claim costs a few records however many hosts there are. An elector has one vote per range,
 * keeps it before it tells it, and gives it to another only when it has read in a later record of
 * the first that the claim was given up. Of two claims to one range the acknowledged one wins, then
 * the lower (Lamport number, node id).
 *
 * <p>Two majorities of the same electors share one, so two acknowledged claims of one range can't
 * be: not across a cut, and a host that claimed while it was alone takes nothing from anybody when
 * it comes back. This holds where both claimers knew the same members. It does not when both sides
 * of a cut gain so many new members, unknown to the other side, that each finds a majority among
 * electors of its own; nor when two meshes that grew up apart meet, or a host comes back that was
 * forgotten with {@code meshctl forget}. Then the lower (Lamport number, node id) wins: what the
 * loser doesn't use moves by itself, what it uses is a conflict that names the command which solves
 * it.
 *
 * <p>Pure: values in, values out. May depend on {@code model}, {@code record}, {@code NodeId} and
 * Jackson's tree.
 */
@NullMarked
package io.vrouter.mesh.pool;

import org.jspecify.annotations.NullMarked;
