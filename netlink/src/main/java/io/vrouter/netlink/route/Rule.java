package io.vrouter.netlink.route;

import io.vrouter.netlink.wire.Attribute;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule of the routing policy: the table that routes the matching packets (ip-rule(8)).
 *
 * @param family AF_INET or AF_INET6
 * @param destination network address, null for any
 * @param destinationLength 0 to 32 or 128
 * @param source network address, null for any
 * @param sourceLength 0 to 32 or 128
 * @param tos type of service, 0 for any
 * @param table the table to look in, 0 for none
 * @param action FR_ACT_
 * @param flags FIB_RULE_
 * @param priority lower is evaluated first
 * @param input name of the incoming device, empty for any
 * @param output name of the outgoing device, empty for any
 * @param unknown other attributes, kept: marks, ports, protocol
 */
public record Rule(
    int family,
    @Nullable InetAddress destination,
    int destinationLength,
    @Nullable InetAddress source,
    int sourceLength,
    int tos,
    int table,
    int action,
    int flags,
    int priority,
    String input,
    String output,
    List<Attribute> unknown) {
  /** Copies the list. */
  public Rule {
    unknown = List.copyOf(unknown);
  }
}
