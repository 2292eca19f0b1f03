package io.vrouter.mesh.agent;

import io.vrouter.mesh.apply.TunnelLook;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.generic.WgDevice;
import io.vrouter.netlink.route.Link;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * WireGuard of an agent in another process: that has the private keys and the devices. All methods
 * but {@link #problems} throw {@link AgentException} while it doesn't answer. Thread-safe.
 */
public final class RemoteTunnels implements TunnelLook {
  private final AgentChannel loop;
  private final AgentChannel questions;
  private volatile List<Problem> problems = List.of();

  RemoteTunnels(AgentChannel loop, AgentChannel questions) {
    this.loop = loop;
    this.questions = questions;
  }

  /** On the reconcile thread only. Without a device the agent isn't asked. */
  @Override
  public List<WgDevice> look(Collection<Link> links) {
    boolean any =
        links.stream()
            .anyMatch(
                link ->
                    TunnelEnforcement.isTunnel(link.name())
                        || (Observed.isOurs(link) && link.vxlan() == null));
    return any ? ask(loop).devices() : List.of();
  }

  @Override
  public List<Problem> problems() {
    return problems;
  }

  /** The agent's public keys, newest first; none where the agent has no encryption. */
  public List<WireGuardKey> keys() {
    return ask(questions).keys();
  }

  /** Makes a new key beside the present one; returns why it can't. */
  public Optional<Problem> rotate() {
    try {
      AgentReply unused = questions.ask(new AgentRequest.Rotate());
      return Optional.empty();
    } catch (AgentException e) {
      return Optional.of(e.problem());
    }
  }

  /** Deletes a former key; the newest stays in any case. */
  public void retire(int slot) {
    AgentReply unused = questions.ask(new AgentRequest.Retire(slot));
  }

  private AgentReply.WireGuardAnswer ask(AgentChannel channel) {
    AgentReply reply = channel.ask(new AgentRequest.WireGuardQuestion());
    if (reply instanceof AgentReply.WireGuardAnswer tunnels) {
      problems = tunnels.problems();
      return tunnels;
    }
    return new AgentReply.WireGuardAnswer(List.of(), List.of(), List.of());
  }
}
