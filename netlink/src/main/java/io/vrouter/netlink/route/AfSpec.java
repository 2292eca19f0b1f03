package io.vrouter.netlink.route;

import io.vrouter.netlink.wire.Attribute;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A link's settings per address family (IFLA_AF_SPEC).
 *
 * @param inet4 null when the device has no IPv4 at all (an MTU below 68, for one)
 * @param inet6 null when it has no IPv6
 * @param addrGenMode IN6_ADDR_GEN_MODE_, -1 when absent
 * @param unknown4 other attributes of the AF_INET nest, kept
 * @param unknown6 other attributes of the AF_INET6 nest, kept
 * @param unknown other families, kept
 */
public record AfSpec(
    @Nullable Inet4Conf inet4,
    @Nullable Inet6Conf inet6,
    int addrGenMode,
    List<Attribute> unknown4,
    List<Attribute> unknown6,
    List<Attribute> unknown) {
  /** No settings. */
  public static final AfSpec NONE = new AfSpec(null, null, -1, List.of(), List.of(), List.of());

  /** Copies the lists. */
  public AfSpec {
    unknown4 = List.copyOf(unknown4);
    unknown6 = List.copyOf(unknown6);
    unknown = List.copyOf(unknown);
  }
}
