package io.vrouter.mesh.agent;

import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.FirewallPolicy;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The firewall behind an agent: looks only, since steps go with their plan. The last answer is
 * kept, so that a pass without a change asks nothing. On one thread at a time.
 */
final class RemoteFirewall implements FirewallTarget {
  private final AgentChannel channel;
  private final boolean aside;
  private @Nullable FirewallPolicy known;
  private int connection;
  private boolean holds;
  private boolean open;
  private Observed.TableWrite write = Observed.TableWrite.NONE;
  private boolean pending;
  private List<Problem> problems = List.of();

  /**
   * Asks nothing yet.
   *
   * @param aside as in {@link AgentRequest.Look}
   */
  RemoteFirewall(AgentChannel channel, boolean aside) {
    this.channel = channel;
    this.aside = aside;
  }

  @Override
  public boolean holds(FirewallPolicy policy, boolean fresh) {
    look(policy, fresh, pending);
    return holds;
  }

  /** After {@link #holds} with the same policy this costs nothing. */
  @Override
  public boolean isOpen(FirewallPolicy policy, boolean fresh) {
    look(policy, false, false);
    return open;
  }

  @Override
  public Observed.TableWrite write(FirewallPolicy policy) {
    return policy.equals(known) ? write : Observed.TableWrite.NONE;
  }

  @Override
  public boolean pending() {
    return pending;
  }

  private void look(FirewallPolicy policy, boolean fresh, boolean again) {
    if (!fresh && !again && policy.equals(known) && connection == channel.opened()) {
      return;
    }
    known = null;
    AgentReply reply = channel.ask(new AgentRequest.Look(policy, fresh, aside));
    if (reply instanceof AgentReply.Firewall firewall) {
      known = policy;
      connection = channel.opened();
      holds = firewall.holds();
      open = firewall.open();
      write = firewall.write();
      pending = firewall.pending();
      problems = firewall.problems();
    }
  }

  /** A plan was carried out. */
  void written(List<StepOutcome> outcomes) {
    for (StepOutcome outcome : outcomes) {
      if (outcome.underWay()) {
        known = null;
        pending = true;
      } else if (outcome.step() instanceof Step.SetFirewall set) {
        holds = outcome.problem() == null;
        open &= set.policy().equals(known);
        known = set.policy();
      } else if (outcome.step() instanceof Step.OpenForwarding opening) {
        open = outcome.problem() == null && opening.policy().equals(known);
      } else if (outcome.step() instanceof Step.RemoveFirewall) {
        known = null;
      }
    }
  }

  @Override
  public boolean rulesChanged() {
    return channel.ask(new AgentRequest.RulesChanged()) instanceof AgentReply.Answer answer
        && answer.yes();
  }

  @Override
  public boolean stands() {
    return channel.ask(new AgentRequest.Stands()) instanceof AgentReply.Answer answer
        && answer.yes();
  }

  /** The agent does that itself. */
  @Override
  public void afterwards() {}

  @Override
  public List<Problem> problems() {
    return problems;
  }

  @Override
  public boolean takes(Step step) {
    return false;
  }

  @Override
  public List<StepOutcome> apply(List<Step> steps) {
    throw new IllegalArgumentException("steps go with their plan");
  }
}
