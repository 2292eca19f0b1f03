package io.vrouter.mesh.wireguard;

import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.record.WireGuardKey;
import java.util.List;
import java.util.Optional;

/** This host's WireGuard keys: in this process, or an agent's. Thread-safe. */
public interface TunnelKeys {
  /** The public keys, newest first. */
  List<WireGuardKey> publicKeys();

  /**
   * Makes a new key for the free device; the former one stays until it is retired.
   *
   * @throws RotationException while an earlier change is not complete, or when it can't be saved
   */
  void rotate() throws RotationException;

  /** Deletes a former key; the newest stays in any case. Fails as a problem. */
  void retire(int slot);

  /** A problem of the keys' file; empty while there is none. */
  Optional<Problem> problem();
}
