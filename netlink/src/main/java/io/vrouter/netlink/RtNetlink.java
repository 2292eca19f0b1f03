package io.vrouter.netlink;

import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.bpf.Tc;
import io.vrouter.netlink.bpf.TcFilter;
import io.vrouter.netlink.bpf.TcQdisc;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.AddressCodec;
import io.vrouter.netlink.route.FdbCodec;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkCodec;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.LinkRequests;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.NeighborCodec;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteCodec;
import io.vrouter.netlink.route.RouteFilter;
import io.vrouter.netlink.route.RouteRequests;
import io.vrouter.netlink.route.Rule;
import io.vrouter.netlink.route.RuleCodec;
import io.vrouter.netlink.socket.KernelSocket;
import io.vrouter.netlink.socket.NetlinkSocket;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Ndm;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rtnetlink client of one network namespace: links, addresses, neighbours, forwarding entries,
 * routes and rules.
 *
 * <p>One thread at a time; {@link #close} may come from any. Every method throws {@link
 * NetlinkException} when the kernel can't be asked or, for a method without {@link Outcome},
 * refuses.
 */
public final class RtNetlink implements AutoCloseable {
  /** Room for the answers to a full batch, all of them errors with messages. */
  private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;

  private final Conversation conversation;

  private RtNetlink(NetlinkSocket socket) {
    conversation = new Conversation(socket);
  }

  /** In the calling thread's network namespace. */
  public static RtNetlink open() {
    return opened(
        "open a netlink socket", () -> KernelSocket.open(Netlink.NETLINK_ROUTE, RECEIVE_BUFFER));
  }

  /**
   * In another network namespace; the socket stays in it even if the file is removed.
   *
   * @param netns a file such as /var/run/netns/NAME or /proc/PID/ns/net
   */
  public static RtNetlink open(Path netns) {
    return opened(
        "open a netlink socket in " + netns,
        () -> KernelSocket.open(netns, Netlink.NETLINK_ROUTE, RECEIVE_BUFFER));
  }

  /** Over a given socket: a fake kernel's. */
  public static RtNetlink over(NetlinkSocket socket) {
    return new RtNetlink(socket);
  }

  private static RtNetlink opened(String op, Supplier<NetlinkSocket> open) {
    try {
      return new RtNetlink(open.get());
    } catch (SyscallException e) {
      throw new NetlinkException(op, e.errno(), e.op(), e);
    }
  }

  /** All links, without their counters. */
  public Dump<Link> links() {
    AttributeWriter body = new AttributeWriter();
    body.header(LinkCodec.HEADER);
    body.u32(IfLink.IFLA_EXT_MASK, IfLink.RTEXT_FILTER_SKIP_STATS);
    return conversation.dump(
        dump("list links", RTM_GETLINK, body.toPayload()),
        RTM_NEWLINK,
        LinkCodec::decode,
        all -> true);
  }

  /** The link with that name. */
  public Optional<Link> link(String name) {
    AttributeWriter body = new AttributeWriter();
    body.header(LinkCodec.HEADER);
    body.string(IfLink.IFLA_IFNAME, name);
    return link(new Request("look up link " + name, RTM_GETLINK, 0, body.toPayload()));
  }

  /** The link with that index. */
  public Optional<Link> link(int ifIndex) {
    AttributeWriter body = new AttributeWriter();
    body.header(LinkCodec.HEADER).putInt(4, ifIndex);
    return link(new Request("look up link " + ifIndex, RTM_GETLINK, 0, body.toPayload()));
  }

  /**
   * Makes a virtual link, alone, and returns it. Later requests use its index: by name they could
   * reach another program's link.
   *
   * @see LinkRequests#create
   */
  public Link create(String name, LinkInfo info, int mtu, @Nullable MacAddress mac) {
    request(LinkRequests.create(name, info, mtu, mac));
    return link(name)
        .orElseThrow(() -> new NetlinkException("look up link " + name, Errno.ENODEV, "", -1));
  }

