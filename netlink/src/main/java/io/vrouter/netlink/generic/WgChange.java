package io.vrouter.netlink.generic;

import io.vrouter.netlink.wire.Payload;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of a WireGuard device. What is null stays as it is.
 *
 * @param privateKey 32 octets; all zeros remove the key. A secret: no text of this object shows it
 * @param port UDP, 0 for the kernel's choice
 * @param replacePeers whether peers that are not listed go
 */
public record WgChange(
    String device,
    @Nullable Payload privateKey,
    @Nullable Integer port,
    boolean replacePeers,
    List<Peer> peers) {
  public WgChange {
    peers = List.copyOf(peers);
  }

  /** A change of peers only. */
  public static WgChange ofPeers(String device, List<Peer> peers) {
    return new WgChange(device, null, null, false, peers);
  }

  /**
   * A change of one peer.
   *
   * @param remove whether it goes; the rest is then void
   * @param keepalive seconds, 0 for none
   * @param replaceAllowedIps whether addresses that are not listed go
   */
  public record Peer(
      WgKey key,
      boolean remove,
      @Nullable InetSocketAddress endpoint,
      @Nullable Integer keepalive,
      boolean replaceAllowedIps,
      List<AllowedIp> allowedIps) {
    public Peer {
      allowedIps = List.copyOf(allowedIps);
    }

    /** A peer that goes. */
    public static Peer removed(WgKey key) {
      return new Peer(key, true, null, null, false, List.of());
    }

    /** A peer with exactly these settings. */
    public static Peer of(
        WgKey key, InetSocketAddress endpoint, int keepalive, List<AllowedIp> allowedIps) {
      return new Peer(key, false, endpoint, keepalive, true, allowedIps);
    }
  }

  @Override
  public String toString() {
    return "change of %s: %s%s%d peers"
        .formatted(
            device,
            privateKey == null ? "" : "private key, ",
            port == null ? "" : "port " + port + ", ",
            peers.size());
  }
}
