package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;

/** How an object in the kernel shows that it is ours. What lacks the mark is never changed. */
public final class Mark {
  /** The protocol of our routes (rtnetlink(7), RTA_PROTOCOL): unused in iproute2's rt_protos. */
  public static final int PROTOCOL = 158;

  /** The metric of our routes unless configured. */
  public static final int METRIC = 158;

  private static final String ALIAS = "vrouter ";

  private Mark() {}

  /** The alias (IFLA_IFALIAS) of our devices. */
  public static String alias(NodeId self) {
    return ALIAS + self;
  }

  /** Whether a device with this alias is ours, made by this or an earlier run. */
  public static boolean isOurs(String alias) {
    return alias.startsWith(ALIAS);
  }
}
