package io.vrouter.netlink.fake;

import static io.vrouter.netlink.generic.WireGuard.*;

import io.vrouter.netlink.generic.AllowedIp;
import io.vrouter.netlink.generic.Genl;
import io.vrouter.netlink.generic.WgKey;
import io.vrouter.netlink.generic.WgPeer;
import io.vrouter.netlink.socket.NetlinkSocket;
import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.AttributeWriter;
import io.vrouter.netlink.wire.Attributes;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Family;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A kernel with the WireGuard family and one device, as drivers/net/wireguard/netlink.c behaves: an
 * allowed address has one peer, the last that asked for it; a dump is cut anywhere, within a peer's
 * addresses too.
 */
public final class FakeWireGuard implements NetlinkSocket {
  /** The family's message type here. */
  public static final int FAMILY = 31;

  private static final int IPS_PER_MESSAGE = 3;

  private final String device;
  private final boolean module;
  private final Map<WgKey, WgPeer> peers = new LinkedHashMap<>();
  private final Deque<ByteBuffer> answers = new ArrayDeque<>();
  private @Nullable Payload privateKey;
  private int port;
  private int sets;

  /**
   * A kernel.
   *
   * @param module whether it has the family
   */
  public FakeWireGuard(String device, boolean module) {
    this.device = device;
    this.module = module;
  }

  /** The private key that was set last. */
  public @Nullable Payload privateKey() {
    return privateKey;
  }

  /** The messages that changed something. */
  public int sets() {
    return sets;
  }

  @Override
  public void send(ByteBuffer datagram) {
    for (Message message : Message.parse(datagram)) {
      handle(message);
    }
    datagram.position(datagram.limit());
  }

  private void handle(Message message) {
    Attributes all = Attributes.parse(message.body().buffer().position(Genl.GENL_HDRLEN));
    if (message.type() == Genl.GENL_ID_CTRL) {
      if (module) {
        AttributeWriter out = header(Genl.CTRL_CMD_NEWFAMILY);
        out.string(Genl.CTRL_ATTR_FAMILY_NAME, WG_GENL_NAME);
        answer(message, Genl.GENL_ID_CTRL, out.u16(Genl.CTRL_ATTR_FAMILY_ID, FAMILY).toPayload());
      } else {
        error(message, Errno.ENOENT);
      }
    } else if (!all.find(WGDEVICE_A_IFNAME).orElseThrow().string().equals(device)) {
      error(message, Errno.ENODEV);
    } else if (message.body().buffer().get(0) == WG_CMD_GET_DEVICE) {
      dump(message);
    } else {
      set(all);
      if (message.has(Netlink.NLM_F_ACK)) {
        error(message, 0);
      }
    }
  }

  private void set(Attributes all) {
    sets++;
    all.find(WGDEVICE_A_PRIVATE_KEY).ifPresent(key -> privateKey = key);
    all.find(WGDEVICE_A_LISTEN_PORT).ifPresent(it -> port = it.u16());
    if (all.find(WGDEVICE_A_FLAGS).map(Payload::s32).orElse(0) == WGDEVICE_F_REPLACE_PEERS) {
      peers.clear();
    }
    for (Attribute nest : list(all, WGDEVICE_A_PEERS)) {
      peer(nest.payload().attributes());
    }
  }

  private void peer(Attributes all) {
    WgKey key = new WgKey(all.find(WGPEER_A_PUBLIC_KEY).orElseThrow());
    int flags = all.find(WGPEER_A_FLAGS).map(Payload::s32).orElse(0);
    if ((flags & WGPEER_F_REMOVE_ME) != 0) {
      peers.remove(key);
      return;
    }
    WgPeer before = peers.getOrDefault(key, new WgPeer(key, null, 0, 0, 0, 0, List.of()));
    List<AllowedIp> ips = new ArrayList<>();
    if ((flags & WGPEER_F_REPLACE_ALLOWEDIPS) == 0) {
      ips.addAll(before.allowedIps());
    }
    for (Attribute nest : list(all, WGPEER_A_ALLOWEDIPS)) {
      Attributes ip = nest.payload().attributes();
      AllowedIp one =
          new AllowedIp(
              ip.find(WGALLOWEDIP_A_IPADDR).orElseThrow().ip(),
              ip.find(WGALLOWEDIP_A_CIDR_MASK).orElseThrow().u8());
      peers.replaceAll((other, it) -> without(it, one));
      ips.add(one);
    }
    InetSocketAddress endpoint =
        all.find(WGPEER_A_ENDPOINT).map(FakeWireGuard::endpoint).orElse(before.endpoint());
    int keepalive =
        all.find(WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL)
            .map(Payload::u16)
            .orElse(before.keepalive());
    peers.put(key, new WgPeer(key, endpoint, keepalive, 1_500_000_000L, 7, 8, ips));
  }

