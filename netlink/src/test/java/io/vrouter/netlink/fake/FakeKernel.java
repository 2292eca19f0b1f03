package io.vrouter.netlink.fake;

import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.Monitor;
import io.vrouter.netlink.RtNetlink;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.AddressCodec;
import io.vrouter.netlink.route.FdbCodec;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkCodec;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.NeighborCodec;
import io.vrouter.netlink.route.Netconf;
import io.vrouter.netlink.route.NetconfCodec;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteCodec;
import io.vrouter.netlink.route.RouteFilter;
import io.vrouter.netlink.route.Rule;
import io.vrouter.netlink.route.RuleCodec;
import io.vrouter.netlink.socket.NetlinkSocket;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Ndm;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One network namespace in memory, with the kernel's semantics for VXLAN devices, addresses,
 * neighbours, forwarding entries and routes. It begins with a loopback device that is down.
 *
 * <p>Thread-safe.
 */
public final class FakeKernel {
  private final FakeState state = new FakeState();
  private final FakeRoutes routes = new FakeRoutes(state);
  private final FakeNeighbors neighbors = new FakeNeighbors(state);
  private final FakeAddresses addresses = new FakeAddresses(state, routes, neighbors);
  private final FakeFdb fdb = new FakeFdb(state);
  private final FakeLinks links = new FakeLinks(state, addresses, neighbors, fdb);
  private final List<FakeSocket> sockets = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();
  private final List<Write> writes = new ArrayList<>();
  private int interruptedDumps;
  private int lostAnswers;

  /**
   * A request that asked for a change, whether or not it succeeded.
   *
   * @param number from 1
   * @param type RTM_NEW or RTM_DEL
   * @param flags NLM_F_
   * @param text what it asks for, in the words of {@link FakeKernel#toString}
   */
  public record Write(int number, int type, int flags, String text) {}

  private record Failure(Predicate<Write> when, int errno, String kernelMessage) {}

  /** A connection to ask with. */
  public RtNetlink open() {
    return RtNetlink.over(socket(Set.of()));
  }

  /** A connection that hears of changes. */
  public Monitor monitor() {
    return Monitor.over(socket(Set.copyOf(Monitor.ROUTE_GROUPS)));
  }

  private synchronized NetlinkSocket socket(Set<Integer> groups) {
    FakeSocket socket = new FakeSocket(this, groups);
    sockets.add(socket);
    return socket;
  }

  /** Puts a foreign link there; index 0 lets the kernel choose. Returns it as it is now. */
  public synchronized Link seed(Link link) {
    Link seeded = links.seed(link);
    publish();
    return seeded;
  }

  /** Puts a foreign address there, with the routes that come with it. */
  public synchronized void seed(Address address) {
    Link link = state.links.get(address.ifIndex());
    if (link == null) {
      throw new IllegalArgumentException("seed the link of " + address + " first");
    }
    addresses.add(link, address);
    publish();
  }

  /** Puts a foreign neighbour there. */
  public synchronized void seed(Neighbor neighbor) {
    neighbors.put(neighbor);
    publish();
  }

  /** Puts a foreign or learned forwarding entry there. */
  public synchronized void seed(FdbEntry entry) {
    fdb.seed(entry);
    publish();
  }

  /** Puts a foreign route there, unchecked. */
  public synchronized void seed(Route route) {
    routes.put(route);
    publish();
  }

  /** A foreign process changes a setting: monitors get it, nothing else keeps it. */
  public synchronized void seed(Netconf netconf) {
    boolean v4 = netconf.family() == Family.AF_INET;
    int group = v4 ? RTNLGRP_IPV4_NETCONF : RTNLGRP_IPV6_NETCONF;
    state.tell(group, RTM_NEWNETCONF, NetconfCodec.encode(netconf));
    publish();
  }

