package io.vrouter.netlink.generic;

import static io.vrouter.netlink.generic.WireGuard.*;

import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** WG_CMD_GET_DEVICE and WG_CMD_SET_DEVICE. */
public final class WgCodec {
  /** Octets of attributes per message: a nest's length is 16 bits, and wg(8) sends 8 KiB. */
  static final int CHUNK = 8 * 1024;

  private static final int PEER_OCTETS = 128;
  private static final int ALLOWED_IP_OCTETS = 40;
  private static final long NANOS = 1_000_000_000;

  private WgCodec() {}

  /** Dumps a device. ENODEV when there is none, EOPNOTSUPP when it is of another kind. */
  public static Request get(int family, String device) {
    AttributeWriter out = header(WG_CMD_GET_DEVICE);
    out.string(WGDEVICE_A_IFNAME, device);
    return new Request(
        "read WireGuard device " + device, family, Netlink.NLM_F_DUMP, out.toPayload());
  }

  /** The requests of a change: the first carries the device's own settings, each some peers. */
  public static List<Request> set(int family, WgChange change) {
    List<Request> requests = new ArrayList<>();
    List<WgChange.Peer> left = pieces(change.peers());
    boolean first = true;
    while (first || !left.isEmpty()) {
      int count = 0;
      int octets = 0;
      while (count < left.size() && octets < CHUNK) {
        octets += PEER_OCTETS + ALLOWED_IP_OCTETS * left.get(count++).allowedIps().size();
      }
      requests.add(set(family, change, first, left.subList(0, count)));
      left = left.subList(count, left.size());
      first = false;
    }
    return requests;
  }

  private static Request set(
      int family, WgChange change, boolean first, List<WgChange.Peer> peers) {
    AttributeWriter out = header(WG_CMD_SET_DEVICE);
    out.string(WGDEVICE_A_IFNAME, change.device());
    if (first) {
      Payload key = change.privateKey();
      if (key != null) {
        out.octets(WGDEVICE_A_PRIVATE_KEY, key.toArray());
      }
      Integer port = change.port();
      if (port != null) {
        out.u16(WGDEVICE_A_LISTEN_PORT, port);
      }
      if (change.replacePeers()) {
        out.u32(WGDEVICE_A_FLAGS, WGDEVICE_F_REPLACE_PEERS);
      }
    }
    if (!peers.isEmpty()) {
      nest(out, WGDEVICE_A_PEERS, all -> peers.forEach(peer -> nest(all, 0, it -> put(it, peer))));
    }
    return new Request(change.toString(), family, 0, out.toPayload());
  }

  /** A peer with more addresses than fit a message becomes several changes of it. */
  private static List<WgChange.Peer> pieces(List<WgChange.Peer> peers) {
    int most = (CHUNK - PEER_OCTETS) / ALLOWED_IP_OCTETS;
    List<WgChange.Peer> pieces = new ArrayList<>();
    for (WgChange.Peer peer : peers) {
      List<AllowedIp> ips = peer.allowedIps();
      if (ips.size() <= most) {
        pieces.add(peer);
        continue;
      }
      pieces.add(
          new WgChange.Peer(
              peer.key(),
              peer.remove(),
              peer.endpoint(),
              peer.keepalive(),
              peer.replaceAllowedIps(),
              ips.subList(0, most)));
      for (int from = most; from < ips.size(); from += most) {
        List<AllowedIp> some = ips.subList(from, Math.min(from + most, ips.size()));
        pieces.add(new WgChange.Peer(peer.key(), false, null, null, false, some));
      }
    }
    return pieces;
  }

  private static void put(AttributeWriter out, WgChange.Peer peer) {
    out.octets(WGPEER_A_PUBLIC_KEY, peer.key().octets().toArray());
    InetSocketAddress endpoint = peer.endpoint();
    if (endpoint != null) {
      out.octets(WGPEER_A_ENDPOINT, sockaddr(endpoint));
    }
    Integer keepalive = peer.keepalive();
    if (keepalive != null) {
      out.u16(WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, keepalive);
    }
    int flags =
        (peer.remove() ? WGPEER_F_REMOVE_ME : 0)
            | (peer.replaceAllowedIps() ? WGPEER_F_REPLACE_ALLOWEDIPS : 0);
    if (flags != 0) {
      out.u32(WGPEER_A_FLAGS, flags);
    }
    if (!peer.allowedIps().isEmpty()) {
      nest(
          out,
          WGPEER_A_ALLOWEDIPS,
          all -> peer.allowedIps().forEach(ip -> nest(all, 0, it -> put(it, ip))));
    }
  }

  private static void put(AttributeWriter out, AllowedIp ip) {
    out.u16(WGALLOWEDIP_A_FAMILY, Family.of(ip.address()));
    out.ip(WGALLOWEDIP_A_IPADDR, ip.address());
    out.u8(WGALLOWEDIP_A_CIDR_MASK, ip.length());
  }

