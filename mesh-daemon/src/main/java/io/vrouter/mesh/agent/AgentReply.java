package io.vrouter.mesh.agent;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.record.WireGuardKey;
import io.vrouter.netlink.generic.WgDevice;
import java.net.InetAddress;
import java.util.List;

/** An agent's answer to one {@link AgentRequest}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = AgentReply.Welcome.class, name = "welcome"),
  @JsonSubTypes.Type(value = AgentReply.Firewall.class, name = "firewall"),
  @JsonSubTypes.Type(value = AgentReply.Answer.class, name = "answer"),
  @JsonSubTypes.Type(value = AgentReply.Probed.class, name = "probed"),
  @JsonSubTypes.Type(value = AgentReply.Applied.class, name = "applied"),
  @JsonSubTypes.Type(value = AgentReply.Facts.class, name = "facts"),
  @JsonSubTypes.Type(value = AgentReply.WireGuardAnswer.class, name = "tunnels"),
  @JsonSubTypes.Type(value = AgentReply.Refused.class, name = "refused")
})
sealed interface AgentReply {
  /** To {@link AgentRequest.Hello}. */
  record Welcome(int version) implements AgentReply {}

  /**
   * To {@link AgentRequest.Look}.
   *
   * @param write whether our own table is being written
   * @param pending whether a look or write has not ended
   * @param problems that the look found and no step fixes, and what the policy left out
   */
  record Firewall(
      boolean holds,
      boolean open,
      Observed.TableWrite write,
      boolean pending,
      List<Problem> problems)
      implements AgentReply {}

  /** To a yes-or-no question. */
  record Answer(boolean yes) implements AgentReply {}

  /**
   * To {@link AgentRequest.Probed}.
   *
   * @param known whether the kernel could be asked
   */
  record Probed(boolean known, List<Sender> senders) implements AgentReply {}

  /**
   * A sender of probes.
   *
   * @param age milliseconds since its newest probe
   */
  record Sender(InetAddress address, long age) {}

  /**
   * To a write.
   *
   * @param failed the steps that were not done
   * @param underWay {@link Steps#key} of the steps that have not ended
   * @param refused the objects that the policy refuses, at most {@link Ruling#LISTED}
   */
  record Applied(List<Failed> failed, List<String> underWay, List<Ruling.Refusal> refused)
      implements AgentReply {}

  /**
   * A step that was not done.
   *
   * @param step see {@link Steps#key}
   */
  record Failed(String step, Problem problem) {}

  /**
   * The agent's view of the host.
   *
   * @param number rises at each change
   * @param docker the engine's networks
   * @param rules rises with each event of nftables
   * @param firewall rises when rules without events may have changed
   * @param answered rises when a look or write that was under way has ended
   */
  record Facts(
      long number,
      DockerSnapshot docker,
      long rules,
      long firewall,
      long answered,
      List<Problem> problems)
      implements AgentReply {}

  /**
   * To {@link AgentRequest.WireGuardQuestion}.
   *
   * @param keys public, newest first; none without encryption
   * @param problems of the keys' file and of devices that can't be read
   */
  record WireGuardAnswer(List<WireGuardKey> keys, List<WgDevice> devices, List<Problem> problems)
      implements AgentReply {}

  /** To a request that isn't carried out at all. */
  record Refused(Problem problem) implements AgentReply {}
}