  /** A foreign process adds a rule. */
  public synchronized void seed(Rule rule) {
    state.put(rule);
    boolean v4 = rule.family() == Family.AF_INET;
    state.tell(v4 ? RTNLGRP_IPV4_RULE : RTNLGRP_IPV6_RULE, RTM_NEWRULE, RuleCodec.encode(rule));
    publish();
  }

  /** A foreign socket takes a UDP port: a VXLAN device on it can't come up. */
  public synchronized void takeUdpPort(int port) {
    state.takenUdpPorts.add(port);
  }

  /** Every request for a change so far, in order. */
  public synchronized List<Write> writes() {
    return List.copyOf(writes);
  }

  /** Forgets the requests so far: the next is number 1. */
  public synchronized void forgetWrites() {
    writes.clear();
  }

  /** The first write that matches is refused, once. */
  public synchronized void failOnce(Predicate<Write> when, int errno, String kernelMessage) {
    failures.add(new Failure(when, errno, kernelMessage));
  }

  /** So many dumps to come say that the table changed meanwhile. */
  public synchronized void interruptDumps(int count) {
    interruptedDumps = count;
  }

  /** So many requests to come are answered by ENOBUFS first, the real answers come after. */
  public synchronized void overrun(int requests) {
    lostAnswers = requests;
  }

  /** Every monitor loses messages. */
  public synchronized void overrunMonitors() {
    sockets.stream().filter(FakeSocket::isMonitor).forEach(FakeSocket::overrun);
  }

  synchronized void forget(FakeSocket socket) {
    sockets.remove(socket);
  }

  synchronized void handle(FakeSocket from, List<Message> messages) {
    if (lostAnswers > 0) {
      lostAnswers--;
      from.overrun();
    }
    for (Message message : messages) {
      if (message.has(Netlink.NLM_F_DUMP) && isGet(message.type())) {
        if (from.isDumping()) {
          from.deliver(List.of(answer(message, Errno.EBUSY, "")));
        } else {
          from.dump(dump(message));
        }
        continue;
      }
      try {
        if (isGet(message.type())) {
          from.deliver(List.of(get(message)));
        } else {
          write(message);
        }
        if (message.has(Netlink.NLM_F_ACK)) {
          from.deliver(List.of(answer(message, 0, "")));
        }
      } catch (Refusal e) {
        from.deliver(List.of(answer(message, e.errno, e.kernelMessage())));
      } catch (DecodeException e) {
        from.deliver(List.of(answer(message, Errno.EINVAL, String.valueOf(e.getMessage()))));
      }
      publish();
    }
  }

  private void write(Message message) throws Refusal {
    Write write =
        new Write(writes.size() + 1, message.type(), message.flags(), FakeText.of(state, message));
    writes.add(write);
    Optional<Failure> failure = failures.stream().filter(one -> one.when().test(write)).findFirst();
    if (failure.isPresent()) {
      failures.remove(failure.get());
      throw new Refusal(failure.get().errno(), failure.get().kernelMessage());
    }
    boolean bridge =
        message.body().length() > 0 && message.body().buffer().get() == Family.AF_BRIDGE;
    switch (message.type()) {
      case RTM_NEWLINK, RTM_SETLINK -> links.newLink(message);
      case RTM_DELLINK -> links.delLink(message);
      case RTM_NEWADDR -> addresses.newAddress(message);
      case RTM_DELADDR -> addresses.delAddress(message);
      case RTM_NEWROUTE -> routes.newRoute(message);
      case RTM_DELROUTE -> routes.delRoute(message);
      case RTM_NEWNEIGH -> {
        if (bridge) {
          fdb.newEntry(message);
        } else {
          neighbors.newNeighbor(message);
        }
      }
      case RTM_DELNEIGH -> {
        if (bridge) {
          fdb.delEntry(message);
        } else {
          neighbors.delNeighbor(message);
        }
      }
      default -> throw new Refusal(Errno.EOPNOTSUPP, "");
    }
  }

