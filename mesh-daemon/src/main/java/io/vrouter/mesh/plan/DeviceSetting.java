package io.vrouter.mesh.plan;

import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.IfLink;
import io.vrouter.netlink.wire.Payload;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A setting of a tunnel device that the kernel changes in place, one request each. Equal settings
 * are not sent: the kernel treats an equal MAC address as a change.
 *
 * <p>Left alone, because other programs may have a reason and the path does not depend on it:
 * queueing disciplines, XDP and tc programs, alternative names, threaded NAPI, numbers of queues.
 */
public enum DeviceSetting {
  ALIAS((wanted, link) -> link.alias().equals(wanted.alias())),
  MTU((wanted, link) -> link.mtu() == wanted.mtu()),

  /** The MAC address. */
  ADDRESS((wanted, link) -> wanted.mac().equals(link.address())),

  /** Must be unset: a bridge, bond or VRF would receive the frames of the tunnel. */
  MASTER((wanted, link) -> link.master() == 0),

  /** See {@link #FLAGS_SET}. */
  FLAGS((wanted, link) -> (link.flags() & Flags.COMPARED) == Flags.SET),
  ADDR_GEN_MODE(
      (wanted, link) -> {
        int mode = link.afSpec().addrGenMode();
        return mode < 0 || mode == IfLink.IN6_ADDR_GEN_MODE_NONE;
      }),
  PROTO_DOWN((wanted, link) -> isValue(link.unknown(), IfLink.IFLA_PROTO_DOWN, 0)),
  /** The source address; none where WireGuard's routes choose it. */
  LOCAL(
      vxlan(
          (wanted, vxlan) ->
              wanted.local().isAnyLocalAddress()
                  ? vxlan.local() == null
                  : wanted.local().equals(vxlan.local()))),

  /**
   * The default destination. Must be unset: the kernel would send frames to it beside the flooding
   * entries.
   */
  REMOTE(vxlan((wanted, vxlan) -> vxlan.group() == null)),
  LEARNING(vxlan((wanted, vxlan) -> vxlan.learning())),
  AGEING(vxlan((wanted, vxlan) -> vxlan.ageing() == Vxlan.AGEING)),
  TTL(true, IfLink.IFLA_VXLAN_TTL, 1, 0),
  TOS(true, IfLink.IFLA_VXLAN_TOS, 1, 0),
  DF(true, IfLink.IFLA_VXLAN_DF, 1, 0),
  FLOWLABEL(true, IfLink.IFLA_VXLAN_LABEL, 4, 0),
  LOCALBYPASS(true, IfLink.IFLA_VXLAN_LOCALBYPASS, 1, 1),
  TXQLEN(false, IfLink.IFLA_TXQLEN, 4, 1000),
  LINKMODE(false, IfLink.IFLA_LINKMODE, 1, 0),
  GROUP(false, IfLink.IFLA_GROUP, 4, Mark.GROUP),
  BROADCAST(false, IfLink.IFLA_BROADCAST, 6, -1),
  GSO_MAX_SEGS(false, IfLink.IFLA_GSO_MAX_SEGS, 4, 65_535),
  GSO_MAX_SIZE(false, IfLink.IFLA_GSO_MAX_SIZE, 4, 65_536),
  GRO_MAX_SIZE(false, IfLink.IFLA_GRO_MAX_SIZE, 4, 65_536),
  GSO_IPV4_MAX_SIZE(false, IfLink.IFLA_GSO_IPV4_MAX_SIZE, 4, 65_536),
  GRO_IPV4_MAX_SIZE(false, IfLink.IFLA_GRO_IPV4_MAX_SIZE, 4, 65_536);

  /** The flags that are compared and set. */
  public static final int FLAGS_COMPARED = Flags.COMPARED;

  /**
   * The compared flags that must be set: none. Without IFF_MULTICAST, programs that announce
   * themselves on every interface leave the device out, and the kernel joins no group of routers
   * there: each such packet would go to all peers.
   */
  public static final int FLAGS_SET = Flags.SET;

