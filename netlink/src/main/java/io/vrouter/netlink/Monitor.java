package io.vrouter.netlink;

import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.bpf.Tc;
import io.vrouter.netlink.netfilter.TableCodec;
import io.vrouter.netlink.route.AddressCodec;
import io.vrouter.netlink.route.FdbCodec;
import io.vrouter.netlink.route.LinkCodec;
import io.vrouter.netlink.route.NeighborCodec;
import io.vrouter.netlink.route.NetconfCodec;
import io.vrouter.netlink.route.RouteCodec;
import io.vrouter.netlink.route.RuleCodec;
import io.vrouter.netlink.socket.KernelSocket;
import io.vrouter.netlink.socket.NetlinkSocket;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reports changes in the kernel as they happen. Not for requests: its queue may overflow.
 *
 * <p>One thread at a time awaits events; any thread may close.
 */
public final class Monitor implements AutoCloseable {
  /** Every group of rtnetlink that the daemon observes, IPv4 and IPv6. */
  public static final List<Integer> ROUTE_GROUPS =
      List.of(
          RTNLGRP_LINK,
          RTNLGRP_NEIGH,
          Tc.RTNLGRP_TC,
          RTNLGRP_IPV4_IFADDR,
          RTNLGRP_IPV4_ROUTE,
          RTNLGRP_IPV4_RULE,
          RTNLGRP_IPV6_IFADDR,
          RTNLGRP_IPV6_ROUTE,
          RTNLGRP_IPV6_RULE,
          RTNLGRP_IPV4_NETCONF,
          RTNLGRP_IPV6_NETCONF,
          RTNLGRP_NEXTHOP);

  /**
   * The group of NETLINK_NETFILTER for all of nftables (include/uapi/linux/netfilter/nfnetlink.h).
   */
  public static final int NFNLGRP_NFTABLES = 7;

  private static final int RECEIVE_BUFFER = 16 * 1024 * 1024;

  private final int protocol;
  private final NetlinkSocket socket;

  private Monitor(int protocol, NetlinkSocket socket) {
    this.protocol = protocol;
    this.socket = socket;
  }

  /** A monitor of all {@link #ROUTE_GROUPS} in the calling thread's network namespace. */
  public static Monitor open() {
    return open(Netlink.NETLINK_ROUTE, ROUTE_GROUPS);
  }

  /** A monitor of all {@link #ROUTE_GROUPS} in another network namespace. */
  public static Monitor open(Path netns) {
    int[] groups = ROUTE_GROUPS.stream().mapToInt(Integer::intValue).toArray();
    return opened(
        Netlink.NETLINK_ROUTE,
        () -> KernelSocket.open(netns, Netlink.NETLINK_ROUTE, RECEIVE_BUFFER, groups));
  }

  /**
   * A monitor of any protocol's groups in the calling thread's network namespace.
   *
   * @param protocol NETLINK_; unless it is NETLINK_ROUTE or NETLINK_NETFILTER, every message is an
   *     {@link MonitorEvent.OtherEvent}
   * @param groups by number, from 1
   */
  public static Monitor open(int protocol, List<Integer> groups) {
    int[] numbers = groups.stream().mapToInt(Integer::intValue).toArray();
    return opened(protocol, () -> KernelSocket.open(protocol, RECEIVE_BUFFER, numbers));
  }

  /** Over a given socket of NETLINK_ROUTE: a fake kernel's. */
  public static Monitor over(NetlinkSocket socket) {
    return new Monitor(Netlink.NETLINK_ROUTE, socket);
  }

  private static Monitor opened(int protocol, Supplier<NetlinkSocket> open) {
    try {
      return new Monitor(protocol, open.get());
    } catch (SyscallException e) {
      throw new NetlinkException("watch netlink protocol " + protocol, e.errno(), e.op(), e);
    }
  }

  /**
   * Waits for changes.
   *
   * @return at least one event; none when the timeout elapsed or the monitor is closed
   * @throws NetlinkException when the socket is broken
   */
  public List<MonitorEvent> await(Duration timeout) {
    try {
      NetlinkSocket.Received received = socket.receive(timeout);
      if (received instanceof NetlinkSocket.Received.KernelDatagram datagram) {
        return events(Message.parse(datagram.octets()));
      }
      return received instanceof NetlinkSocket.Received.ReceiveOverrun
          ? List.of(new MonitorEvent.Overrun())
          : List.of();
    } catch (SyscallException e) {
      throw new NetlinkException("await netlink events", e.errno(), e.op(), e);
    } catch (DecodeException e) {
      throw new NetlinkException("await netlink events", Errno.EINVAL, e.toString(), e);
    }
  }

  /** Idempotent; ends a pending {@link #await}. */
  @Override
  public void close() {
    socket.close();
  }

  private List<MonitorEvent> events(List<Message> messages) {
    List<MonitorEvent> events = new ArrayList<>(messages.size());
    for (Message message : messages) {
      try {
        events.add(
            switch (protocol) {
              case Netlink.NETLINK_ROUTE -> event(message);
              case Netlink.NETLINK_NETFILTER -> rules(message);
              default -> new MonitorEvent.OtherEvent(message.type());
            });
      } catch (DecodeException e) {
        // Unreadable, but a change: the receiver dumps again.
        events.add(new MonitorEvent.OtherEvent(message.type()));
      }
    }
    return List.copyOf(events);
  }

  private static MonitorEvent event(Message message) {
    Payload body = message.body();
    int type = message.type();
    return switch (type) {
      case RTM_NEWLINK, RTM_DELLINK ->
          // Messages of the bridge's own family are partial: they describe its ports.
          family(body) == Family.AF_UNSPEC
              ? new MonitorEvent.LinkEvent(LinkCodec.decode(body), type == RTM_DELLINK)
              : new MonitorEvent.OtherEvent(type);
      case RTM_NEWADDR, RTM_DELADDR ->
          new MonitorEvent.AddressEvent(AddressCodec.decode(body), type == RTM_DELADDR);
      case RTM_NEWNEIGH, RTM_DELNEIGH ->
          family(body) == Family.AF_BRIDGE
              ? new MonitorEvent.FdbEvent(FdbCodec.decode(body), type == RTM_DELNEIGH)
              : new MonitorEvent.NeighborEvent(NeighborCodec.decode(body), type == RTM_DELNEIGH);
      case RTM_NEWROUTE, RTM_DELROUTE ->
          new MonitorEvent.RouteEvent(RouteCodec.decode(body), type == RTM_DELROUTE);
      case RTM_NEWNETCONF, RTM_DELNETCONF ->
          new MonitorEvent.NetconfEvent(NetconfCodec.decode(body), type == RTM_DELNETCONF);
      case RTM_NEWRULE, RTM_DELRULE ->
          new MonitorEvent.RuleEvent(RuleCodec.decode(body), type == RTM_DELRULE);
      default -> new MonitorEvent.OtherEvent(type);
    };
  }

  private static MonitorEvent rules(Message message) {
    return new MonitorEvent.TableEvent(
        message.type(), family(message.body()), TableCodec.tableOf(message.type(), message.body()));
  }

  private static int family(Payload body) {
    return body.length() == 0 ? Family.AF_UNSPEC : body.buffer().get() & 0xff;
  }
}
