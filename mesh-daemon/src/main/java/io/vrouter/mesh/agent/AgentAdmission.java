package io.vrouter.mesh.agent;

import io.vrouter.mesh.model.Problem;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which node is served: one at a time, on several connections. Another may come when the last
 * connection of the former has ended. Thread-safe.
 */
final class AgentAdmission {
  /** How long a node waits for the connections of a former one that died to be found out. */
  private static final long FORMER_MILLIS = 500;

  private final Runnable wake;
  private @Nullable String node;
  private int connections;
  private long serial;

  /**
   * Serves no node yet.
   *
   * @param wake makes connections of dead nodes end soon
   */
  AgentAdmission(Runnable wake) {
    this.wake = wake;
  }

  /** Waits a moment for the connections of another node to end. */
  private synchronized void awaitFormer(String next) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FORMER_MILLIS);
    long left = FORMER_MILLIS;
    try {
      while (connections > 0 && !next.equals(node) && left > 0) {
        wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isAnother(String next) {
    return connections > 0 && !next.equals(node);
  }

  /** A connection's part. */
  final class Entry {
    private boolean inside;

    /** The answer to the first message. */
    AgentReply enter(AgentRequest first) {
      if (!(first instanceof AgentRequest.Hello hello) || !hello.node().matches("[0-9a-f]{8,64}")) {
        return AgentServer.refusal("the first message is no hello", "update meshd on this host");
      }
      if (hello.version() != AgentRequest.VERSION) {
        return new AgentReply.Refused(
            new Problem(
                "agent-version",
                "the node speaks version %d of the agent's messages, the agent %d"
                    .formatted(hello.version(), AgentRequest.VERSION),
                "run meshd node and meshd agent of the same version"));
      }
      if (isAnother(hello.node())) {
        wake.run();
        awaitFormer(hello.node());
      }
      synchronized (AgentAdmission.this) {
        if (connections > 0 && !hello.node().equals(node)) {
          return AgentServer.refusal(
              "another node uses this agent", "stop the other meshd node on this host");
        }
        if (!hello.node().equals(node)) {
          node = hello.node();
          serial = 0;
        }
        connections++;
        inside = true;
      }
      return new AgentReply.Welcome(AgentRequest.VERSION);
    }

    /** Whether a write comes after all earlier ones of this node. */
    boolean isNext(long number) {
      synchronized (AgentAdmission.this) {
        if (number <= serial) {
          return false;
        }
        serial = number;
        return true;
      }
    }

    /** The connection has ended. */
    void leave() {
      synchronized (AgentAdmission.this) {
        if (inside) {
          inside = false;
          connections--;
          AgentAdmission.this.notifyAll();
        }
      }
    }
  }

  Entry entry() {
    return new Entry();
  }
}
