package io.vrouter.mesh.api;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.model.Check;
import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.Link;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The checks of {@code meshctl doctor} that compare this host with the other members. Pure. */
final class MeshCheckup {
  private MeshCheckup() {}

  /** Whether all living members run the same version; this host's is the one to compare with. */
  static Check versions(Members members) {
    Map<String, List<String>> hosts =
        members.members().stream()
            .filter(member -> member.status() == MemberStatus.ALIVE)
            .collect(
                groupingBy(
                    Members.Member::version,
                    TreeMap::new,
                    mapping(Members.Member::name, toList())));
    if (hosts.size() <= 1) {
      return new Check("versions", Check.Result.PASS, "All living members run one version", "");
    }
    return new Check(
        "versions",
        Check.Result.WARN,
        "The living members run different versions: "
            + hosts.entrySet().stream()
                .map(entry -> entry.getKey() + " on " + String.join(", ", entry.getValue()))
                .collect(joining("; ")),
        "Upgrade the hosts with the older version, one at a time; the data path stays up");
  }

  /**
   * Whether our devices have no address but those that we claimed: another program, such as a DHCP
   * client, avahi or a network manager, may give them one.
   *
   * @param devices ours
   * @param addresses of all devices
   * @param overlays this host's overlay addresses, as text
   */
  static Check addresses(
      Collection<Link> devices, Collection<Address> addresses, Set<String> overlays) {
    List<String> strange = new ArrayList<>();
    List<String> fixes = new ArrayList<>();
    for (Link device : devices) {
      for (Address address : addresses) {
        String text = address.address().getHostAddress();
        if (address.ifIndex() == device.index() && !overlays.contains(text)) {
          strange.add(text + " on " + device.name());
          fixes.add(
              "ip address del %s/%d dev %s".formatted(text, address.prefixLength(), device.name()));
        }
      }
    }
    if (strange.isEmpty()) {
      return new Check(
          "device-addresses",
          Check.Result.PASS,
          "No other program has given an address to the tunnels' devices",
          "");
    }
    return new Check(
        "device-addresses",
        Check.Result.WARN,
        "Another program has given an address to a tunnel's device: " + String.join(", ", strange),
        String.join("; ", fixes)
            + "; and make that program leave vxlan* alone: NetworkManager unmanaged-devices,"
            + " networkd [Link] Unmanaged=yes, dhcpcd denyinterfaces, avahi deny-interfaces");
  }
}