  private Message get(Message message) throws Refusal {
    return switch (message.type()) {
      case RTM_GETLINK -> reply(message, RTM_NEWLINK, LinkCodec.encode(links.getLink(message)));
      case RTM_GETROUTE ->
          reply(message, RTM_NEWROUTE, RouteCodec.encode(routes.getRoute(message)));
      default -> throw new Refusal(Errno.EOPNOTSUPP, "");
    };
  }

  private List<Message> dump(Message message) {
    ByteBuffer body = message.body().buffer();
    int family = body.get(0) & 0xff;
    int flags = Netlink.NLM_F_MULTI;
    if (interruptedDumps > 0) {
      interruptedDumps--;
      flags |= Netlink.NLM_F_DUMP_INTR;
    }
    List<Message> messages = new ArrayList<>();
    int type = message.type() - 2;
    for (Payload entry : entries(message.type(), family, body).toList()) {
      messages.add(new Message(type, flags, message.seq(), 1, entry));
    }
    Payload zero = Payload.of(new byte[4]);
    messages.add(new Message(Netlink.NLMSG_DONE, flags, message.seq(), 1, zero));
    return messages;
  }

  private Stream<Payload> entries(int type, int family, ByteBuffer body) {
    return switch (type) {
      case RTM_GETLINK -> state.links.values().stream().map(LinkCodec::encode);
      case RTM_GETADDR ->
          state.addresses.stream()
              .filter(one -> family == 0 || Family.of(one.address()) == family)
              .filter(one -> body.getInt(4) == 0 || one.ifIndex() == body.getInt(4))
              .map(AddressCodec::encode);
      case RTM_GETRULE ->
          state.rules.stream().filter(rule -> rule.family() == family).map(RuleCodec::encode);
      case RTM_GETROUTE ->
          state.routes.stream()
              .filter(route -> Family.of(route.destination()) == family)
              .filter(filter(body)::test)
              .map(RouteCodec::encode);
      default ->
          family == Family.AF_BRIDGE
              ? state.fdb.values().stream()
                  .flatMap(table -> table.values().stream())
                  .flatMap(List::stream)
                  .filter(entry -> body.getInt(4) == 0 || entry.ifIndex() == body.getInt(4))
                  .map(FdbCodec::encode)
              : state.neighbors.stream()
                  .filter(one -> family == 0 || Family.of(one.destination()) == family)
                  .filter(one -> ifIndex(body) == 0 || one.ifIndex() == ifIndex(body))
                  .map(NeighborCodec::encode);
    };
  }

  private static RouteFilter filter(ByteBuffer body) {
    Attributes attributes = Attributes.parse(body.duplicate().position(RouteCodec.HEADER));
    return new RouteFilter(
        body.get(0) & 0xff,
        attributes.find(RTA_TABLE).map(Payload::s32).orElse(body.get(4) & 0xff),
        body.get(5) & 0xff,
        attributes.find(RTA_OIF).map(Payload::s32).orElse(0));
  }

  private static int ifIndex(ByteBuffer body) {
    return Attributes.parse(body.duplicate().position(NeighborCodec.HEADER))
        .find(Ndm.NDA_IFINDEX)
        .map(Payload::s32)
        .orElse(0);
  }

  private void publish() {
    for (FakeState.Notice notice : state.notices) {
      for (FakeSocket socket : sockets) {
        if (socket.listensTo(notice.group())) {
          socket.deliver(List.of(notice.message()));
        }
      }
    }
    state.notices.clear();
  }

  private static boolean isGet(int type) {
    return type % 4 == 2;
  }

  private static Message reply(Message request, int type, Payload body) {
    return new Message(type, 0, request.seq(), 1, body);
  }

  private static Message answer(Message request, int errno, String kernelMessage) {
    return FakeText.acknowledge(request, errno, kernelMessage);
  }

  /** The whole state as sorted lines, for comparing. */
  @Override
  public synchronized String toString() {
    return FakeText.of(state);
  }
}
