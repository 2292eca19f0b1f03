package io.vrouter.netlink.fake;

import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.NeighborCodec;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Netlink;
import java.util.List;
import java.util.Optional;

/** net/core/neighbour.c. */
final class FakeNeighbors {
  private final FakeState state;

  FakeNeighbors(FakeState state) {
    this.state = state;
  }

  void newNeighbor(Message message) throws Refusal {
    Neighbor wanted = NeighborCodec.decode(message.body());
    state.link(wanted.ifIndex());
    Optional<Neighbor> found = find(wanted);
    if (found.isEmpty() && !message.has(Netlink.NLM_F_CREATE)) {
      throw new Refusal(Errno.ENOENT, "");
    }
    if (found.isPresent() && message.has(Netlink.NLM_F_EXCL)) {
      throw new Refusal(Errno.EEXIST, "");
    }
    put(wanted);
  }

  void delNeighbor(Message message) throws Refusal {
    Neighbor wanted = NeighborCodec.decode(message.body());
    state.link(wanted.ifIndex());
    Neighbor found = find(wanted).orElseThrow(() -> new Refusal(Errno.ENOENT, ""));
    state.neighbors.remove(found);
    tell(RTM_DELNEIGH, found);
  }

  /** Adds or overwrites, as if someone else had. */
  void put(Neighbor neighbor) {
    find(neighbor).ifPresent(state.neighbors::remove);
    state.neighbors.add(neighbor);
    tell(RTM_NEWNEIGH, neighbor);
  }

  void forgetDevice(int ifIndex) {
    for (Neighbor neighbor : List.copyOf(state.neighbors)) {
      if (neighbor.ifIndex() == ifIndex) {
        state.neighbors.remove(neighbor);
        tell(RTM_DELNEIGH, neighbor);
      }
    }
  }

  private Optional<Neighbor> find(Neighbor wanted) {
    return state.neighbors.stream()
        .filter(
            one ->
                one.ifIndex() == wanted.ifIndex() && one.destination().equals(wanted.destination()))
        .findFirst();
  }

  private void tell(int type, Neighbor neighbor) {
    state.tell(RTNLGRP_NEIGH, type, NeighborCodec.encode(neighbor));
  }
}
