package io.vrouter.netlink.route;

import static io.vrouter.netlink.wire.Netlink.*;
import static io.vrouter.netlink.wire.Rtnetlink.*;

import io.vrouter.netlink.wire.Request;
import java.net.InetAddress;

/**
 * Requests that change the FDB of a VXLAN device (drivers/net/vxlan/vxlan_core.c, vxlan_fdb_add and
 * following). Success does not prove a change: only a dump does.
 */
public final class FdbRequests {
  private FdbRequests() {}

  /**
   * Adds a destination to a flooding entry. An existing one is a success; so is a second
   * destination of a unicast address, <em>which the kernel then ignores</em>: hence refused here.
   */
  public static Request append(FdbEntry entry) {
    if (!entry.mac().equals(MacAddress.ZERO) && !entry.mac().isGroup()) {
      throw new IllegalArgumentException(
          "the kernel ignores an appended destination of unicast " + entry.mac() + ": replace it");
    }
    return request("append", RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_APPEND, entry);
  }

  /** Adds a unicast entry, or moves it to another destination. EOPNOTSUPP for flooding entries. */
  public static Request replace(FdbEntry entry) {
    return request("replace", RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, entry);
  }

  /** Adds it where the address has no entry at all; EEXIST otherwise, whatever the destination. */
  public static Request add(FdbEntry entry) {
    return request("add", RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL, entry);
  }

  /**
   * Removes one destination of an address. ENOENT when the address has no entry; success when the
   * address has only other destinations.
   *
   * @throws IllegalArgumentException for an entry without destination, which at a VXLAN device
   *     would remove all of that address
   */
  public static Request delete(FdbEntry entry) {
    if (entry.dst() == null && entry.nextHop() == 0) {
      throw new IllegalArgumentException(
          "deleting " + entry.mac() + " without a destination would delete all of them");
    }
    return request("delete", RTM_DELNEIGH, 0, entry);
  }

  private static Request request(String verb, int type, int flags, FdbEntry entry) {
    InetAddress dst = entry.dst();
    String op =
        "%s FDB entry %s dst %s dev %d"
            .formatted(
                verb, entry.mac(), dst == null ? "none" : dst.getHostAddress(), entry.ifIndex());
    return new Request(op, type, flags, FdbCodec.encode(entry));
  }
}
