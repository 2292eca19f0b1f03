package io.vrouter.netlink.fake;

import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.AddressCodec;
import io.vrouter.netlink.route.FdbCodec;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkCodec;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.NeighborCodec;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteCodec;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fake kernel's state and requests in words, and its verdicts in octets. */
final class FakeText {
  private FakeText() {}

  static String of(FakeState state) {
    List<String> lines = new ArrayList<>();
    state.links.values().forEach(link -> lines.add(of(link)));
    state.addresses.forEach(address -> lines.add(of(state, address)));
    state.neighbors.forEach(neighbor -> lines.add(of(state, neighbor)));
    state.fdb.values().stream()
        .flatMap(table -> table.values().stream())
        .flatMap(List::stream)
        .forEach(entry -> lines.add(of(state, entry)));
    state.routes.forEach(route -> lines.add(of(state, route)));
    Collections.sort(lines);
    return String.join("\n", lines);
  }

  /** A request for a change. */
  static String of(FakeState state, Message message) {
    boolean removes = message.type() % 4 == 1;
    String verb = removes ? "del " : "new ";
    try {
      return verb
          + switch (message.type()) {
            case RTM_NEWLINK, RTM_DELLINK, RTM_SETLINK -> named(state, message);
            case RTM_NEWADDR, RTM_DELADDR -> of(state, AddressCodec.decode(message.body()));
            case RTM_NEWROUTE, RTM_DELROUTE -> of(state, RouteCodec.decode(message.body()));
            case RTM_NEWNEIGH, RTM_DELNEIGH ->
                message.body().buffer().get() != Family.AF_BRIDGE
                    ? of(state, NeighborCodec.decode(message.body()))
                    : of(state, FdbCodec.decode(message.body()));
            default -> "message of type " + message.type();
          };
    } catch (DecodeException e) {
      return verb + "unreadable: " + e.getMessage();
    }
  }

  private static String named(FakeState state, Message message) {
    int index = message.body().buffer().getInt(4);
    return "link "
        + (index != 0
            ? device(state, index)
            : Attributes.parse(message.body().buffer().position(LinkCodec.HEADER))
                .find(IfLink.IFLA_IFNAME)
                .map(Payload::string)
                .orElse("?"));
  }

  private static String of(Link link) {
    StringBuilder text = new StringBuilder("link " + link.name());
    if (!link.kind().isEmpty()) {
      text.append(" ").append(link.kind());
    }
    Vxlan vxlan = link.vxlan();
    if (vxlan != null) {
      text.append(" id ").append(vxlan.id()).append(" local ").append(host(vxlan.local()));
      text.append(" dstport ").append(vxlan.port());
      text.append(vxlan.learning() ? " learning" : " nolearning");
    }
    text.append(" mtu ").append(link.mtu()).append(link.isUp() ? " up" : " down");
    return text.append(link.alias().isEmpty() ? "" : " alias " + link.alias()).toString();
  }

  private static String of(FakeState state, Address address) {
    return "addr %s/%d dev %s"
        .formatted(
            host(address.address()), address.prefixLength(), device(state, address.ifIndex()));
  }

  private static String of(FakeState state, Neighbor neighbor) {
    return "neigh %s lladdr %s dev %s%s"
        .formatted(
            host(neighbor.destination()),
            neighbor.lladdr(),
            device(state, neighbor.ifIndex()),
            neighbor.isPermanent() ? " permanent" : "");
  }

  private static String of(FakeState state, FdbEntry entry) {
    return "fdb %s dst %s dev %s%s"
        .formatted(
            entry.mac(),
            host(entry.dst()),
            device(state, entry.ifIndex()),
            entry.isPermanent() ? " permanent" : "");
  }

  private static String of(FakeState state, Route route) {
    return "route %s/%d%s dev %s table %d proto %d metric %d%s"
        .formatted(
            host(route.destination()),
            route.prefixLength(),
            route.gateway() == null ? "" : " via " + host(route.gateway()),
            device(state, route.oif()),
            route.table(),
            route.protocol(),
            route.metric(),
            route.isOnlink() ? " onlink" : "");
  }

  private static String host(@Nullable InetAddress address) {
    return address == null ? "none" : address.getHostAddress();
  }

  private static String device(FakeState state, int index) {
    Link link = state.links.get(index);
    return link == null ? "#" + index : link.name();
  }

  /** NLMSG_ERROR as of a socket with CAP_ACK and EXT_ACK. */
  static Message acknowledge(Message request, int errno, String kernelMessage) {
    AttributeWriter body = new AttributeWriter();
    body.header(4 + Message.HEADER)
        .putInt(-errno)
        .putInt(Message.HEADER + request.body().length())
        .putShort((short) request.type())
        .putShort((short) request.flags())
        .putInt(request.seq())
        .putInt(request.pid());
    int flags = Netlink.NLM_F_CAPPED;
    if (!kernelMessage.isEmpty()) {
      body.string(Netlink.NLMSGERR_ATTR_MSG, kernelMessage);
      flags |= Netlink.NLM_F_ACK_TLVS;
    }
    return new Message(Netlink.NLMSG_ERROR, flags, request.seq(), 1, body.toPayload());
  }
}
