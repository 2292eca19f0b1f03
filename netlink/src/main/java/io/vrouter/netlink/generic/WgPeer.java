package io.vrouter.netlink.generic;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A peer of a WireGuard device as the device has it.
 *
 * @param endpoint where packets are sent to; null while unknown
 * @param keepalive seconds between keepalive packets, 0 for none
 * @param handshake nanoseconds since 1970 by the host's clock, 0 for never
 * @param received octets
 * @param sent octets
 */
public record WgPeer(
    WgKey key,
    @Nullable InetSocketAddress endpoint,
    int keepalive,
    long handshake,
    long received,
    long sent,
    List<AllowedIp> allowedIps) {
  public WgPeer {
    allowedIps = List.copyOf(allowedIps);
  }

  /** The same with more addresses: a dump may continue a peer in its next message. */
  WgPeer with(List<AllowedIp> more) {
    List<AllowedIp> all = new ArrayList<>(allowedIps);
    all.addAll(more);
    return new WgPeer(key, endpoint, keepalive, handshake, received, sent, all);
  }
}
