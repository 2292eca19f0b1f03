package io.vrouter.netlink.generic;

import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The configuration protocol of WireGuard's userspace implementations
 * (https://www.wireguard.com/xplatform/): lines of {@code key=value}, ended by an empty line.
 */
public final class WgText {
  /** Reads a device. */
  public static final String GET = "get=1\n\n";

  private static final HexFormat HEX = HexFormat.of();

  private WgText() {}

  /** The text of a change. It contains the private key, if that is changed: a secret. */
  public static String set(WgChange change) {
    StringBuilder out = new StringBuilder("set=1\n");
    Payload privateKey = change.privateKey();
    if (privateKey != null) {
      line(out, "private_key", HEX.formatHex(privateKey.toArray()));
    }
    Integer port = change.port();
    if (port != null) {
      line(out, "listen_port", port);
    }
    if (change.replacePeers()) {
      line(out, "replace_peers", true);
    }
    for (WgChange.Peer peer : change.peers()) {
      line(out, "public_key", HEX.formatHex(peer.key().octets().toArray()));
      if (peer.remove()) {
        line(out, "remove", true);
        continue;
      }
      InetSocketAddress endpoint = peer.endpoint();
      if (endpoint != null) {
        line(out, "endpoint", text(endpoint));
      }
      Integer keepalive = peer.keepalive();
      if (keepalive != null) {
        line(out, "persistent_keepalive_interval", keepalive);
      }
      if (peer.replaceAllowedIps()) {
        line(out, "replace_allowed_ips", true);
      }
      peer.allowedIps().forEach(ip -> line(out, "allowed_ip", ip));
    }
    return out.append('\n').toString();
  }

  /**
   * The error number of an answer, positive; 0 for success.
   *
   * @throws DecodeException when it has none
   */
  public static int errno(String answer) {
    for (String line : answer.split("\n", -1)) {
      if (line.startsWith("errno=")) {
        return Math.abs((int) number(line.substring("errno=".length())));
      }
    }
    throw new DecodeException("an answer without errno");
  }

  /**
   * The device of an answer to {@link #GET}.
   *
   * @param publicKey the public key of a private one: the protocol has only the latter
   * @throws DecodeException when a value is not of its type
   */
  public static WgDevice device(String name, String answer, UnaryOperator<Payload> publicKey) {
    WgKey key = null;
    int port = 0;
    List<WgPeer> peers = new ArrayList<>();
    PeerLines peer = null;
    for (String line : answer.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals < 0) {
        continue;
      }
      String value = line.substring(equals + 1);
      switch (line.substring(0, equals)) {
        case "private_key" -> key = new WgKey(publicKey.apply(octets(value)));
        case "listen_port" -> port = (int) number(value);
        case "public_key" -> {
          if (peer != null) {
            peers.add(peer.peer());
          }
          peer = new PeerLines(key(value));
        }
        default -> {
          if (peer != null) {
            peer.read(line.substring(0, equals), value);
          }
        }
      }
    }
    if (peer != null) {
      peers.add(peer.peer());
    }
    return new WgDevice(name, key, port, peers);
  }

  /** The lines of one peer. */
  private static final class PeerLines {
    private static final long NANOS = 1_000_000_000;

    private final WgKey key;
    private @Nullable InetSocketAddress endpoint;
    private int keepalive;
    private long handshake;
    private long received;
    private long sent;
    private final List<AllowedIp> allowedIps = new ArrayList<>();

    PeerLines(WgKey key) {
      this.key = key;
    }

    void read(String name, String value) {
      switch (name) {
        case "endpoint" -> endpoint = endpoint(value);
        case "persistent_keepalive_interval" -> keepalive = (int) number(value);
        case "last_handshake_time_sec" -> handshake += number(value) * NANOS;
        case "last_handshake_time_nsec" -> handshake += number(value);
        case "rx_bytes" -> received = number(value);
        case "tx_bytes" -> sent = number(value);
        case "allowed_ip" -> allowedIps.add(allowedIp(value));
        default -> {
          // A preshared key, the protocol's version, and what newer ones add.
        }
      }
    }

    WgPeer peer() {
      return new WgPeer(key, endpoint, keepalive, handshake, received, sent, allowedIps);
    }
  }

  private static void line(StringBuilder out, String key, Object value) {
    out.append(key).append('=').append(value).append('\n');
  }

  private static String text(InetSocketAddress endpoint) {
    String address = endpoint.getAddress().getHostAddress();
    return (address.contains(":") ? "[" + address + "]" : address) + ":" + endpoint.getPort();
  }

  private static InetSocketAddress endpoint(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new DecodeException("an endpoint without a port");
    }
    String address = text.substring(0, colon).replace("[", "").replace("]", "");
    return new InetSocketAddress(address(address), (int) number(text.substring(colon + 1)));
  }

  private static AllowedIp allowedIp(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new DecodeException("an allowed address without a length");
    }
    try {
      return new AllowedIp(
          address(text.substring(0, slash)), (int) number(text.substring(slash + 1)));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
  }

  private static InetAddress address(String literal) {
    // A literal only: getByName would ask a resolver for anything else.
    if (!literal.matches("[0-9.]{7,15}|[0-9a-fA-F:.]{2,45}(%.*)?")) {
      throw new DecodeException("not an address");
    }
    try {
      return InetAddress.getByName(literal.replaceFirst("%.*", ""));
    } catch (UnknownHostException e) {
      throw new DecodeException("not an address");
    }
  }

  private static WgKey key(String hex) {
    return new WgKey(octets(hex));
  }

  private static Payload octets(String hex) {
    if (hex.length() != 2 * WireGuard.WG_KEY_LEN) {
      throw new DecodeException("a key has 64 hexadecimal digits, not " + hex.length());
    }
    try {
      return Payload.of(HEX.parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw new DecodeException("a key that is not hexadecimal");
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new DecodeException("not a number");
    }
  }
}
