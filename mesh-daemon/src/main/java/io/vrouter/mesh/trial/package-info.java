/**
 * {@code meshctl test}: verifies that every mesh network of every host reaches every other as it
 * must, and nothing else. Two hosts send datagrams to each other from the gateway addresses of
 * their networks, both at once, so that either kernel takes the other's packets for answers; the
 * arrivals are the result (docs/adr/0019). {@code PairLanes} and {@code TrialMessage} are pure.
 *
 * <p>May depend on model, record, the membership API and the netlink module.
 */
@NullMarked
package io.vrouter.mesh.trial;

import org.jspecify.annotations.NullMarked;
