package io.vrouter.mesh.record;

import io.vrouter.membership.Bytes;
import java.util.Base64;

/**
 * The public key of one WireGuard device of a host. A host has one device, and a second one while
 * its key is changed.
 *
 * @param slot 0 or 1: which device
 * @param octets 32
 * @param port UDP, where the device listens, 1 to 65,535
 */
public record WireGuardKey(int slot, Bytes octets, int port) {
  /** Devices of a host, at most. */
  public static final int SLOTS = 2;

  private static final int OCTETS = 32;

  public WireGuardKey {
    if (slot < 0 || slot >= SLOTS) {
      throw new IllegalArgumentException("'" + slot + "' is not a WireGuard device: 0 or 1");
    }
    if (octets.length() != OCTETS) {
      throw new IllegalArgumentException(
          "a WireGuard key of %d octets: 32".formatted(octets.length()));
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("'" + port + "' is not a UDP port: 1 to 65535");
    }
  }

  /** Base64, as wg(8) shows it. */
  @Override
  public String toString() {
    return Base64.getEncoder().encodeToString(octets.toArray());
  }
}
