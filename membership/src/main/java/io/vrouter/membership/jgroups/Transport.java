package io.vrouter.membership.jgroups;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Member;
import io.vrouter.membership.MembershipException;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.SealedLink;
import io.vrouter.membership.crypto.Verdict.Reason;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jgroups.JChannel;
import org.jgroups.protocols.PING;
import org.jgroups.stack.IpAddress;
import org.jgroups.stack.Protocol;
import org.jgroups.util.Util;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JGroups stack of one boot: sealed UDP, {@code PING} with multicast, and {@link SWIM}. */
final class Transport implements SealedUdp.Remarks, AutoCloseable {
  /** A constant, because keys separate meshes; on the wire only sealed. */
  private static final String CLUSTER = "m";

  private static final long REMARK = TimeUnit.SECONDS.toNanos(1);
  private static final long COMPLAIN = TimeUnit.MINUTES.toNanos(1);
  private static final Logger LOG = LoggerFactory.getLogger(JGroupsMembership.class);

  private final JGroupsConfig config;
  private final Problems problems;
  private final SealedLink link;
  private final TransportTally counters = new TransportTally();
  private final SWIM swim;
  private final SealedUdp udp;
  private final JChannel channel;
  private final AtomicLong remarked;
  private final AtomicLong complained;
  private final SendFailures failures;
  private final KeyDuty keys;
  private final MemberSockets members;
  private @Nullable MembershipView followed;

  /**
   * Builds the stack; nothing is bound yet.
   *
   * @param messages receives messages, on the transport's threads
   * @param discovered receives addresses that discovery finds, likewise
   */
  Transport(
      JGroupsConfig config,
      Problems problems,
      BiConsumer<InetSocketAddress, Bytes> messages,
      Consumer<InetSocketAddress> discovered) {
    this.config = config;
    this.problems = problems;
    this.remarked = new AtomicLong(config.nanoTime().getAsLong() - REMARK);
    this.complained = new AtomicLong(config.nanoTime().getAsLong() - COMPLAIN);
    this.failures = new SendFailures(problems, config.nanoTime());
    InetSocketAddress group = config.multicast() ? config.group() : null;
    this.link =
        new SealedLink(
            config.keys(),
            config.identity(),
            new SealedLink.LinkConfig(
                List.copyOf(config.own()), group, config.sessionsPerAddress()),
            config.random(),
            config.nanoTime());
    this.swim = new SWIM(messages, discovered, this::foreign);
    List<Protocol> stack = new ArrayList<>();
    FrameCheck check = new FrameCheck(CLUSTER, SWIM.ID);
    SwimFrame form = MarshallingCheck.run(config, check, CLUSTER);
    this.udp = new SealedUdp(config, link, check, form, counters, this);
    stack.add(udp);
    if (config.multicast()) {
      stack.add(new PING());
    }
    stack.add(swim);
    try {
      channel = new JChannel(stack).name(CLUSTER);
    } catch (Exception e) {
      throw new IllegalStateException("JGroups refuses a stack that is always the same", e);
    }
    this.members = new MemberSockets(config.local(), SealedUdp.SOCKET_BUFFER, udp::receive);
    this.keys = new KeyDuty(config, problems, link, udp::sendSealed);
    channel.addAddressGenerator(() -> new IpAddress(config.underlay(), config.port()));
  }

  /**
   * Binds the sockets and begins to receive, also while the link is down.
   *
   * @throws MembershipException {@code gossip-port-taken}, {@code underlay-address-missing} or
   *     {@code transport-failed}
   */
  void open() throws MembershipException {
    try {
      NetworkInterface underlay = NetworkInterface.getByInetAddress(config.underlay());
      if (underlay == null) {
        throw missing(null);
      }
      // JGroups caches the addresses of links that are up at the first use: it would refuse a later
      // address, or one of a link without carrier.
      Util.setCachedAddresses(List.of(underlay), List.of(config.underlay()));
      channel.connect(CLUSTER);
      keys.start();
    } catch (BindException e) {
      throw String.valueOf(e.getMessage()).contains("in use") ? taken(e) : missing(e);
    } catch (MembershipException e) {
      throw e;
    } catch (Exception e) {
      throw failure("transport-failed", e.toString(), "report it, with the log", e);
    }
  }

  private void foreign(@Nullable NodeId node, InetSocketAddress from) {
    counters.dropped(Reason.FOREIGN_SENDER);
    if (node != null) {
      offended(node, from);
    }
  }

