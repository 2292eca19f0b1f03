package io.vrouter.mesh.node;

import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.Membership;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.reconcile.Farewell;
import io.vrouter.mesh.reconcile.Reconciler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The end of a node: once, for one reason. The leave message goes first, then our kernel state,
 * then the parts are closed. Thread-safe.
 */
public final class NodeEnding {
  /** How long peers may take to acknowledge the leave message. */
  private static final Duration FAREWELL = Duration.ofMillis(500);

  /** Why a node ended. */
  public enum NodeEnd {
    /** As requested, and all our state that should go is gone. */
    CLEAN,
    /** As requested, but a removal failed. */
    DIRTY
  }

  private final Membership membership;
  private final Reconciler reconciler;
  private final Closeables parts;
  private final CompletableFuture<NodeEnd> end = new CompletableFuture<>();
  private volatile List<Problem> left = List.of();
  private boolean begun;

  NodeEnding(Membership membership, Reconciler reconciler, Closeables parts) {
    this.membership = membership;
    this.reconciler = reconciler;
    this.parts = parts;
  }

  /** Waits for the end. */
  NodeEnd await() {
    return end.join();
  }

  /**
   * Ends the node by request.
   *
   * @param keep whether the data path stays for a next start
   * @return whether everything ended as required
   */
  synchronized boolean end(boolean keep) {
    if (begun) {
      return end.join() != NodeEnd.DIRTY;
    }
    begun = true;
    left = depart(keep);
    close();
    return left.isEmpty();
  }

  /**
   * Ends all but the parts, for {@code meshctl leave}, which shows the outcome before the socket
   * closes.
   *
   * @return what could not be removed
   */
  synchronized List<Problem> leave() {
    if (!begun) {
      begun = true;
      left = depart(false);
    }
    return left;
  }

  /** The rest of {@link #leave}; on a thread of its own, since it ends the asking one. */
  void endLeft() {
    new Thread(this::close, "leave").start();
  }

  private List<Problem> depart(boolean keep) {
    membership.leave(keep ? Intent.RESTART : Intent.LEAVE, FAREWELL);
    return reconciler.close(keep ? Farewell.KEEP : Farewell.LEAVE);
  }

  private void close() {
    parts.close();
    end.complete(left.isEmpty() ? NodeEnd.CLEAN : NodeEnd.DIRTY);
  }
}
