package io.vrouter.netlink.fake;

import static io.vrouter.netlink.wire.IfAddr.*;
import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.AddressCodec;
import io.vrouter.netlink.route.Inet4Conf;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Netlink;
import java.util.List;
import java.util.Optional;

/** net/ipv4/devinet.c and net/ipv6/addrconf.c. */
final class FakeAddresses {
  private final FakeState state;
  private final FakeRoutes routes;
  private final FakeNeighbors neighbors;

  FakeAddresses(FakeState state, FakeRoutes routes, FakeNeighbors neighbors) {
    this.state = state;
    this.routes = routes;
    this.neighbors = neighbors;
  }

  void newAddress(Message message) throws Refusal {
    Address wanted = AddressCodec.decode(message.body());
    Link link = state.link(wanted.ifIndex());
    Optional<Address> same = same(wanted);
    if (same.isPresent()) {
      if (message.has(Netlink.NLM_F_EXCL) || !message.has(Netlink.NLM_F_REPLACE)) {
        throw new Refusal(Errno.EEXIST, v4(wanted) ? "ipv4: Address already assigned" : "");
      }
      return;
    }
    add(link, wanted);
  }

  void delAddress(Message message) throws Refusal {
    Address wanted = AddressCodec.decode(message.body());
    state.link(wanted.ifIndex());
    Address found =
        same(wanted)
            .orElseThrow(
                () ->
                    new Refusal(Errno.EADDRNOTAVAIL, v4(wanted) ? "ipv4: Address not found" : ""));
    remove(found);
  }

  /** Puts an address there as if someone else had. */
  void add(Link link, Address wanted) {
    boolean secondary = v4(wanted) && primaryOf(wanted).isPresent();
    int flags = wanted.flags() | IFA_F_PERMANENT | (secondary ? IFA_F_SECONDARY : 0);
    Address added = with(wanted, flags, v4(wanted) ? link.name() : "");
    state.addresses.add(added);
    tell(RTM_NEWADDR, added);
    if (link.isUp()) {
      routes.connect(added);
    }
  }

  void up(Link link) {
    of(link.index()).forEach(routes::connect);
  }

  void down(Link link) {
    routes.forgetDevice(link.index());
    neighbors.forgetDevice(link.index());
    // net.ipv6.conf.*.keep_addr_on_down is 0: a device that goes down loses its IPv6 addresses.
    for (Address address : of(link.index())) {
      if (!v4(address)) {
        state.addresses.remove(address);
        tell(RTM_DELADDR, address);
      }
    }
  }

  void flush(int ifIndex) {
    for (Address address : of(ifIndex)) {
      state.addresses.remove(address);
      tell(RTM_DELADDR, address);
    }
  }

  private void remove(Address address) {
    state.addresses.remove(address);
    tell(RTM_DELADDR, address);
    routes.disconnect(address);
    if (!v4(address)) {
      return;
    }
    if ((address.flags() & IFA_F_SECONDARY) == 0) {
      List<Address> secondaries =
          of(address.ifIndex()).stream().filter(other -> sameSubnet(other, address)).toList();
      if (promotes(address.ifIndex())) {
        secondaries.stream().findFirst().ifPresent(this::promote);
      } else {
        // The kernel takes the secondary addresses along with their primary.
        secondaries.forEach(this::remove);
      }
    }
    if (of(address.ifIndex()).stream().noneMatch(FakeAddresses::v4)) {
      routes.forgetDevice(address.ifIndex(), Family.AF_INET);
    }
  }

  private void promote(Address secondary) {
    Address primary = with(secondary, secondary.flags() & ~IFA_F_SECONDARY, secondary.label());
    state.addresses.set(state.addresses.indexOf(secondary), primary);
    tell(RTM_NEWADDR, primary);
    routes.connect(primary);
  }

  private boolean promotes(int ifIndex) {
    Link link = state.links.get(ifIndex);
    Inet4Conf conf = link == null ? null : link.inet4();
    return conf != null && conf.get(IfLink.IPV4_DEVCONF_PROMOTE_SECONDARIES) != 0;
  }

  private Optional<Address> same(Address wanted) {
    return of(wanted.ifIndex()).stream()
        .filter(
            one ->
                one.address().equals(wanted.address())
                    && (one.prefixLength() == wanted.prefixLength() || !v4(wanted)))
        .findFirst();
  }

  private Optional<Address> primaryOf(Address wanted) {
    return of(wanted.ifIndex()).stream()
        .filter(one -> (one.flags() & IFA_F_SECONDARY) == 0 && sameSubnet(one, wanted))
        .findFirst();
  }

  private static boolean sameSubnet(Address one, Address other) {
    return one.prefixLength() == other.prefixLength()
        && FakeState.network(one.address(), one.prefixLength())
            .equals(FakeState.network(other.address(), other.prefixLength()));
  }

  private List<Address> of(int ifIndex) {
    return state.addresses.stream().filter(one -> one.ifIndex() == ifIndex).toList();
  }

  private static boolean v4(Address address) {
    return Family.of(address.address()) == Family.AF_INET;
  }

  private static Address with(Address from, int flags, String label) {
    return new Address(
        from.ifIndex(),
        from.address(),
        from.prefixLength(),
        from.scope(),
        flags,
        from.peer(),
        from.broadcast(),
        label,
        from.unknown());
  }

  private void tell(int type, Address address) {
    state.tell(
        v4(address) ? RTNLGRP_IPV4_IFADDR : RTNLGRP_IPV6_IFADDR,
        type,
        AddressCodec.encode(address));
  }
}
