package io.vrouter.mesh.agent;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.membership.Defects;
import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.apply.StepOutcome;
import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.Plan;
import io.vrouter.mesh.plan.Step;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent in another process, behind a UNIX socket. All methods of the loop throw {@link
 * AgentException} while it doesn't answer.
 */
public final class RemoteAgent implements Agent, AutoCloseable {
  static final String REFUSED = "agent-refused";
  static final String UNREACHABLE = "agent-unreachable";
  static final String FIX =
      "if it shall be allowed, change the agent's configuration or policy file and restart 'meshd"
          + " agent'";

  private static final Logger LOG = LoggerFactory.getLogger(RemoteAgent.class);
  private static final Duration AGAIN = Duration.ofMillis(500);

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, DaemonThreads.named("agent-timer"));
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AgentChannel loop;
  private final AgentChannel questions;
  private final AgentChannel news;
  private final RemoteFirewall firewall;
  private final RemoteFirewall asked;
  private final RemoteTunnels tunnels;
  private long serial;
  private volatile Optional<Problem> unreachable = Optional.empty();
  private volatile List<Problem> told = List.of();

  /** Receives an agent's news. Called on one thread; must return at once. */
  public interface Listener {
    /** The engine's networks. */
    void docker(DockerSnapshot snapshot);

    /** Nftables changed. */
    void rulesChanged();

    /** Rules without events may have changed, or the agent is another. */
    void firewallChanged();

    /** A look or write of the firewall that was under way has ended. */
    void answered();
  }

  /**
   * Connects at the first use.
   *
   * @param random names this node to the agent
   */
  public RemoteAgent(Path socket, RandomGenerator random) {
    timer.setRemoveOnCancelPolicy(true);
    String node = "%016x%016x".formatted(random.nextLong(), random.nextLong());
    this.loop = new AgentChannel(socket, node, timer);
    this.questions = new AgentChannel(socket, node, timer);
    this.news = new AgentChannel(socket, node, timer);
    this.firewall = new RemoteFirewall(loop, false);
    this.asked = new RemoteFirewall(questions, true);
    this.tunnels = new RemoteTunnels(loop, questions);
  }

  /**
   * Checks that the agent answers.
   *
   * @throws AgentException when it doesn't
   */
  public void check() {
    questions.ask(new AgentRequest.Stands());
  }

  /** Begins to pass news on, on a thread of its own. */
  public void follow(Listener listener) {
    DaemonThreads.of("agent-news", () -> follow(listener, closed)).start();
  }

  private void follow(Listener listener, CountDownLatch end) {
    AgentReply.@Nullable Facts last = null;
    int connection = 0;
    while (end.getCount() > 0) {
      try {
        boolean same = last != null && connection == news.opened();
        AgentReply reply =
            news.ask(new AgentRequest.Facts(same && last != null ? last.number() : 0));
        if (reply instanceof AgentReply.Facts facts) {
          pass(facts, connection == news.opened() ? last : null, listener);
          connection = news.opened();
          last = facts;
        }
        unreachable = Optional.empty();
      } catch (AgentException e) {
        lost(e.problem());
        pause(end);
      } catch (RuntimeException e) {
        Defects.caught("following an answer of the agent", e);
        pause(end);
      }
    }
  }

  private void pass(AgentReply.Facts facts, AgentReply.@Nullable Facts before, Listener listener) {
    told = facts.problems();
    if (before == null || !facts.docker().equals(before.docker())) {
      listener.docker(facts.docker());
    }
    if (before == null || facts.firewall() != before.firewall()) {
      listener.firewallChanged();
    } else if (facts.rules() != before.rules()) {
      listener.rulesChanged();
    }
    if (before != null && facts.answered() != before.answered()) {
      listener.answered();
    }
  }

  private void lost(Problem problem) {
    if (unreachable.isEmpty() && closed.getCount() > 0) {
      LOG.warn("{}; {}", problem.message(), problem.fix());
    }
    unreachable = Optional.of(problem);
  }

  private static void pause(CountDownLatch end) {
    try {
      if (end.await(AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Age of the newest probe of the data path by sender.
   *
   * @param family AF_INET or AF_INET6
   * @return empty when the agent or the kernel can't be asked
   */
  public Optional<Map<InetAddress, Duration>> probeSenders(int family) {
    try {
      AgentReply reply = questions.ask(new AgentRequest.Probed(family));
      return reply instanceof AgentReply.Probed probed && probed.known()
          ? Optional.of(
              probed.senders().stream()
                  .collect(
                      Collectors.toMap(
                          AgentReply.Sender::address,
                          it -> Duration.ofMillis(it.age()),
                          (a, b) -> a)))
          : Optional.empty();
    } catch (AgentException e) {
      LOG.debug("the senders of probes aren't known", e);
      return Optional.empty();
    }
  }

  /** Problems that the agent reports, or that it doesn't answer. */
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(told);
    unreachable.ifPresent(problems::add);
    return problems;
  }

  @Override
  public RemoteTunnels tunnels() {
    return tunnels;
  }

  @Override
  public FirewallTarget firewall() {
    return firewall;
  }

  @Override
  public FirewallTarget asked() {
    return asked;
  }

  @Override
  public List<StepOutcome> apply(Desired desired, Plan whole, Plan now) {
    AgentReply reply =
        loop.ask(new AgentRequest.Apply(++serial, desired.kernel(), later(whole, now)));
    List<StepOutcome> outcomes = outcomes(reply, now);
    firewall.written(outcomes);
    return outcomes;
  }

  private static List<String> later(Plan whole, Plan now) {
    if (whole.steps().size() == now.steps().size()) {
      return List.of();
    }
    Set<Step> steps = new HashSet<>(now.steps());
    return whole.steps().stream().filter(step -> !steps.contains(step)).map(Steps::key).toList();
  }

  @Override
  public List<StepOutcome> remove(Plan cleanup) {
    List<StepOutcome> outcomes = outcomes(loop.ask(new AgentRequest.Remove(++serial)), cleanup);
    firewall.written(outcomes);
    return outcomes;
  }

  /** Removes every object of ours, for a caller that can't see them. */
  public List<Problem> remove() {
    AgentReply reply = loop.ask(new AgentRequest.Remove(++serial));
    return reply instanceof AgentReply.Applied applied
        ? applied.failed().stream().map(AgentReply.Failed::problem).toList()
        : List.of();
  }

  private static List<StepOutcome> outcomes(AgentReply reply, Plan plan) {
    Map<String, Problem> failed = new HashMap<>();
    Map<String, String> refused = new HashMap<>();
    Set<String> underWay = new HashSet<>();
    if (reply instanceof AgentReply.Applied applied) {
      applied.failed().forEach(it -> failed.put(it.step(), it.problem()));
      underWay.addAll(applied.underWay());
      applied.refused().forEach(it -> refused.put(it.object(), it.reason()));
    }
    return plan.steps().stream()
        .map(
            step ->
                underWay.contains(Steps.key(step))
                    ? StepOutcome.underWay(step)
                    : outcome(step, failed, refused))
        .toList();
  }

  private static StepOutcome outcome(
      Step step, Map<String, Problem> failed, Map<String, String> refused) {
    Problem problem = failed.get(Steps.key(step));
    if (problem != null) {
      return new StepOutcome(step, problem);
    }
    String reason = refused.get(step.object());
    boolean whole = step instanceof Step.SetFirewall || step instanceof Step.OpenForwarding;
    // A firewall without its refused part is in force; the look reports that part.
    return reason == null || step.removes() || whole
        ? StepOutcome.done(step)
        : StepOutcome.failed(
            step,
            REFUSED,
            "the agent's policy refuses %s: %s".formatted(step.object(), reason),
            FIX);
  }

  @Override
  public void close() {
    closed.countDown();
    loop.close();
    questions.close();
    news.close();
    timer.shutdownNow();
  }
}
