package io.vrouter.mesh.node;

import io.vrouter.mesh.agent.Agent;
import io.vrouter.mesh.host.HostException;
import io.vrouter.mesh.host.HostFacts;
import io.vrouter.mesh.host.Preflight;
import io.vrouter.mesh.local.HostWatch;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.path.ProbeSenders;
import io.vrouter.mesh.wireguard.TunnelKeys;
import java.util.List;
import java.util.Optional;

/** Everything of a node that takes privileges: in its process, or in an agent's. */
interface AgentSide {
  /**
   * Writes to the kernel. Called once.
   *
   * @param answered run on another thread when a look or write that was asked for has ended
   */
  Agent agent(Runnable answered);

  /**
   * This host's WireGuard keys, where the configuration has encryption. Called once, before {@link
   * #agent}.
   *
   * @throws NotYetException when they can't be had now
   */
  Optional<TunnelKeys> tunnelKeys() throws NotYetException;

  /** The checks before a start. */
  Preflight preflight(HostFacts facts);

  /**
   * Begins to follow Docker.
   *
   * @throws HostException when an agent of another process doesn't answer
   */
  void followDocker(HostWatch host) throws HostException;

  /**
   * Begins to follow rules of other programs.
   *
   * @param rules run when nftables changed
   * @param firewall run when rules without events may have changed
   */
  void followRules(Runnable rules, Runnable firewall);

  /** Whose probes of the data path arrive here. */
  ProbeSenders probeSenders();

  /** Present problems of all this. */
  List<Problem> problems();

  /** Whether the agent is another process. */
  boolean split();
}
