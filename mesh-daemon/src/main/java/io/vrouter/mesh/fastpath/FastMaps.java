package io.vrouter.mesh.fastpath;

import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.plan.FastEntry;
import io.vrouter.netlink.bpf.BpfMapSpec;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The maps of the programs and the octets of their entries. Numbers are in host order, addresses
 * and ports as in a packet.
 *
 * <pre>
 * map         key                                                     value
 * vr_senders  length, tunnel, MAC (6 + 2), IP                         1
 * vr_locals   tunnel, IP                                              port, MTU, MAC, gateway
 * vr_origins  port, IP                                                tunnel, 0, gateway, own MAC
 * vr_dests    length, tunnel, IP                                      MTU, MAC
 * vr_flows    tunnel, remote IP, local IP, remote, local port, proto  1
 * vr_aside    tunnel, remote IP, remote port, proto                   1
 * </pre>
 *
 * <p>{@code vr_flows} has the flows of which a packet came from the tunnel straight for a
 * container; {@code vr_aside} the remote ends of flows that came for this host itself, whose
 * address conntrack may have changed (a published port): both are written by the programs.
 */
final class FastMaps {
  static final String SENDERS = "vr_senders";
  static final String LOCALS = "vr_locals";
  static final String ORIGINS = "vr_origins";
  static final String DESTINATIONS = "vr_dests";
  static final String FLOWS = "vr_flows";
  static final String ASIDE = "vr_aside";

  /** Bits of a sender's key before the address: tunnel, MAC address, padding. */
  private static final int SENDER_BITS = 96;

  private static final int TUNNEL_BITS = 32;

  /** Containers of a host: each is an entry in two maps. */
  private static final int CONTAINERS = 4_096;

  /** Prefixes of all peers: 1,000 hosts with 16 each. */
  private static final int PREFIXES = 16_384;

  private static final int FLOW_ENTRIES = 32_768;
  private static final int ASIDE_ENTRIES = 4_096;

  /** Every map. */
  static final List<BpfMapSpec> SPECS =
      List.of(
          BpfMapSpec.trie(SENDERS, 20, 4, PREFIXES),
          BpfMapSpec.hash(LOCALS, 8, 24, CONTAINERS),
          BpfMapSpec.hash(ORIGINS, 8, 24, CONTAINERS),
          BpfMapSpec.trie(DESTINATIONS, 12, 12, PREFIXES),
          BpfMapSpec.lru(FLOWS, 20, 4, FLOW_ENTRIES),
          BpfMapSpec.lru(ASIDE, 12, 4, ASIDE_ENTRIES));

  /** An entry as octets. */
  record MapEntry(String map, Payload key, Payload value) {}

  private FastMaps() {}

  /** The maps that the plan fills. */
  static List<BpfMapSpec> planned() {
    return SPECS.subList(0, 4);
  }

  static MapEntry encode(FastEntry entry) {
    if (entry instanceof FastEntry.PeerSource sender) {
      ByteBuffer key = buffer(20).putInt(SENDER_BITS + sender.prefix().length());
      key.putInt(sender.tunnel());
      mac(key, sender.mac()).put(sender.prefix().address().getAddress());
      return new MapEntry(SENDERS, payload(key), payload(buffer(4).putInt(1)));
    }
    if (entry instanceof FastEntry.Container container) {
      ByteBuffer key = buffer(8).putInt(container.tunnel()).put(container.address().getAddress());
      ByteBuffer value = buffer(24).putInt(container.port()).putInt(container.mtu());
      mac(mac(value, container.mac()), container.gateway());
      return new MapEntry(LOCALS, payload(key), payload(value));
    }
    if (entry instanceof FastEntry.ContainerPort origin) {
      ByteBuffer key = buffer(8).putInt(origin.port()).put(origin.address().getAddress());
      ByteBuffer value = buffer(24).putInt(origin.tunnel()).putInt(0);
      mac(mac(value, origin.gateway()), origin.own());
      return new MapEntry(ORIGINS, payload(key), payload(value));
    }
    FastEntry.PeerDestination to = (FastEntry.PeerDestination) entry;
    ByteBuffer key = buffer(12).putInt(TUNNEL_BITS + to.prefix().length()).putInt(to.tunnel());
    key.put(to.prefix().address().getAddress());
    return new MapEntry(
        DESTINATIONS, payload(key), payload(mac(buffer(12).putInt(to.mtu()), to.mac())));
  }

  /** The entry of a planned map. */
  static FastEntry decode(String map, Payload keyOctets, Payload valueOctets) {
    ByteBuffer key = keyOctets.buffer();
    ByteBuffer value = valueOctets.buffer();
    switch (map) {
      case SENDERS -> {
        int length = key.getInt() - SENDER_BITS;
        int tunnel = key.getInt();
        MacAddress mac = mac(key);
        return new FastEntry.PeerSource(tunnel, mac, Prefix.of(address(key), length));
      }
      case LOCALS -> {
        int port = value.getInt();
        int mtu = value.getInt();
        int tunnel = key.getInt();
        return new FastEntry.Container(tunnel, address(key), port, mtu, mac(value), mac(value));
      }
      case ORIGINS -> {
        int tunnel = value.getInt();
        value.getInt();
        int port = key.getInt();
        return new FastEntry.ContainerPort(port, address(key), tunnel, mac(value), mac(value));
      }
      case DESTINATIONS -> {
        int length = key.getInt() - TUNNEL_BITS;
        int tunnel = key.getInt();
        int mtu = value.getInt();
        return new FastEntry.PeerDestination(
            tunnel, Prefix.of(address(key), length), mtu, mac(value));
      }
      default -> throw new IllegalArgumentException("no planned map: " + map);
    }
  }

  private static ByteBuffer buffer(int octets) {
    return ByteBuffer.allocate(octets).order(ByteOrder.nativeOrder());
  }

  private static Payload payload(ByteBuffer filled) {
    return Payload.from(filled.flip());
  }

  private static ByteBuffer mac(ByteBuffer out, MacAddress mac) {
    return out.put(mac.toArray()).putShort((short) 0);
  }

  private static MacAddress mac(ByteBuffer in) {
    byte[] octets = new byte[6];
    in.get(octets).getShort();
    return MacAddress.of(octets);
  }

  private static InetAddress address(ByteBuffer in) {
    byte[] octets = new byte[4];
    in.get(octets);
    return Payload.of(octets).ip();
  }
}
