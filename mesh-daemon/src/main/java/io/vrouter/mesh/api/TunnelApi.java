package io.vrouter.mesh.api;

import io.vrouter.mesh.control.MeshApiException;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.reconcile.Reconciler;
import io.vrouter.mesh.wireguard.RotationException;
import io.vrouter.mesh.wireguard.TunnelKeys;
import java.util.Optional;

/** Commands of this host's encryption. Thread-safe. */
public final class TunnelApi {
  private final Optional<TunnelKeys> keys;
  private final Reconciler reconciler;

  /**
   * With this host's keys.
   *
   * @param keys empty without encryption
   */
  public TunnelApi(Optional<TunnelKeys> keys, Reconciler reconciler) {
    this.keys = keys;
    this.reconciler = reconciler;
  }

  /**
   * Makes a new key; the reconciler takes it into use.
   *
   * @throws MeshApiException without encryption, while a change is not complete, and when the key
   *     can't be saved
   */
  void rotate() throws MeshApiException {
    if (keys.isEmpty()) {
      throw new MeshApiException(
          new Problem(
              "encryption-off",
              "this host has no WireGuard key: --encryption is none",
              "see the documentation on how to switch a running mesh to encryption"));
    }
    try {
      keys.get().rotate();
    } catch (RotationException e) {
      throw new MeshApiException(
          new Problem(
              "rotation-refused",
              String.valueOf(e.getMessage()),
              "see 'meshctl status': try again when it lists one WireGuard device"));
    }
    reconciler.tunnelKeys(keys.get().publicKeys());
  }
}
