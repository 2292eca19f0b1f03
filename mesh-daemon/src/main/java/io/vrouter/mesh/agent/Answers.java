package io.vrouter.mesh.agent;

import io.vrouter.membership.Defects;
import io.vrouter.mesh.apply.FirewallTarget;
import io.vrouter.mesh.model.Problem;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.wire.Family;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests: all that touches the kernel on the agent's one thread. */
final class Answers {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  /** Longest wait of a request for facts until something changes. */
  private static final Duration NEWS = Duration.ofSeconds(10);

  private static final Duration HANGS = Duration.ofSeconds(60);

  private final AgentCore kernel;
  private final Looks looks;
  private final FactBoard board;
  private final ExecutorService core;
  private volatile boolean busy;
  private volatile long began;

  /**
   * Looks at the firewall.
   *
   * @param loop as the loop sees it
   * @param aside with a state of its own
   * @param probed age of the newest probe by sender, of AF_INET or AF_INET6; from any thread
   */
  record Looks(
      FirewallTarget loop,
      FirewallTarget aside,
      IntFunction<Optional<Map<InetAddress, Duration>>> probed) {}

  Answers(AgentCore kernel, Looks looks, FactBoard board, ExecutorService core) {
    this.kernel = kernel;
    this.looks = looks;
    this.board = board;
    this.core = core;
  }

  /**
   * The answer; on the connection's thread.
   *
   * @throws IOException when this process ends
   */
  AgentReply to(AgentRequest request, AgentAdmission.Entry entry) throws IOException {
    kernel.alive();
    try {
      if (request instanceof AgentRequest.Facts facts) {
        return board.await(facts.seen(), NEWS);
      }
      if (request instanceof AgentRequest.Probed probed) {
        return probed(probed.family());
      }
      Callable<AgentReply> work = work(request, entry);
      return core.submit(() -> timed(work)).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the end of this process", e);
    } catch (ExecutionException e) {
      return failed(Objects.requireNonNull(e.getCause()));
    }
  }

  private AgentReply probed(int family) {
    if (family != Family.AF_INET && family != Family.AF_INET6) {
      return AgentServer.refusal("the family " + family, "update meshd on this host");
    }
    Optional<Map<InetAddress, Duration>> ages = looks.probed.apply(family);
    return new AgentReply.Probed(
        ages.isPresent(),
        ages.orElse(Map.of()).entrySet().stream()
            .map(it -> new AgentReply.Sender(it.getKey(), it.getValue().toMillis()))
            .toList());
  }

  private AgentReply timed(Callable<AgentReply> work) throws Exception {
    began = System.nanoTime();
    busy = true;
    try {
      return work.call();
    } finally {
      busy = false;
    }
  }

  /** Whether no work takes longer than the tools of the firewall may. */
  boolean live() {
    return !busy || System.nanoTime() - began < HANGS.toNanos();
  }

  private Callable<AgentReply> work(AgentRequest request, AgentAdmission.Entry entry) {
    if (request instanceof AgentRequest.Look look) {
      return () ->
          kernel.look(look.policy(), look.fresh(), look.aside() ? looks.aside : looks.loop);
    }
    if (request instanceof AgentRequest.RulesChanged) {
      return () -> new AgentReply.Answer(kernel.rulesChanged());
    }
    if (request instanceof AgentRequest.Stands) {
      return () -> new AgentReply.Answer(kernel.stands());
    }
    if (request instanceof AgentRequest.Apply apply) {
      return () ->
          entry.isNext(apply.serial())
              ? kernel.apply(apply.state(), Set.copyOf(apply.later()))
              : old();
    }
    if (request instanceof AgentRequest.Remove remove) {
      return () -> entry.isNext(remove.serial()) ? kernel.remove() : old();
    }
    if (request instanceof AgentRequest.WireGuardQuestion) {
      return kernel::tunnels;
    }
    if (request instanceof AgentRequest.Rotate) {
      return kernel::rotate;
    }
    if (request instanceof AgentRequest.Retire retire) {
      return () -> kernel.retire(retire.slot());
    }
    return () -> AgentServer.refusal("a second hello", "update meshd on this host");
  }

  private static AgentReply old() {
    return AgentServer.refusal(
        "a write that is not newer than the last one", "nothing: the node writes anew");
  }

  private static AgentReply failed(Throwable cause) {
    if (cause instanceof RefusedException refused) {
      return new AgentReply.Refused(refused.problem());
    }
    if (cause instanceof NetlinkException) {
      return new AgentReply.Refused(
          new Problem(
              "kernel-unreachable",
              "the agent can't ask the kernel: " + cause.getMessage(),
              "nothing: it is tried again"));
    }
    LOG.error("a request failed", cause);
    return new AgentReply.Refused(
        new Problem(
            "agent-defect",
            "the agent could not answer: " + cause,
            "report it with 'meshctl report', and the log of meshd agent"));
  }

  /** Ends the data path when its lease is over. On the agent's thread. */
  void expire() {
    try {
      kernel.expire();
    } catch (RuntimeException e) {
      Defects.caught("ending the data path after its lease", e);
    }
  }
}
