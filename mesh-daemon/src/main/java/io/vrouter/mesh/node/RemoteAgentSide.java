package io.vrouter.mesh.node;

import io.vrouter.mesh.agent.Agent;
import io.vrouter.mesh.agent.AgentException;
import io.vrouter.mesh.agent.RemoteAgent;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.host.HostException;
import io.vrouter.mesh.host.HostFacts;
import io.vrouter.mesh.host.Preflight;
import io.vrouter.mesh.local.HostWatch;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.path.ProbeSenders;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.mesh.wireguard.TunnelKeys;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/** The agent of {@code meshd node}: another process. */
final class RemoteAgentSide implements AgentSide {
  private final MeshConfig config;
  private final RemoteAgent agent;
  private volatile Runnable rules = () -> {};
  private volatile Runnable firewall = () -> {};
  private volatile Runnable onAnswer = () -> {};

  RemoteAgentSide(MeshConfig config, Closeables parts) {
    this.config = config;
    this.agent = parts.add(new RemoteAgent(config.agentSocket(), new SecureRandom()));
  }

  @Override
  public Agent agent(Runnable answered) {
    onAnswer = answered;
    return agent;
  }

  @Override
  public Optional<TunnelKeys> tunnelKeys() throws NotYetException {
    if (config.encryption() == Encryption.NONE) {
      return Optional.empty();
    }
    try {
      List<WireGuardKey> keys = agent.tunnels().keys();
      if (!keys.isEmpty()) {
        return Optional.of(new AgentTunnelKeys(agent.tunnels(), keys));
      }
    } catch (AgentException e) {
      throw new NotYetException(e.problem(), e);
    }
    throw new NotYetException(
        new Problem(
            "agent-without-encryption",
            "the agent on this host has --encryption none, this node " + config.encryption(),
            "give 'meshd agent' the same --encryption and --wireguard-port, and restart it"),
        null);
  }

  @Override
  public Preflight preflight(HostFacts facts) {
    return Preflight.node(facts, config.gossipPort());
  }

  @Override
  public void followDocker(HostWatch host) throws HostException {
    try {
      agent.check();
    } catch (AgentException e) {
      throw new HostException(e.problem());
    }
    agent.follow(
        new RemoteAgent.Listener() {
          @Override
          public void docker(DockerSnapshot snapshot) {
            host.docker(snapshot);
          }

          @Override
          public void rulesChanged() {
            rules.run();
          }

          @Override
          public void firewallChanged() {
            firewall.run();
          }

          @Override
          public void answered() {
            onAnswer.run();
          }
        });
  }

  @Override
  public void followRules(Runnable changed, Runnable firewallChanged) {
    rules = changed;
    firewall = firewallChanged;
  }

  @Override
  public ProbeSenders probeSenders() {
    return agent::probeSenders;
  }

  @Override
  public List<Problem> problems() {
    return agent.problems();
  }

  @Override
  public boolean split() {
    return true;
  }
}
