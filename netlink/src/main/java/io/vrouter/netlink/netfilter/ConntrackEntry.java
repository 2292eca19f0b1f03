package io.vrouter.netlink.netfilter;

import io.vrouter.netlink.wire.Attribute;
import java.net.InetAddress;
import java.util.List;

/**
 * A connection that the kernel tracks.
 *
 * @param source of its first packet, before any translation
 * @param destination of its first packet, before any translation
 * @param replySource source of the answers
 * @param replyDestination destination of the answers; differs from {@code source} when the source
 *     is translated
 * @param status IPS_ bits
 * @param key identifies the entry to the kernel: its first tuple, zone and id
 */
public record ConntrackEntry(
    int family,
    InetAddress source,
    InetAddress destination,
    InetAddress replySource,
    InetAddress replyDestination,
    int status,
    List<Attribute> key) {
  public ConntrackEntry {
    key = List.copyOf(key);
  }

  /** Whether all these status bits are set. */
  public boolean has(int bits) {
    return (status & bits) == bits;
  }

  /** Whether its packets leave with a source other than their original one. */
  public boolean sourceTranslated() {
    return !replyDestination.equals(source);
  }

  @Override
  public String toString() {
    return "connection %s > %s, answered to %s"
        .formatted(
            source.getHostAddress(),
            destination.getHostAddress(),
            replyDestination.getHostAddress());
  }
}
