package io.vrouter.netlink.route;

import io.vrouter.netlink.wire.Attribute;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kind of a virtual device (IFLA_LINKINFO).
 *
 * @param kind {@code vxlan}, {@code bridge}, {@code veth}; empty for hardware and loopback
 * @param vxlan set when the kind is {@code vxlan}
 * @param data IFLA_INFO_DATA of any other kind, kept
 * @param unknown other attributes of the nest, kept
 */
public record LinkInfo(
    String kind, @Nullable Vxlan vxlan, List<Attribute> data, List<Attribute> unknown) {
  /** The info of a link that is no virtual device. */
  public static final LinkInfo NONE = new LinkInfo("", null, List.of(), List.of());

  /** Copies the lists. */
  public LinkInfo {
    data = List.copyOf(data);
    unknown = List.copyOf(unknown);
  }

  /** A kind without data: {@code bridge}, {@code veth}. */
  public static LinkInfo of(String kind) {
    return new LinkInfo(kind, null, List.of(), List.of());
  }

  /** A VXLAN device. */
  public static LinkInfo of(Vxlan vxlan) {
    return new LinkInfo("vxlan", vxlan, List.of(), List.of());
  }
}
