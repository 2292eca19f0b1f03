package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.netlink.route.Link;
import java.util.Set;

/**
 * The marks by which a kernel object counts as ours. An object without the mark is never changed.
 */
public final class Mark {
  /** The protocol of our routes (rtnetlink(7), RTA_PROTOCOL): unused in iproute2's rt_protos. */
  public static final int PROTOCOL = 158;

  /** The metric of our routes unless configured. */
  public static final int METRIC = 158;

  /**
   * The group (IFLA_GROUP) of our devices, "vrou" in ASCII. The kernel sets it at creation, unlike
   * an alias: a device of ours never exists without the mark.
   */
  public static final int GROUP = 0x76726f75;

  /** Kinds of our devices; a userspace WireGuard's is tun. */
  private static final Set<String> KINDS = Set.of("vxlan", "wireguard", "tun");

  private static final String ALIAS = "vrouter ";

  private Mark() {}

  /** The alias (IFLA_IFALIAS) of our devices. */
  public static String alias(NodeId self) {
    return ALIAS + self;
  }

  /** Whether a device is ours, made by this or an earlier run. */
  static boolean isOn(Link link) {
    return KINDS.contains(link.kind()) && (link.alias().startsWith(ALIAS) || link.group() == GROUP);
  }
}
