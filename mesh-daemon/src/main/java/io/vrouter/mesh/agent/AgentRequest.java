package io.vrouter.mesh.agent;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.KernelState;
import java.util.List;

/** A node's message to its agent. Each has one {@link AgentReply}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = AgentRequest.Hello.class, name = "hello"),
  @JsonSubTypes.Type(value = AgentRequest.Look.class, name = "look"),
  @JsonSubTypes.Type(value = AgentRequest.RulesChanged.class, name = "rules"),
  @JsonSubTypes.Type(value = AgentRequest.Stands.class, name = "stands"),
  @JsonSubTypes.Type(value = AgentRequest.Probed.class, name = "probed"),
  @JsonSubTypes.Type(value = AgentRequest.Apply.class, name = "apply"),
  @JsonSubTypes.Type(value = AgentRequest.Remove.class, name = "remove"),
  @JsonSubTypes.Type(value = AgentRequest.Facts.class, name = "facts"),
  @JsonSubTypes.Type(value = AgentRequest.WireGuardQuestion.class, name = "tunnels"),
  @JsonSubTypes.Type(value = AgentRequest.Rotate.class, name = "rotate"),
  @JsonSubTypes.Type(value = AgentRequest.Retire.class, name = "retire")
})
sealed interface AgentRequest {
  /** The version of these messages; a change that the other side can't ignore raises it. */
  int VERSION = 2;

  /**
   * The first message of a connection.
   *
   * @param version see {@link #VERSION}
   * @param node chosen at random by each start of a node: connections of one node share it, and one
   *     node at a time is served
   */
  record Hello(int version, String node) implements AgentRequest {}

  /**
   * Whether the firewall is in force and forwarding is open; the reply is {@link
   * AgentReply.Firewall}.
   *
   * @param fresh whether to look at the kernel
   * @param aside whether the look has a state of its own, so that it hides no change from the loop
   */
  record Look(FirewallPolicy policy, boolean fresh, boolean aside) implements AgentRequest {}

  /**
   * Whether another program may have written to nftables; the reply is {@link AgentReply.Answer}.
   */
  record RulesChanged() implements AgentRequest {}

  /** Whether a firewall of ours is in the kernel; the reply is {@link AgentReply.Answer}. */
  record Stands() implements AgentRequest {}

  /**
   * Whose probes of the data path arrive; the reply is {@link AgentReply.Probed}.
   *
   * @param family AF_INET or AF_INET6
   */
  record Probed(int family) implements AgentRequest {}

  /**
   * Makes the kernel equal to a state; the reply is {@link AgentReply.Applied}.
   *
   * @param serial higher than that of every earlier write of this node
   * @param later the steps that shall wait, as {@link Steps#key} names them
   */
  record Apply(long serial, KernelState state, List<String> later) implements AgentRequest {}

  /**
   * Removes every object of ours; the reply is {@link AgentReply.Applied}.
   *
   * @param serial as in {@link Apply}
   */
  record Remove(long serial) implements AgentRequest {}

  /**
   * Waits for news; the reply is {@link AgentReply.Facts}.
   *
   * @param seen number of the last facts received, 0 for none
   */
  record Facts(long seen) implements AgentRequest {}

  /** The keys and devices of WireGuard; the reply is {@link AgentReply.WireGuardAnswer}. */
  record WireGuardQuestion() implements AgentRequest {}

  /** Makes a new WireGuard key beside the present one; the reply is {@link AgentReply.Answer}. */
  record Rotate() implements AgentRequest {}

  /**
   * Deletes a former WireGuard key; the reply is {@link AgentReply.Answer}.
   *
   * @param slot of its device
   */
  record Retire(int slot) implements AgentRequest {}
}
