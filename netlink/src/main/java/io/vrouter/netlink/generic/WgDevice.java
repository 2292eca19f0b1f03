package io.vrouter.netlink.generic;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A WireGuard device. The private key is never part of it.
 *
 * @param key the device's public key; null while it has no private key
 * @param port UDP, 0 while none is set
 */
public record WgDevice(String name, @Nullable WgKey key, int port, List<WgPeer> peers) {
  public WgDevice {
    peers = List.copyOf(peers);
  }

  /** The peer with a key; empty when there is none. */
  public Optional<WgPeer> peer(WgKey of) {
    return peers.stream().filter(peer -> peer.key().equals(of)).findFirst();
  }

  /** Joins the messages of a dump: a peer that was continued is one again; empty for none. */
  public static Optional<WgDevice> joined(List<WgDevice> parts) {
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    List<WgPeer> peers = new ArrayList<>();
    for (WgDevice part : parts) {
      for (WgPeer peer : part.peers()) {
        int last = peers.size() - 1;
        if (last >= 0 && peers.get(last).key().equals(peer.key())) {
          peers.set(last, peers.get(last).with(peer.allowedIps()));
        } else {
          peers.add(peer);
        }
      }
    }
    WgDevice first = parts.get(0);
    return Optional.of(new WgDevice(first.name(), first.key(), first.port(), peers));
  }
}
