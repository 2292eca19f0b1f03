package io.vrouter.mesh.main;

import io.vrouter.mesh.agent.AgentTunnels;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Step;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.mesh.wireguard.RotationException;
import io.vrouter.mesh.wireguard.WireGuardKeys;
import io.vrouter.mesh.wireguard.WireGuardTarget;
import io.vrouter.netlink.generic.WgDevice;
import io.vrouter.netlink.route.Link;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** WireGuard of an agent's process: its target and its keys. */
final class OwnTunnels implements AgentTunnels {
  private final WireGuardKeys keys;
  private final WireGuardTarget target;

  OwnTunnels(WireGuardKeys keys, WireGuardTarget target) {
    this.keys = keys;
    this.target = target;
  }

  @Override
  public List<WireGuardKey> keys() {
    return keys.publicKeys();
  }

  @Override
  public Optional<String> rotate() {
    try {
      keys.rotate();
      return Optional.empty();
    } catch (RotationException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void retire(int slot) {
    keys.retire(slot);
  }

  @Override
  public List<WgDevice> look(Collection<Link> links) {
    return target.look(links);
  }

  @Override
  public List<Problem> problems() {
    return target.problems();
  }

  @Override
  public boolean takes(Step step) {
    return target.takes(step);
  }

  @Override
  public List<StepOutcome> apply(List<Step> steps) {
    return target.apply(steps);
  }
}
