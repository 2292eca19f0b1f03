/**
 * {@code meshctl test}: whether every mesh network of every host reaches every other as it must,
 * and nothing else does. Two hosts send datagrams to each other from the gateway addresses of their
 * networks, both at once, so that either kernel takes the other's packets for answers; what each
 * received is the result (docs/adr says what this covers). {@code Lanes} and {@code Word} are pure.
 *
 * <p>May depend on model, record, the membership API and the netlink module.
 */
@NullMarked
package io.vrouter.mesh.trial;

import org.jspecify.annotations.NullMarked;
