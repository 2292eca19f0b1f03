package io.vrouter.mesh.record;

import io.vrouter.mesh.model.Encryption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A host's encryption, as it publishes it.
 *
 * @param keys newest first, at most one per slot; empty with {@link Encryption#NONE}
 */
public record TunnelShare(Encryption encryption, List<WireGuardKey> keys) {
  /** Plain VXLAN. */
  public static final TunnelShare NONE = new TunnelShare(Encryption.NONE, List.of());

  public TunnelShare {
    keys = List.copyOf(keys);
    Set<Integer> slots = new HashSet<>();
    for (WireGuardKey key : keys) {
      if (!slots.add(key.slot())) {
        throw new IllegalArgumentException("two WireGuard keys of device " + key.slot());
      }
    }
  }
}
