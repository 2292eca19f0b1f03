package io.vrouter.mesh.plan;

import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.IfAddr;
import io.vrouter.netlink.wire.Rtnetlink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Addresses of our devices. */
final class AddressDiff {
  /** Flags that the kernel sets, or that change by themselves. */
  private static final int FLAGS_THAT_MAY_DIFFER =
      IfAddr.IFA_F_SECONDARY
          | IfAddr.IFA_F_TENTATIVE
          | IfAddr.IFA_F_PERMANENT
          | IfAddr.IFA_F_STABLE_PRIVACY
          | IfAddr.IFA_F_NODAD;

  final List<Step> add = new ArrayList<>();
  final List<Step> delete = new ArrayList<>();

  /**
   * Devices with an address that is removed and added again: the kernel may then drop everything
   * that depends on it.
   */
  final Set<String> emptied = new HashSet<>();

  /** Compares with what is on the devices that stay. */
  AddressDiff(KernelState desired, Observed observed, DeviceDiff devices) {
    Map<Wanted.Address, Address> there = new HashMap<>();
    Set<Wanted.Address> wanted = new HashSet<>(desired.addresses());
    for (Address address : observed.addresses()) {
      String device = devices.names.get(address.ifIndex());
      if (device != null) {
        Wanted.Address found =
            new Wanted.Address(device, address.address(), address.prefixLength());
        there.put(found, address);
        if (!wanted.contains(found)) {
          delete.add(new Step.DeleteAddress(found, address.peer()));
        }
      }
    }
    for (Wanted.Address address : desired.addresses()) {
      if (devices.blocked.containsKey(address.device())) {
        continue;
      }
      Address found = there.get(address);
      if (found == null) {
        add.add(new Step.AddAddress(address));
      } else if (!canStay(address, found)) {
        add.add(new Step.DeleteAddress(address, found.peer()));
        add.add(new Step.AddAddress(address));
        emptied.add(address.device());
      } else if (!isWhole(found)) {
        add.add(new Step.ChangeAddress(address));
      }
    }
    if (observed.interrupted().contains(Observed.DumpKind.ADDRESS)) {
      delete.clear();
    }
  }

  /** Whether the address differs only in values that the kernel changes in place. */
  private static boolean canStay(Wanted.Address wanted, Address found) {
    boolean v4 = Family.of(found.address()) == Family.AF_INET;
    return found.scope() == Rtnetlink.RT_SCOPE_UNIVERSE
        && found.peer() == null
        && found.broadcast() == null
        && (!v4 || found.label().equals(wanted.device()))
        && (found.flags() & ~FLAGS_THAT_MAY_DIFFER) == 0;
  }

  /**
   * Whether the lifetime is unlimited, without a metric (IFA_RT_PRIORITY) or an origin (IFA_PROTO).
   */
  private static boolean isWhole(Address found) {
    for (Attribute attribute : found.unknown()) {
      boolean right =
          switch (attribute.type()) {
            case IfAddr.IFA_CACHEINFO -> isForEver(attribute.payload().buffer());
            case IfAddr.IFA_RT_PRIORITY, IfAddr.IFA_PROTO -> false;
            default -> true;
          };
      if (!right) {
        return false;
      }
    }
    return true;
  }

  /** {@code struct ifa_cacheinfo}: preferred and valid lifetime in seconds, then times. */
  private static boolean isForEver(ByteBuffer cacheInfo) {
    return cacheInfo.remaining() < 8 || (cacheInfo.getInt(0) == -1 && cacheInfo.getInt(4) == -1);
  }
}
