package io.vrouter.netlink.netfilter;

import io.vrouter.netlink.wire.Attribute;
import java.net.InetAddress;
import java.util.List;

/**
 * A connection that the kernel tracks.
 *
 * @param source of its first packet, before any translation
 * @param destination of its first packet, before any translation
 * @param replySource where answers come from
 * @param replyDestination where answers go; other than {@code source} when the source is translated
 * @param status IPS_ bits
 * @param key names the entry to the kernel: its first tuple, zone and id
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

  /** Whether its packets leave with another source than they came with. */
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