  /** Holder of the constants: an enum constant can't refer to the enum's static fields. */
  private static final class Flags {
    static final int COMPARED =
        IfLink.IFF_NOARP
            | IfLink.IFF_PROMISC
            | IfLink.IFF_ALLMULTI
            | IfLink.IFF_MULTICAST
            | IfLink.IFF_DEBUG
            | IfLink.IFF_NOTRAILERS
            | IfLink.IFF_PORTSEL
            | IfLink.IFF_AUTOMEDIA
            | IfLink.IFF_DYNAMIC;
    static final int SET = 0;
  }

  private static final Set<Integer> LINK_ATTRIBUTES = linkAttributes();

  @SuppressWarnings("ImmutableEnumChecker")
  private final BiPredicate<Wanted.Device, Link> met;

  private final boolean ofVxlan;

  @SuppressWarnings("ImmutableEnumChecker")
  private final @Nullable Attribute attribute;

  DeviceSetting(BiPredicate<Wanted.Device, Link> met) {
    this.met = met;
    this.ofVxlan = false;
    this.attribute = null;
  }

  /** A setting whose wanted value is the kernel's default for a new device; -1 is all bits set. */
  DeviceSetting(boolean ofVxlan, int type, int octets, int value) {
    this.ofVxlan = ofVxlan;
    this.attribute = attribute(type, octets, value);
    this.met =
        (wanted, link) -> {
          Vxlan vxlan = link.vxlan();
          Attributes there =
              new Attributes(ofVxlan && vxlan != null ? vxlan.unknown() : link.unknown());
          // A kernel that doesn't support the attribute doesn't dump it.
          return there
              .find(type)
              .map(attribute(type, octets, value).payload()::equals)
              .orElse(true);
        };
  }

  /** Whether the device has it as wanted. */
  boolean isMetBy(Wanted.Device wanted, Link link) {
    return met.test(wanted, link);
  }

  /** Whether the kernel drops the device's neighbours when it changes. */
  boolean flushesNeighbors(Link link) {
    return this == ADDRESS || (this == FLAGS && (link.flags() & IfLink.IFF_NOARP) != 0);
  }

  /** The attribute to send; null for a setting that is not one plain attribute. */
  public @Nullable Attribute attribute() {
    return attribute;
  }

  /** Whether a change of the link attribute concerns one of these. */
  public static boolean concerns(int type) {
    return LINK_ATTRIBUTES.contains(type);
  }

  /** Whether {@link #attribute} is one of IFLA_VXLAN_, not of IFLA_. */
  public boolean isOfVxlan() {
    return ofVxlan;
  }

  /** Whether an attribute is absent or has the value; one without payload is a flag that is set. */
  static boolean isValue(Iterable<Attribute> attributes, int type, int value) {
    for (Attribute attribute : attributes) {
      if (attribute.type() == type) {
        Payload payload = attribute.payload();
        int there =
            switch (payload.length()) {
              case 0 -> 1;
              case 1 -> payload.u8();
              case 2 -> payload.u16();
              case 4 -> payload.s32();
              default -> -1;
            };
        if (there != value) {
          return false;
        }
      }
    }
    return true;
  }

  private static Set<Integer> linkAttributes() {
    Set<Integer> types = new HashSet<>(Set.of(IfLink.IFLA_PROTO_DOWN));
    for (DeviceSetting setting : values()) {
      Attribute plain = setting.attribute;
      if (plain != null && !setting.ofVxlan) {
        types.add(plain.type());
      }
    }
    return Set.copyOf(types);
  }

  private static BiPredicate<Wanted.Device, Link> vxlan(BiPredicate<Wanted.Device, Vxlan> met) {
    return (wanted, link) -> {
      Vxlan vxlan = link.vxlan();
      return vxlan != null && met.test(wanted, vxlan);
    };
  }

  private static Attribute attribute(int type, int octets, int value) {
    AttributeWriter out = new AttributeWriter();
    switch (octets) {
      case 1 -> out.u8(type, value);
      case 4 -> out.u32(type, value);
      default -> {
        byte[] all = new byte[octets];
        Arrays.fill(all, (byte) value);
        out.octets(type, all);
      }
    }
    return Attributes.parse(out.toPayload().buffer()).list().get(0);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