  @Override
  public void offended(NodeId node, InetSocketAddress from) {
    if (link.offended(node, from.getAddress())) {
      problems.pass(
          "node-misbehaves",
          "",
          "node "
              + node.abbreviated()
              + " at "
              + PeersFile.format(from)
              + " sends what no node of this mesh sends; its datagrams are dropped for a minute",
          "see what runs on that host; if it isn't a host of yours, give all others another token");
    }
  }

  /**
   * Gives each member with a path a socket of its own. One thread at a time, after {@link #open}.
   */
  // An unchanged view is the same object; comparing members would cost O(n).
  @SuppressWarnings("ReferenceEquality")
  void follow(MembershipView view) {
    if (view == followed) {
      return;
    }
    Set<InetSocketAddress> endpoints = new LinkedHashSet<>();
    for (Member member : view.members().values()) {
      if (!member.id().equals(view.self()) && member.state().keepsDataPath()) {
        endpoints.add(member.record().endpoint());
      }
    }
    if (members.follow(endpoints)) {
      followed = view;
    }
  }

  /** Moves multicast to the device that now has the underlay's address. */
  void followDevice() {
    try {
      if (udp.followDevice()) {
        LOG.info("the device of {} was made anew: multicast goes on there", config.underlay());
      }
      problems.clear("multicast-lost", "");
    } catch (IOException e) {
      problems.put(
          "multicast-lost",
          "",
          "joining the multicast group " + PeersFile.format(config.group()) + " again: " + e,
          "restart this daemon, or name a --seed; it is tried again when a link comes up");
    }
  }

  private MembershipException taken(BindException e) {
    int port = config.port();
    return failure(
        "gossip-port-taken",
        "another program holds UDP port " + port + " there",
        "stop it ('ss -ulpn sport = :"
            + port
            + "' names it), or give all hosts another port with --gossip-port",
        e);
  }

  private MembershipException missing(@Nullable BindException e) {
    return failure(
        "underlay-address-missing",
        "no interface here has this address",
        "name an address or interface of this host with --underlay",
        e);
  }

  private MembershipException failure(
      String code, String what, String fix, @Nullable Exception cause) {
    String attempted = "binding the gossip socket to " + PeersFile.format(config.local()) + ": ";
    return new MembershipException(code, attempted + what, fix, cause);
  }

  @Override
  public void dropped(Reason reason, InetSocketAddress from) {
    boolean worthSaying =
        reason == Reason.WRONG_KEY || reason == Reason.FORGED || reason == Reason.TABLE_FULL;
    long now = config.nanoTime().getAsLong();
    long last = remarked.get();
    if (!worthSaying
        || now - last < REMARK
        || (reason == Reason.WRONG_KEY && !link.isStranger(from))
        || !remarked.compareAndSet(last, now)) {
      return;
    }
    String peer = PeersFile.format(from);
    switch (reason) {
      case WRONG_KEY ->
          problems.pass(
              "wrong-token",
              "",
              "a node with a key unknown here tried, lately at " + peer,
              "give it a token of this mesh; if it belongs to another mesh, all is well");
      case FORGED ->
          problems.pass(
              "forged-datagram",
              "",
              "datagrams that name our key and weren't made with it came, lately from " + peer,
              "see who sends from there; nothing of it was taken in");
      default ->
          problems.pass(
              "session-table-full",
              "",
              "more senders than this node remembers, lately " + peer,
              "see whether so many nodes have this mesh's token");
    }
  }

  @Override
  public void sent(InetSocketAddress to) {
    failures.sent(to);
  }

  @Override
  public void unsent(InetSocketAddress to, Exception why) {
    failures.unsent(to, why);
    long now = config.nanoTime().getAsLong();
    long last = complained.get();
    if (now - last >= COMPLAIN && complained.compareAndSet(last, now)) {
      LOG.warn(
          "sending to {} failed: {}; {} so far (logged once a minute)",
          PeersFile.format(to),
          why.getMessage(),
          counters.sendFailures.sum());
    }
  }

  /** The stack, for tests that listen at its sockets. */
  JChannel channel() {
    return channel;
  }

  SWIM swim() {
    return swim;
  }

  KeyDuty keys() {
    return keys;
  }

  SealedLink link() {
    return link;
  }

  TransportTally counters() {
    return counters;
  }

  TransportCounters stats() {
    return counters.snapshot(link.sessions());
  }

  @Override
  public void close() {
    keys.close();
    members.close();
    channel.close();
  }
}
