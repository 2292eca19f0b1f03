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
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.path.ProbeSenders;
import io.vrouter.mesh.wireguard.WireGuardKeys;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/** The agent of {@code meshd node}: another process. */
final class RemoteAgentSide implements AgentSide {
  private final MeshConfig config;
  private final RemoteAgent agent;
  private volatile Runnable rules = () -> {};
  private volatile Runnable firewall = () -> {};

  RemoteAgentSide(MeshConfig config, Closeables parts) {
    this.config = config;
    this.agent = parts.add(new RemoteAgent(config.agentSocket(), new SecureRandom()));
  }

  @Override
  public Agent agent(Optional<WireGuardKeys> keys, Runnable answered) {
    return agent;
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
