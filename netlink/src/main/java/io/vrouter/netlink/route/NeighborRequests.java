package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.Netlink.*;
import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.wire.Request;

/** Requests that change neighbours. */
public final class NeighborRequests {
  private NeighborRequests() {}

  /** Adds it. EEXIST when there is one, even one the kernel is just resolving. */
  public static Request add(Neighbor neighbor) {
    return request("add", RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL, neighbor);
  }

  /** Adds it or overwrites what is there. */
  public static Request replace(Neighbor neighbor) {
    return request("replace", RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, neighbor);
  }

  /** Removes it. ENOENT when it is not there. */
  public static Request delete(Neighbor neighbor) {
    return request("delete", RTM_DELNEIGH, 0, neighbor);
  }

  private static Request request(String verb, int type, int flags, Neighbor neighbor) {
    String op =
        "%s neighbour %s lladdr %s dev %d"
            .formatted(
                verb,
                neighbor.destination().getHostAddress(),
                neighbor.lladdr(),
                neighbor.ifIndex());
    return new Request(op, type, flags, NeighborCodec.encode(neighbor));
  }
}
