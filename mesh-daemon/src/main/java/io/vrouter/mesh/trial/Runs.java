package io.vrouter.mesh.trial;

import io.vrouter.membership.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Trials with third members at a member's request: one run at a time, and a pause after each, for
 * all members together. Thread-safe.
 */
final class Runs {
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Trials trials;
  private @Nullable Current current;

  /** A run, or the last one. */
  private static final class Current {
    private final NodeId asker;
    private final long id;
    private final List<NodeId> peers;
    private final List<PairResult> results = new ArrayList<>();
    private long ended;
    private boolean over;

    Current(NodeId asker, long id, List<NodeId> peers) {
      this.asker = asker;
      this.id = id;
      this.peers = peers;
    }
  }

  Runs(Trials trials) {
    this.trials = trials;
  }

  /** Answers with the result wanted when it is there; begins a run when none is going on. */
  void asked(NodeId from, TrialMessage.Run run) {
    TrialMessage answer;
    Current fresh = null;
    synchronized (this) {
      Current known = current;
      if (known != null && known.asker.equals(from) && known.id == run.id()) {
        answer = report(known, run.index());
      } else if (isBusy(known)) {
        answer = new TrialMessage.Declined(run.id(), "busy with another run");
      } else {
        fresh = new Current(from, run.id(), peers(from));
        current = fresh;
        answer = report(fresh, run.index());
      }
    }
    trials.send(from, answer);
    if (fresh != null) {
      Current begun = fresh;
      if (!trials.execute(from, run, () -> perform(begun, run.speed()))) {
        synchronized (this) {
          current = null;
        }
      }
    }
  }

  private static boolean isBusy(@Nullable Current known) {
    return known != null && (!known.over || System.nanoTime() - known.ended < PAUSE.toNanos());
  }

  private static TrialMessage.PairReport report(Current run, int index) {
    List<PairResult> results =
        index < run.results.size() ? List.of(run.results.get(index)) : List.of();
    return new TrialMessage.PairReport(run.id, index, run.peers.size(), results);
  }

  /** Of two members that are both asked, the one with the lower id tries. */
  private List<NodeId> peers(NodeId asker) {
    NodeId self = trials.host().self();
    return trials.host().peers().stream()
        .filter(peer -> !peer.equals(asker) && self.compareTo(peer) < 0)
        .toList();
  }

  private void perform(Current run, boolean speed) {
    try {
      for (NodeId peer : run.peers) {
        PairResult result = trials.pair(peer, speed);
        synchronized (this) {
          run.results.add(result);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (this) {
        run.over = true;
        run.ended = System.nanoTime();
      }
    }
  }
}
