package io.vrouter.netlink.generic;

import io.vrouter.netlink.wire.Payload;
import java.util.Base64;

/**
 * A public key of WireGuard: a point of Curve25519 (RFC 7748).
 *
 * @param octets 32
 */
public record WgKey(Payload octets) {
  public WgKey {
    if (octets.length() != WireGuard.WG_KEY_LEN) {
      throw new IllegalArgumentException("a key has 32 octets, not " + octets.length());
    }
  }

  /** A key of 32 octets. */
  public static WgKey of(byte... octets) {
    return new WgKey(Payload.of(octets));
  }

  /** Base64, as wg(8) shows it. */
  @Override
  public String toString() {
    return Base64.getEncoder().encodeToString(octets.toArray());
  }
}
