package io.vrouter.mesh.local;

import io.vrouter.membership.DaemonThreads;
import io.vrouter.mesh.config.ConfiguredSubnet;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.docker.DockerNetwork;
import io.vrouter.mesh.docker.DockerSnapshot;
import io.vrouter.mesh.firewall.HostFirewall;
import io.vrouter.mesh.host.HostException;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.observe.Watch;
import io.vrouter.mesh.plan.LocalState;
import io.vrouter.mesh.plan.Underlay;
import io.vrouter.netlink.Monitor;
import io.vrouter.netlink.NetlinkException;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Netlink;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows what this host is: its underlay and what holds its networks. Looks again when the kernel
 * says that something changed, on a thread of its own named {@code host}.
 */
public final class HostWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostWatch.class);

  /**
   * Between two looks at rules of which the kernel tells nobody: with the loop's delay under 1 s.
   */
  private static final Duration SILENT_RULES = Duration.ofMillis(700);

  /** The same where there are none: somebody would have to begin to use what is obsolete. */
  private static final Duration NO_SILENT_RULES = Duration.ofSeconds(3);

  private final MeshConfig config;
  private final LocalStates states;
  private final RtNetlink netlink;
  private final List<AutoCloseable> watches = new ArrayList<>();
  private final AtomicBoolean due = new AtomicBoolean();
  private final CountDownLatch dockerKnown = new CountDownLatch(1);
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("host"));
  private volatile Optional<Problem> problem = Optional.empty();
  private volatile HostListener listener = HostListener.NOBODY;
  private volatile DockerSnapshot docker = DockerSnapshot.unknown();
  private volatile Underlay underlay;
  private volatile LocalState last;
  private volatile boolean carrier = true;

  /**
   * Looks once.
   *
   * @param netlink used by this alone
   * @throws HostException when no underlay can be told
   */
  public HostWatch(MeshConfig config, LocalStates states, RtNetlink netlink) throws HostException {
    this.config = config;
    this.states = states;
    this.netlink = netlink;
    this.underlay = find();
    this.last = state();
  }

  /** Where tunnels and gossip leave. */
  public Underlay underlay() {
    return underlay;
  }

  /** What the newest look found. */
  public LocalState current() {
    return last;
  }

  /** Why Docker's engine can't be reached; empty when it can, null when none is followed. */
  public @Nullable String docker() {
    DockerSnapshot now = docker;
    return switch (now.state()) {
      case UNKNOWN, ABSENT -> null;
      case FOLLOWED -> "";
      case UNREACHABLE ->
          now.problems().stream().map(Problem::message).findFirst().orElse("no answer");
    };
  }

  /** What can't be followed. */
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(docker.problems());
    problem.ifPresent(problems::add);
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
   * Begins to follow.
   *
   * @param firewall asked on the host thread about rules of which the kernel tells nobody
   */
  public void start(HostListener listener, HostFirewall firewall) {
    this.listener = listener;
    Monitor routes = Monitor.open();
    watches.add(
        new Watch(
            routes,
            netlink.links().entries(),
            change -> {
              if (change == Watch.Change.LINK_UP) {
                listener.linkUp();
              }
              listener.kernelChanged();
              look();
            }));
    Monitor rules = Monitor.open(Netlink.NETLINK_NETFILTER, List.of(Monitor.NFNLGRP_NFTABLES));
    watches.add(new Watch(rules, List.of(), change -> listener.rulesChanged()));
    silentRules(firewall);
    look();
  }

  private void silentRules(HostFirewall firewall) {
    Duration pause = firewall.legacyRules() ? SILENT_RULES : NO_SILENT_RULES;
    try {
      Future<?> unused =
          thread.schedule(
              () -> {
                if (firewall.legacyChanged()) {
                  listener.firewallChanged();
                }
                silentRules(firewall);
              },
              pause.toMillis(),
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("closed meanwhile", e);
    }
  }

  /** What Docker has now. From any thread. */
  public void docker(DockerSnapshot snapshot) {
    boolean again = snapshot.connection() != docker.connection();
    docker = snapshot;
    if (again) {
      // A starting engine writes its rules anew.
      listener.firewallChanged();
    }
    look();
  }

  /**
   * Waits until Docker has said what it has, or that it isn't there: a restarted daemon that told
   * others of no network would cut those that it has.
   *
   * @return whether it has
   */
  public boolean awaitDocker(Duration patience) {
    try {
      return dockerKnown.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Looks again soon; from any thread. */
  void look() {
    if (due.compareAndSet(false, true)) {
      try {
        thread.execute(this::refresh);
      } catch (RejectedExecutionException e) {
        LOG.debug("closed meanwhile", e);
      }
    }
  }

  private void refresh() {
    due.set(false);
    boolean known = docker.state() != DockerSnapshot.State.UNKNOWN;
    try {
      follow();
      carrier();
      LocalState now = state();
      if (!now.equals(last)) {
        last = now;
        listener.changed(now);
      }
    } catch (NetlinkException e) {
      LOG.warn("this host can't be looked at, what was known stays", e);
    }
    if (known) {
      dockerKnown.countDown();
    }
  }

  private Underlay find() throws HostException {
    List<Prefix> stacks = new ArrayList<>();
    config.subnets().stream().map(ConfiguredSubnet::prefix).forEach(stacks::add);
    docker.networks().stream().map(DockerNetwork::prefix).forEach(stacks::add);
    stacks.add(config.vxlanSubnet());
    List<Route> routes = new ArrayList<>(netlink.routes(Family.AF_INET).entries());
    routes.addAll(netlink.routes(Family.AF_INET6).entries());
    return UnderlayFinder.find(
        config.underlay().orElse(null),
        netlink.links().entries(),
        netlink.addresses().entries(),
        routes,
        stacks);
  }

  /** Gossip is bound to an address, so another one is taken only when that is gone. */
  private void follow() {
    boolean there =
        netlink.addresses().entries().stream()
            .anyMatch(address -> address.address().equals(underlay.address()));
    try {
      Underlay found = find();
      if (found.address().equals(underlay.address())) {
        underlay = found;
        problem = Optional.empty();
      } else if (!there) {
        LOG.warn(
            "the underlay moved from {} to {}",
            underlay.address().getHostAddress(),
            found.address().getHostAddress());
        listener.underlayMoved();
      }
    } catch (HostException e) {
      problem = there ? Optional.empty() : Optional.of(e.problem());
    }
  }

  private void carrier() {
    boolean now =
        netlink.links().entries().stream()
            .filter(link -> link.index() == underlay.ifIndex())
            .allMatch(link -> link.isUp() && link.hasCarrier());
    if (now != carrier) {
      carrier = now;
      if (now) {
        listener.linkUp();
      } else {
        listener.linkDown();
      }
    }
  }

  private LocalState state() {
    return states.of(underlay, netlink.links().entries(), netlink.addresses().entries(), docker);
  }

  @Override
  public void close() {
    thread.shutdownNow();
    for (AutoCloseable watch : watches) {
      try {
        watch.close();
      } catch (Exception e) {
        LOG.debug("closing a watch", e);
      }
    }
  }
}