  private static WgPeer without(WgPeer peer, AllowedIp ip) {
    List<AllowedIp> left = peer.allowedIps().stream().filter(it -> !it.equals(ip)).toList();
    return new WgPeer(
        peer.key(),
        peer.endpoint(),
        peer.keepalive(),
        peer.handshake(),
        peer.received(),
        peer.sent(),
        left);
  }

  private void dump(Message message) {
    List<AttributeWriter> parts = new ArrayList<>();
    parts.add(
        header(WG_CMD_GET_DEVICE)
            .string(WGDEVICE_A_IFNAME, device)
            .u16(WGDEVICE_A_LISTEN_PORT, port));
    Payload key = privateKey;
    if (key != null) {
      parts.get(0).octets(WGDEVICE_A_PUBLIC_KEY, key.toArray());
    }
    for (WgPeer peer : peers.values()) {
      List<AllowedIp> ips = peer.allowedIps();
      for (int from = 0; from == 0 || from < ips.size(); from += IPS_PER_MESSAGE) {
        boolean first = from == 0;
        List<AllowedIp> some = ips.subList(from, Math.min(from + IPS_PER_MESSAGE, ips.size()));
        parts.add(
            header(WG_CMD_GET_DEVICE)
                .string(WGDEVICE_A_IFNAME, device)
                .nest(WGDEVICE_A_PEERS, all -> all.nest(0, it -> put(it, peer, some, first))));
      }
    }
    parts.forEach(part -> answer(message, FAMILY, part.toPayload()));
    answer(message, Netlink.NLMSG_DONE, Payload.of(new byte[4]));
  }

  private static void put(AttributeWriter out, WgPeer peer, List<AllowedIp> ips, boolean first) {
    out.octets(WGPEER_A_PUBLIC_KEY, peer.key().octets().toArray());
    InetSocketAddress endpoint = peer.endpoint();
    if (first) {
      if (endpoint != null) {
        byte[] address = endpoint.getAddress().getAddress();
        ByteBuffer sockaddr =
            ByteBuffer.allocate(address.length == 4 ? 16 : 28).order(ByteOrder.nativeOrder());
        sockaddr.putShort((short) Family.of(endpoint.getAddress()));
        sockaddr.order(ByteOrder.BIG_ENDIAN).putShort((short) endpoint.getPort());
        out.octets(WGPEER_A_ENDPOINT, sockaddr.put(address.length == 4 ? 4 : 8, address).array());
      }
      out.u16(WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, peer.keepalive());
      ByteBuffer time = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
      time.putLong(peer.handshake() / 1_000_000_000).putLong(peer.handshake() % 1_000_000_000);
      out.octets(WGPEER_A_LAST_HANDSHAKE_TIME, time.array());
      out.octets(WGPEER_A_RX_BYTES, u64(peer.received()));
      out.octets(WGPEER_A_TX_BYTES, u64(peer.sent()));
    }
    out.nest(WGPEER_A_ALLOWEDIPS, all -> ips.forEach(ip -> all.nest(0, it -> put(it, ip))));
  }

  private static void put(AttributeWriter out, AllowedIp ip) {
    InetAddress address = ip.address();
    out.u16(WGALLOWEDIP_A_FAMILY, Family.of(address));
    out.ip(WGALLOWEDIP_A_IPADDR, address).u8(WGALLOWEDIP_A_CIDR_MASK, ip.length());
  }

  private static byte[] u64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(value).array();
  }

  private static InetSocketAddress endpoint(Payload sockaddr) {
    byte[] octets = sockaddr.toArray();
    boolean v4 = octets.length == 16;
    byte[] address = new byte[v4 ? 4 : 16];
    System.arraycopy(octets, v4 ? 4 : 8, address, 0, address.length);
    int port = ((octets[2] & 0xff) << 8) | (octets[3] & 0xff);
    return new InetSocketAddress(Payload.of(address).ip(), port);
  }

  private static List<Attribute> list(Attributes all, int type) {
    return all.find(type).map(nest -> nest.attributes().list()).orElse(List.of());
  }

  private static AttributeWriter header(int command) {
    AttributeWriter out = new AttributeWriter();
    out.header(Genl.GENL_HDRLEN).put(0, (byte) command).put(1, (byte) 1);
    return out;
  }

  private void error(Message message, int errno) {
    ByteBuffer body = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder()).putInt(-errno);
    body.putInt(message.size()).putShort((short) message.type());
    answer(message, Netlink.NLMSG_ERROR, Payload.of(body.array()));
  }

  private void answer(Message request, int type, Payload body) {
    Message message = new Message(type, 0, request.seq(), 0, body);
    ByteBuffer out = ByteBuffer.allocate(message.size()).order(ByteOrder.nativeOrder());
    message.write(out);
    answers.add(out.flip());
  }

  @Override
  public Received receive(Duration timeout) {
    ByteBuffer next = answers.poll();
    return next == null ? new Received.Nothing() : new Received.KernelDatagram(next);
  }

  @Override
  public void close() {
    answers.clear();
  }
}
