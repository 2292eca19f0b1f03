package io.vrouter.mesh.agent;

import io.vrouter.mesh.apply.Target;
import io.vrouter.mesh.apply.TunnelLook;
import io.vrouter.mesh.record.WireGuardKey;
import java.util.List;
import java.util.Optional;

/** WireGuard as an agent has it: its devices and the private keys. On the agent's thread only. */
public interface AgentTunnels extends Target, TunnelLook {
  /** The public keys, newest first. */
  List<WireGuardKey> keys();

  /** Makes a new key beside the present one; returns why it can't. */
  Optional<String> rotate();

  /** Deletes a former key; the newest stays in any case. */
  void retire(int slot);
}
