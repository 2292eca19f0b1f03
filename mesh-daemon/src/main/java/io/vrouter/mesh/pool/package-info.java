/**
 * Subnets that are unique in the mesh without planning: each participating host claims ranges of
 * its own from one pool, and its Docker engine assigns subnets from these alone.
 *
 * <p>Ranges are claimed in the host's record, like prefixes and overlay addresses. Each range has
 * at most five electors, which follow from the range and the members known (failed ones too;
 * without those known for less than an hour, where enough others are). A claim is provisional until
 * a majority of them have voted for it in their records, at least one of them another host than the
 * claimer. Each vote is signed. The claimer collects the signatures in its own record, and the
 * votes leave the others': so a claim costs a few records however many hosts there are. A claim
 * counts as acknowledged where its signatures are those of a majority of the electors; its
 * claimer's word alone decides nothing. When electors change, the new ones sign, too. An elector
 * has one vote per range and saves it before it publishes it. It votes for another host only after
 * a later record of the first shows that the claim was given up. Of two claims to one range the
 * acknowledged one wins, then the lower (Lamport number, node id); a range of this host that is
 * proven doesn't yield: a second proof shows electors that signed both.
 *
 * <p>Two majorities of the same electors share one, so two acknowledged claims of one range can't
 * exist, not even across a partition, and a host that claimed while it was alone takes no range
 * from another when it returns. This holds where both claimers knew the same members. It does not
 * when both sides of a partition gain so many new members, unknown to the other side, that each
 * finds a majority among electors of its own; nor when two meshes that grew up apart meet, or a
 * host returns that was forgotten with {@code meshctl forget}. Then the lower (Lamport number, node
 * id) wins: an unused range of the loser moves by itself, a used one becomes a conflict that names
 * the command to solve it.
 *
 * <p>Pure: values in, values out. May depend on {@code model}, {@code record}, {@code NodeId} and
 * Jackson's tree.
 */
@NullMarked
package io.vrouter.mesh.pool;

import org.jspecify.annotations.NullMarked;