  private Optional<Link> link(Request request) {
    return conversation.query(request, RTM_NEWLINK, List.of(Errno.ENODEV)).map(LinkCodec::decode);
  }

  /** All IPv4 and IPv6 addresses. */
  public Dump<Address> addresses() {
    return addresses(0);
  }

  /** The IPv4 and IPv6 addresses of one device, 0 for all devices. */
  public Dump<Address> addresses(int ifIndex) {
    Dump<Address> v4 = addresses(Family.AF_INET, ifIndex);
    Dump<Address> v6 = addresses(Family.AF_INET6, ifIndex);
    List<Address> both = new ArrayList<>(v4.entries());
    both.addAll(v6.entries());
    return new Dump<>(both, v4.interrupted() || v6.interrupted());
  }

  /** By family: a dump of all families would contain addresses that are not IP addresses. */
  private Dump<Address> addresses(int family, int ifIndex) {
    AttributeWriter body = new AttributeWriter();
    body.header(AddressCodec.HEADER).put(0, (byte) family).putInt(4, ifIndex);
    return orNone(
        Errno.ENODEV,
        () ->
            conversation.dump(
                dump("list addresses of link " + ifIndex, RTM_GETADDR, body.toPayload()),
                RTM_NEWADDR,
                AddressCodec::decode,
                all -> true));
  }

  /**
   * All neighbours.
   *
   * @param family AF_INET, AF_INET6, or AF_UNSPEC for both
   */
  public Dump<Neighbor> neighbors(int family) {
    return neighbors(family, 0);
  }

  /**
   * The neighbours of one device.
   *
   * @param family AF_INET, AF_INET6, or AF_UNSPEC for both
   * @param ifIndex 0 for all devices
   */
  public Dump<Neighbor> neighbors(int family, int ifIndex) {
    AttributeWriter body = new AttributeWriter();
    body.header(NeighborCodec.HEADER).put(0, (byte) family);
    if (ifIndex != 0) {
      body.u32(Ndm.NDA_IFINDEX, ifIndex);
    }
    return conversation.dump(
        dump("list neighbours of link " + ifIndex, RTM_GETNEIGH, body.toPayload()),
        RTM_NEWNEIGH,
        NeighborCodec::decode,
        all -> true);
  }

  /** The forwarding entries of all devices. */
  public Dump<FdbEntry> fdb() {
    return fdb(0);
  }

  /** The forwarding entries of one VXLAN device or bridge port; 0 for all devices. */
  public Dump<FdbEntry> fdb(int ifIndex) {
    AttributeWriter body = new AttributeWriter();
    body.header(FdbCodec.HEADER).put(0, (byte) Family.AF_BRIDGE).putInt(4, ifIndex);
    return conversation.dump(
        dump("list FDB entries of link " + ifIndex, RTM_GETNEIGH, body.toPayload()),
        RTM_NEWNEIGH,
        FdbCodec::decode,
        all -> true);
  }

  /** The forwarding entries of a bridge, at all of its ports. */
  public Dump<FdbEntry> fdbOfBridge(int bridge) {
    AttributeWriter body = new AttributeWriter();
    body.header(FdbCodec.HEADER).put(0, (byte) Family.AF_BRIDGE);
    body.u32(Ndm.NDA_MASTER, bridge);
    return conversation.dump(
        dump("list FDB entries of bridge " + bridge, RTM_GETNEIGH, body.toPayload()),
        RTM_NEWNEIGH,
        FdbCodec::decode,
        entry -> entry.master() == bridge);
  }

  /**
   * The routes of all tables.
   *
   * @param family AF_INET or AF_INET6
   */
  public Dump<Route> routes(int family) {
    return routes(RouteFilter.all(family), all -> true);
  }

  /** The routes that the filter lets the kernel send and that match, collected. */
  public Dump<Route> routes(RouteFilter filter, Predicate<? super Route> matches) {
    // ENOENT: no such table.
    return orNone(
        Errno.ENOENT,
        () ->
            conversation.dump(
                dump("list routes", RTM_GETROUTE, filter.body()),
                RTM_NEWROUTE,
                RouteCodec::decode,
                matches));
  }

