package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.IfAddr.*;
import static io.vrouter.netlink.wire.Netlink.*;
import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.wire.Request;
import java.util.List;

/** Requests that change addresses. */
public final class AddressRequests {
  private AddressRequests() {}

  /** Adds it. EEXIST when the device has it. */
  public static Request add(Address address) {
    return request("add", RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, address);
  }

  /** Adds it, or changes flags and lifetime of the same address. */
  public static Request replace(Address address) {
    return request("replace", RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, address);
  }

  /** Removes it. EADDRNOTAVAIL when the device has no such address. */
  public static Request delete(Address address) {
    return request("delete", RTM_DELADDR, 0, address);
  }

  /** A copy without the flags that only the kernel sets. */
  private static Address asked(Address address) {
    int kernels = IFA_F_PERMANENT | IFA_F_SECONDARY | IFA_F_TENTATIVE | IFA_F_DADFAILED;
    return new Address(
        address.ifIndex(),
        address.address(),
        address.prefixLength(),
        address.scope(),
        address.flags() & ~kernels,
        address.peer(),
        address.broadcast(),
        address.label(),
        List.of());
  }

  private static Request request(String verb, int type, int flags, Address address) {
    String op =
        "%s address %s/%d dev %d"
            .formatted(
                verb,
                address.address().getHostAddress(),
                address.prefixLength(),
                address.ifIndex());
    return new Request(op, type, flags, AddressCodec.encode(asked(address)));
  }
}
