package io.vrouter.mesh.api;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.membership.NodeId;
import io.vrouter.mesh.control.TestReport;
import io.vrouter.mesh.local.LocalStates;
import io.vrouter.mesh.reconcile.MeshSnapshot;
import io.vrouter.mesh.reconcile.MeshSnapshot.MemberView;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.Subnet;
import io.vrouter.mesh.trial.Failure;
import io.vrouter.mesh.trial.PairResult;
import io.vrouter.mesh.trial.TrialHost;
import io.vrouter.mesh.trial.Trials;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The acceptance test of the whole mesh, begun on this host. Thread-safe. */
public final class TestRun {
  private static final int AT_ONCE = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PATIENCE_EACH = Duration.ofSeconds(2);

  private final Trials trials;
  private final TrialHost host;
  private final Supplier<MeshSnapshot> snapshot;

  public TestRun(Trials trials, TrialHost host, Supplier<MeshSnapshot> snapshot) {
    this.trials = trials;
    this.host = host;
    this.snapshot = snapshot;
  }

  /** The round trip of gossip to a member; empty when its daemon doesn't answer. */
  Optional<Duration> gossip(NodeId peer) throws InterruptedException {
    return trials.gossip(peer);
  }

  /**
   * Tries all pairs of living members: this host's own first, then the others' by asking them.
   *
   * @param progress receives each pair as it is done
   */
  TestReport run(boolean speed, Consumer<TestReport.Pair> progress) throws InterruptedException {
    List<NodeId> peers = host.peers();
    List<TestReport.Pair> pairs = new ArrayList<>();
    Consumer<PairResult> each =
        result -> {
          TestReport.Pair pair = pair(result);
          synchronized (pairs) {
            pairs.add(pair);
            progress.accept(pair);
          }
        };
    for (NodeId peer : peers) {
      each.accept(trials.pair(peer, speed));
    }
    Duration patience = PATIENCE.plus(PATIENCE_EACH.multipliedBy(peers.size()));
    ExecutorService threads =
        Executors.newFixedThreadPool(speed ? 1 : AT_ONCE, DaemonThreads.numbered("test-"));
    try {
      List<Future<?>> asked = new ArrayList<>();
      for (NodeId peer : peers) {
        if (peers.stream().anyMatch(other -> peer.compareTo(other) < 0)) {
          asked.add(threads.submit(() -> ask(peer, speed, patience, each)));
        }
      }
      for (Future<?> one : asked) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("asking a member failed", e.getCause());
    } finally {
      threads.shutdownNow();
    }
    synchronized (pairs) {
      return new TestReport(pairs);
    }
  }

  private void ask(NodeId peer, boolean speed, Duration patience, Consumer<PairResult> each) {
    try {
      String trouble = trials.others(peer, speed, patience, each);
      if (!trouble.isEmpty()) {
        each.accept(new PairResult(peer, peer, trouble, 0, 0, 0, 0, 0, 0, List.of()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private TestReport.Pair pair(PairResult result) {
    String from = name(result.from());
    String to = result.from().equals(result.to()) ? "the others" : name(result.to());
    List<TestReport.FailedPair> failures = new ArrayList<>();
    if (!result.trouble().isEmpty()) {
      failures.add(
          new TestReport.FailedPair(
              "",
              "",
              "not tried: " + result.trouble(),
              "see 'meshctl members', then 'meshctl status' on " + to));
    }
    for (Failure failure : result.failures()) {
      failures.add(
          new TestReport.FailedPair(
              network(result.from(), failure.near()),
              network(result.to(), failure.far()),
              TestWords.cause(failure.kind(), from, to, result.octets()),
              TestWords.fix(failure.kind(), from, to)));
    }
    return new TestReport.Pair(
        from,
        to,
        result.isGood(),
        result.connected(),
        result.apart(),
        result.octets(),
        result.micros() == 0 ? null : Integer.valueOf(result.micros()),
        result.bitsPerSecond() == 0 ? null : Long.valueOf(result.bitsPerSecond()),
        result.failed(),
        failures);
  }

  private String name(NodeId node) {
    return view(node).map(MemberView::name).orElse(node.abbreviated());
  }

  private Optional<MemberView> view(NodeId node) {
    return snapshot.get().members().stream()
        .filter(view -> view.member().id().equals(node))
        .findFirst();
  }

  /** The network's name and prefix, else the address alone. */
  private String network(NodeId node, InetAddress address) {
    Optional<HostRecord> record = view(node).map(MemberView::record);
    return record.stream()
        .flatMap(known -> known.subnets().stream())
        .filter(subnet -> subnet.prefix().contains(address))
        .findFirst()
        .map(TestRun::named)
        .orElse(address.getHostAddress() + " (not in the mesh)");
  }

  private static String named(Subnet subnet) {
    return subnet.network().equals(LocalStates.UNNAMED)
        ? subnet.prefix().toString()
        : subnet.network() + " " + subnet.prefix();
  }
}
