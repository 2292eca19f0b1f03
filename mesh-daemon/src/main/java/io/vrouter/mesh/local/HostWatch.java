package io.vrouter.mesh.local;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.host.HostException;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.observe.KernelEvents;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.Underlay;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.RtNetlink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches this host's underlay and its networks. Looks again after each relevant kernel event and
 * each snapshot of Docker, on a thread of its own named {@code host}.
 */
public final class HostWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostWatch.class);

  /** At most five looks a second: a look costs four dumps. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  /** Membership answers a link that came up with multicast and exchanges with all known peers. */
  private static final Duration BETWEEN_LINK_UPS = Duration.ofSeconds(1);

  private final Underlays underlays;
  private final LocalStates states;
  private final RtNetlink netlink;
  private final AtomicBoolean due = new AtomicBoolean();
  private final AtomicBoolean linkUpDue = new AtomicBoolean();
  private final Pace looks = new Pace(BETWEEN_LOOKS);
  private final Pace linkUps = new Pace(BETWEEN_LINK_UPS);
  private final CountDownLatch dockerKnown = new CountDownLatch(1);
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("host"));
  private volatile Optional<Problem> problem = Optional.empty();
  private volatile @Nullable HostListener listener;
  private volatile Runnable engineStarted = () -> {};
  private volatile @Nullable KernelEvents events;
  private volatile DockerSnapshot docker = DockerSnapshot.unknown();
  private volatile Underlay underlay;
  private volatile LocalState last;
  private volatile boolean carrier = true;
  private volatile List<Problem> networkProblems = List.of();

  /**
   * Looks once.
   *
   * @param netlink used only here
   * @throws HostException when no underlay can be chosen
   */
  public HostWatch(Underlays underlays, LocalStates states, RtNetlink netlink)
      throws HostException {
    this.underlays = underlays;
    this.states = states;
    this.netlink = netlink;
    KernelLook look = KernelLook.now(netlink);
    this.underlay = find(look);
    this.last = state(look);
  }

  /** The address and link that tunnels and gossip use. */
  public Underlay underlay() {
    return underlay;
  }

  /** The state at the newest look. */
  public LocalState current() {
    return last;
  }

  /** Why Docker's engine can't be reached; empty when it can, null when none is watched. */
  public @Nullable String docker() {
    DockerSnapshot now = docker;
    return switch (now.state()) {
      case UNKNOWN, ABSENT -> null;
      case FOLLOWED -> "";
      case UNREACHABLE ->
          now.problems().stream().map(Problem::message).findFirst().orElse("no answer");
    };
  }

  /** Problems of the underlay and of Docker. */
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(docker.problems());
    problems.addAll(networkProblems);
    problem.ifPresent(problems::add);
    KernelEvents watched = events;
    if (watched != null) {
      watched.problem().ifPresent(problems::add);
    }
    if (!carrier) {
      problems.add(
          new Problem(
              "underlay-down",
              "the link that has the underlay address %s is down or has no carrier"
                  .formatted(underlay.address().getHostAddress()),
              "look at it with 'ip link', and at its cable or the switch; it is followed"));
    }
    return problems;
  }

  /**
   * Begins to watch kernel events and to call the listener.
   *
   * @param started run at each new connection to Docker: a starting engine rewrites its rules
   */
  public void start(HostListener follower, Runnable started) {
    listener = follower;
    engineStarted = started;
    events = new KernelEvents("host-events", HostEvents::monitor, new HostEvents(this::take));
    look();
  }

  /** Stores the newest state of Docker. From any thread. */
  public void docker(DockerSnapshot snapshot) {
    boolean again = snapshot.connection() != docker.connection();
    docker = snapshot;
    if (again) {
      engineStarted.run();
    }
    look();
  }

  /**
   * Waits until Docker's networks are known, or the lack of an engine is: a restarted daemon that
   * announced no network would cut off its own containers.
   *
   * @return whether they are known
   */
  public boolean awaitDocker(Duration patience) {
    try {
      return dockerKnown.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Handles one kernel event. From any thread. */
  void take(LookFilter.Meaning event) {
    if (event.raised() == underlay.ifIndex()) {
      linkUp();
    }
    if (event.look()) {
      look();
    }
  }

  private void linkUp() {
    soon(linkUpDue, linkUps, () -> tell(HostListener::linkUp));
  }

  /** Looks again soon. From any thread. */
  public void look() {
    soon(due, looks, this::refresh);
  }

  /** Runs the task as soon as its pace allows; a pending run serves later requests, too. */
  private void soon(AtomicBoolean waiting, Pace pace, Runnable work) {
    if (!waiting.compareAndSet(false, true)) {
      return;
    }
    long delay;
    synchronized (pace) {
      delay = pace.book(System.nanoTime());
    }
    try {
      Future<?> unused =
          thread.schedule(
              () -> {
                waiting.set(false);
                work.run();
              },
              delay,
              TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("closed meanwhile", e);
    }
  }

  private void refresh() {
    boolean known = docker.state() != DockerSnapshot.EngineState.UNKNOWN;
    try {
      KernelLook look = KernelLook.now(netlink);
      follow(look);
      carrier(look);
      LocalState now = state(look);
      if (!now.equals(last)) {
        last = now;
        tell(it -> it.changed(now));
      }
    } catch (NetlinkException e) {
      LOG.warn("the kernel can't be asked for links and addresses; the last state stays", e);
    } catch (RuntimeException e) {
      LOG.error("a look at this host ended early; the last state stays", e);
    }
    if (known) {
      dockerKnown.countDown();
    }
  }

  private void tell(Consumer<HostListener> news) {
    HostListener follower = listener;
    if (follower != null) {
      news.accept(follower);
    }
  }

  private Underlay find(KernelLook look) throws HostException {
    return underlays.find(look, docker.networks(), netlink);
  }

  /** Gossip is bound to an address: another one is chosen only after that one is gone. */
  private void follow(KernelLook look) {
    boolean there =
        look.addresses().stream().anyMatch(address -> address.address().equals(underlay.address()));
    try {
      Underlay found = find(look);
      if (found.address().equals(underlay.address())) {
        boolean otherLink = found.ifIndex() != underlay.ifIndex();
        underlay = found;
        if (otherLink) {
          linkUp();
        }
        problem = Optional.empty();
      } else if (!there) {
        LOG.warn(
            "the underlay moved from {} to {}",
            underlay.address().getHostAddress(),
            found.address().getHostAddress());
        underlay = found;
        problem = Optional.empty();
        tell(it -> it.underlayMoved(found.address()));
      }
    } catch (HostException e) {
      problem = there ? Optional.empty() : Optional.of(e.problem());
    }
  }

  private void carrier(KernelLook look) {
    boolean now =
        look.links().stream()
            .filter(link -> link.index() == underlay.ifIndex())
            .allMatch(link -> link.isUp() && link.hasCarrier());
    if (now != carrier) {
      carrier = now;
      if (now) {
        linkUp();
      } else {
        tell(HostListener::linkDown);
      }
    }
  }

  private LocalState state(KernelLook look) {
    networkProblems = states.problems(docker, look.links(), look.addresses());
    return states.of(underlay, look.links(), look.addresses(), docker);
  }

  @Override
  public void close() {
    KernelEvents watched = events;
    if (watched != null) {
      watched.close();
    }
    thread.shutdownNow();
  }
}