  /**
   * Passes each route on as it is read and retains none. A dump that was interrupted is repeated,
   * so a route may come more than once.
   *
   * @return whether every try was interrupted
   */
  public boolean forEachRoute(RouteFilter filter, Consumer<? super Route> each) {
    return conversation.forEach(
        dump("list routes", RTM_GETROUTE, filter.body()), RTM_NEWROUTE, RouteCodec::decode, each);
  }

  /**
   * The rules of the routing policy, in no order.
   *
   * @param family AF_INET or AF_INET6
   */
  public Dump<Rule> rules(int family) {
    AttributeWriter body = new AttributeWriter();
    body.header(RuleCodec.HEADER).put(0, (byte) family);
    // EAFNOSUPPORT: a kernel without policy routing, or without the family.
    return orNone(
        Errno.EAFNOSUPPORT,
        () ->
            conversation.dump(
                dump("list rules", RTM_GETRULE, body.toPayload()),
                RTM_NEWRULE,
                RuleCodec::decode,
                all -> true));
  }

  /** The queueing disciplines of all devices. */
  public Dump<TcQdisc> qdiscs() {
    return conversation.dump(
        dump("list qdiscs", Tc.RTM_GETQDISC, Tc.allQdiscs()),
        Tc.RTM_NEWQDISC,
        Tc::qdisc,
        all -> true);
  }

  /**
   * The filters at one hook of a device; none where the device has no clsact.
   *
   * @param parent {@link Tc#INGRESS} or {@link Tc#EGRESS}
   */
  public Dump<TcFilter> filters(int ifIndex, int parent) {
    // Older kernels begin each priority with a filter that has no handle.
    return conversation.dump(
        dump("list filters of link " + ifIndex, Tc.RTM_GETTFILTER, Tc.filtersAt(ifIndex, parent)),
        Tc.RTM_NEWTFILTER,
        Tc::filter,
        filter -> filter.handle() != 0);
  }

  /**
   * The entry of the routing tables that routes a packet from this host to that address; empty when
   * there is none, or one that refuses.
   */
  public Optional<Route> routeTo(InetAddress destination) {
    return routeBy(RouteRequests.lookup(destination));
  }

  /**
   * As above, for a packet that comes in and is forwarded.
   *
   * @param source an address that is not this host's
   * @param input index of the device by which it comes in
   */
  public Optional<Route> routeTo(InetAddress destination, InetAddress source, int input) {
    return routeBy(RouteRequests.lookup(destination, source, input));
  }

  private Optional<Route> routeBy(Request lookup) {
    // A blackhole answers EINVAL, a prohibit EACCES (net/ipv4/fib_semantics.c, fib_props), the
    // reverse path filter EXDEV.
    List<Integer> none =
        List.of(Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.EINVAL, Errno.EACCES, Errno.EXDEV);
    return conversation.query(lookup, RTM_NEWROUTE, none).map(RouteCodec::decode);
  }

  /** Sends one request; throws when the kernel refuses it. */
  public void request(Request request) {
    Outcome outcome = batch(List.of(request)).get(0);
    if (!outcome.ok()) {
      throw outcome.toException();
    }
  }

  /**
   * Sends requests in order, many per datagram. A failed one does not stop the later ones.
   *
   * @return one outcome per request, in the same order
   */
  public List<Outcome> batch(List<Request> requests) {
    return conversation.batch(requests);
  }

  /** Idempotent. */
  @Override
  public void close() {
    conversation.close();
  }

  private static Request dump(String op, int type, Payload body) {
    return new Request(op, type, Netlink.NLM_F_DUMP, body);
  }

  /** An empty dump when the kernel doesn't know the object that the filter names. */
  private static <T> Dump<T> orNone(int errno, Supplier<Dump<T>> dump) {
    try {
      return dump.get();
    } catch (NetlinkException e) {
      if (e.errno() == errno) {
        return new Dump<>(List.of(), false);
      }
      throw e;
    }
  }
}
