package io.vrouter.membership.sim;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.engine.Counters;
import io.vrouter.membership.engine.Engine;
import io.vrouter.membership.engine.Input;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One host: its daemon (an engine, when it runs), its kernel and its disk. */
public final class SimNode {
  /** What really is the matter with the daemon. */
  public enum Truth {
    /** Not started yet, or it was never there. */
    ABSENT,
    /** Runs, perhaps paused. */
    RUNNING,
    /** The process is gone without a word; the kernel forwards. */
    KILLED,
    /** The machine is gone. */
    CRASHED,
    /** Left in order. */
    LEFT
  }

  final int index;
  InetSocketAddress address;
  Signer signer;
  long boot;
  Bytes payload;
  Truth truth = Truth.ABSENT;
  @Nullable Engine engine;
  long skew;
  long pausedUntil = Long.MIN_VALUE;
  long tickAt = Long.MAX_VALUE;
  final Deque<Input> backlog = new ArrayDeque<>();
  final List<MembershipEvent> events = new ArrayList<>();
  final Map<NodeId, Invariants.Gone> gone = new HashMap<>();

  /** When it last sent something. */
  long spoke = Long.MIN_VALUE;

  boolean keepEvents;

  SimNode(int index, InetSocketAddress address, Signer signer, Bytes payload) {
    this.index = index;
    this.address = address;
    this.signer = signer;
    this.payload = payload;
  }

  /** Its place in the world. */
  public int index() {
    return index;
  }

  /** Its identity. */
  public NodeId id() {
    return signer.id();
  }

  /** Its underlay endpoint. */
  public InetSocketAddress address() {
    return address;
  }

  /** What really is the matter with it. */
  public Truth truth() {
    return truth;
  }

  /** Whether its daemon runs. */
  public boolean running() {
    return truth == Truth.RUNNING;
  }

  Engine daemon() {
    Engine running = engine;
    if (running == null) {
      throw new IllegalStateException("host " + index + " runs no daemon: " + truth);
    }
    return running;
  }

  /** What its daemon believes. */
  public MembershipView view() {
    return daemon().view();
  }

  /** What its daemon counted. */
  public Counters counters() {
    return daemon().counters();
  }

  /** What it told its listeners, if {@link Simulator#recordEvents} was called first. */
  public List<MembershipEvent> events() {
    return events;
  }
}