  private static void nest(AttributeWriter out, int type, Consumer<AttributeWriter> body) {
    out.nest(type | Netlink.NLA_F_NESTED, body);
  }

  private static AttributeWriter header(int command) {
    AttributeWriter out = new AttributeWriter();
    out.header(Genl.GENL_HDRLEN).put(0, (byte) command).put(1, (byte) WG_GENL_VERSION);
    return out;
  }

  /** {@code struct sockaddr_in} or {@code sockaddr_in6}. */
  private static byte[] sockaddr(InetSocketAddress endpoint) {
    byte[] address = endpoint.getAddress().getAddress();
    boolean v4 = address.length == 4;
    ByteBuffer out = ByteBuffer.allocate(v4 ? 16 : 28).order(ByteOrder.nativeOrder());
    out.putShort((short) Family.of(endpoint.getAddress()));
    out.order(ByteOrder.BIG_ENDIAN).putShort((short) endpoint.getPort());
    if (!v4) {
      out.putInt(0);
    }
    return out.put(address).array();
  }

  /**
   * One message of a dump; {@link WgDevice#joined} puts them together.
   *
   * @throws DecodeException when an attribute is not of its type
   */
  public static WgDevice decode(Payload body) {
    if (body.length() < Genl.GENL_HDRLEN) {
      throw new DecodeException("a generic netlink header has 4 octets, not " + body.length());
    }
    Attributes all = Attributes.parse(body.buffer().position(Genl.GENL_HDRLEN));
    List<WgPeer> peers = new ArrayList<>();
    for (Attribute peer : nested(all, WGDEVICE_A_PEERS)) {
      peers.add(peer(peer.payload().attributes()));
    }
    return new WgDevice(
        all.find(WGDEVICE_A_IFNAME).map(Payload::string).orElse(""),
        all.find(WGDEVICE_A_PUBLIC_KEY).map(WgCodec::key).orElse(null),
        all.find(WGDEVICE_A_LISTEN_PORT).map(Payload::u16).orElse(0),
        peers);
  }

  private static WgPeer peer(Attributes all) {
    List<AllowedIp> ips = new ArrayList<>();
    for (Attribute ip : nested(all, WGPEER_A_ALLOWEDIPS)) {
      ips.add(allowedIp(ip.payload().attributes()));
    }
    return new WgPeer(
        key(required(all, WGPEER_A_PUBLIC_KEY)),
        all.find(WGPEER_A_ENDPOINT).map(WgCodec::endpoint).orElse(null),
        all.find(WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL).map(Payload::u16).orElse(0),
        all.find(WGPEER_A_LAST_HANDSHAKE_TIME).map(WgCodec::timespec).orElse(0L),
        all.find(WGPEER_A_RX_BYTES).map(WgCodec::u64).orElse(0L),
        all.find(WGPEER_A_TX_BYTES).map(WgCodec::u64).orElse(0L),
        ips);
  }

  private static AllowedIp allowedIp(Attributes all) {
    InetAddress address = required(all, WGALLOWEDIP_A_IPADDR).ip();
    try {
      return new AllowedIp(address, required(all, WGALLOWEDIP_A_CIDR_MASK).u8());
    } catch (IllegalArgumentException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
  }

  private static WgKey key(Payload octets) {
    if (octets.length() != WG_KEY_LEN) {
      throw new DecodeException("a key has 32 octets, not " + octets.length());
    }
    return new WgKey(octets);
  }

  private static @Nullable InetSocketAddress endpoint(Payload sockaddr) {
    ByteBuffer in = sockaddr.buffer();
    if (in.remaining() != 16 && in.remaining() != 28) {
      throw new DecodeException("a socket address has 16 or 28 octets, not " + in.remaining());
    }
    boolean v4 = in.remaining() == 16;
    int port = in.order(ByteOrder.BIG_ENDIAN).getShort(2) & 0xffff;
    byte[] address = new byte[v4 ? 4 : 16];
    in.get(v4 ? 4 : 8, address);
    return new InetSocketAddress(Payload.of(address).ip(), port);
  }

  /** {@code struct __kernel_timespec}: seconds and nanoseconds, 8 octets each. */
  private static long timespec(Payload payload) {
    if (payload.length() != 16) {
      throw new DecodeException("a time has 16 octets, not " + payload.length());
    }
    ByteBuffer in = payload.buffer();
    return in.getLong(0) * NANOS + in.getLong(8);
  }

  private static long u64(Payload payload) {
    if (payload.length() != 8) {
      throw new DecodeException("expected 8 octets, found " + payload.length());
    }
    return payload.buffer().getLong();
  }

  private static Payload required(Attributes all, int type) {
    return all.find(type).orElseThrow(() -> new DecodeException("no attribute " + type));
  }

  private static List<Attribute> nested(Attributes all, int type) {
    Optional<Payload> nest = all.find(type);
    return nest.map(it -> it.attributes().list()).orElse(List.of());
  }
}
