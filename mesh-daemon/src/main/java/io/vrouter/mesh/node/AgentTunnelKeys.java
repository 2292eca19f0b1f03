package io.vrouter.mesh.node;

import io.vrouter.mesh.agent.AgentException;
import io.vrouter.mesh.agent.RemoteTunnels;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.mesh.wireguard.RotationException;
import io.vrouter.mesh.wireguard.TunnelKeys;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of an agent in another process, as it last gave them. Its problems come with the look at
 * its devices.
 */
final class AgentTunnelKeys implements TunnelKeys {
  private static final Logger LOG = LoggerFactory.getLogger(AgentTunnelKeys.class);

  private final RemoteTunnels agent;
  private volatile List<WireGuardKey> keys;

  AgentTunnelKeys(RemoteTunnels agent, List<WireGuardKey> keys) {
    this.agent = agent;
    this.keys = keys;
  }

  @Override
  public List<WireGuardKey> publicKeys() {
    return keys;
  }

  @Override
  public void rotate() throws RotationException {
    Optional<Problem> refused = agent.rotate();
    if (refused.isPresent()) {
      throw new RotationException(refused.get().message(), null);
    }
    refresh();
  }

  @Override
  public void retire(int slot) {
    try {
      agent.retire(slot);
    } catch (AgentException e) {
      // The agent has both keys yet: the change is completed after the next start of either.
      LOG.warn("the former WireGuard key was not retired: {}", e.problem().message());
    }
    refresh();
  }

  private void refresh() {
    try {
      keys = agent.keys();
    } catch (AgentException e) {
      LOG.warn("the agent's WireGuard keys aren't known: {}", e.problem().message());
    }
  }

  @Override
  public Optional<Problem> problem() {
    return Optional.empty();
  }
}
