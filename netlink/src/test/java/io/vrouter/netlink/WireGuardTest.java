package io.vrouter.netlink;

import static io.vrouter.netlink.Fixture.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vrouter.netlink.fake.FakeWireGuard;
import io.vrouter.netlink.generic.AllowedIp;
import io.vrouter.netlink.generic.FamilyCodec;
import io.vrouter.netlink.generic.WgChange;
import io.vrouter.netlink.generic.WgCodec;
import io.vrouter.netlink.generic.WgDevice;
import io.vrouter.netlink.generic.WgKey;
import io.vrouter.netlink.generic.WgPeer;
import io.vrouter.netlink.generic.WgText;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** WireGuard by generic netlink, and by a userspace implementation's socket. */
class WireGuardTest {
  private static final String DEVICE = "vrwg0";
  private static final Payload PRIVATE = octets(0);
  private static final WgKey P1 = new WgKey(octets(0x20));
  private static final WgKey P2 = new WgKey(octets(0x40));

  private static Payload octets(int first) {
    byte[] octets = new byte[32];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) (first + i);
    }
    return Payload.of(octets);
  }

  private static WgChange first() {
    return new WgChange(
        DEVICE,
        PRIVATE,
        51820,
        false,
        List.of(
            WgChange.Peer.of(
                P1,
                new InetSocketAddress(ip("192.0.2.1"), 51820),
                25,
                List.of(AllowedIp.host(ip("247.1.2.3")), AllowedIp.host(ip("fd00::1"))))));
  }

  private static WgChange second() {
    InetSocketAddress endpoint = new InetSocketAddress(ip("2001:db8::1"), 51821);
    return WgChange.ofPeers(
        DEVICE,
        List.of(
            WgChange.Peer.removed(P1),
            new WgChange.Peer(P2, false, endpoint, null, true, List.of())));
  }

  @Test
  void requestsAreThoseOfWg() {
    assertSame(FamilyCodec.request("wireguard"), "wg: the family", false);
    assertSame(WgCodec.get(FakeWireGuard.FAMILY, DEVICE), "wg show vrwg0 dump", true);
    assertSame(
        only(WgCodec.set(FakeWireGuard.FAMILY, first())),
        "wg set vrwg0 private-key FILE listen-port 51820 peer P1 endpoint 192.0.2.1:51820"
            + " persistent-keepalive 25 allowed-ips 247.1.2.3/32,fd00::1/128",
        false);
    assertSame(
        only(WgCodec.set(FakeWireGuard.FAMILY, second())),
        "wg set vrwg0 peer P1 remove peer P2 endpoint [2001:db8::1]:51821 allowed-ips ''",
        false);
  }

  private static Request only(List<Request> requests) {
    assertThat(requests).hasSize(1);
    return requests.get(0);
  }

  private static void assertSame(Request request, String command, boolean dump) {
    Message golden = Golden.sent(command);
    assertThat(request.type()).as(command).isEqualTo(golden.type());
    assertThat(request.body().toArray()).as(command).isEqualTo(golden.body().toArray());
    assertThat(request.message(golden.seq(), true).flags()).as(command).isEqualTo(golden.flags());
    assertThat(request.flags() != 0).isEqualTo(dump);
  }

  @Test
  void aDeviceIsReadAsItWasSet() {
    FakeWireGuard kernel = new FakeWireGuard(DEVICE, true);
    try (GenericNetlink netlink = GenericNetlink.over(kernel)) {
      assertThat(netlink.family("wireguard")).contains(FakeWireGuard.FAMILY);
      netlink.set(first());
      WgDevice read = netlink.read(DEVICE).orElseThrow();
      assertThat(read.port()).isEqualTo(51820);
      WgPeer peer = read.peer(P1).orElseThrow();
      assertThat(peer.endpoint()).isEqualTo(new InetSocketAddress(ip("192.0.2.1"), 51820));
      assertThat(peer.keepalive()).isEqualTo(25);
      assertThat(peer.handshake()).isEqualTo(1_500_000_000L);
      assertThat(peer.received()).isEqualTo(7);
      assertThat(peer.sent()).isEqualTo(8);
      assertThat(peer.allowedIps())
          .containsExactly(AllowedIp.host(ip("247.1.2.3")), AllowedIp.host(ip("fd00::1")));
      netlink.set(second());
      assertThat(netlink.read(DEVICE).orElseThrow().peers())
          .extracting(WgPeer::key)
          .containsExactly(P2);
      assertThat(netlink.read("other")).isEmpty();
    }
  }

  @Test
  void manyPeersAndAddressesTakeManyMessages() {
    FakeWireGuard kernel = new FakeWireGuard(DEVICE, true);
    List<WgChange.Peer> peers = new ArrayList<>();
    InetSocketAddress endpoint = new InetSocketAddress(ip("192.0.2.1"), 51820);
    for (int i = 0; i < 1000; i++) {
      byte[] key = octets(0).toArray();
      key[0] = (byte) (i >> 8);
      key[1] = (byte) i;
      InetAddress address = ip("247.0.%d.%d".formatted(i >> 8, i & 0xff));
      peers.add(WgChange.Peer.of(WgKey.of(key), endpoint, 25, List.of(AllowedIp.host(address))));
    }
    List<AllowedIp> many = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      many.add(AllowedIp.host(ip("248.0.%d.%d".formatted(i >> 8, i & 0xff))));
    }
    peers.add(WgChange.Peer.of(P1, endpoint, 25, many));
    try (GenericNetlink netlink = GenericNetlink.over(kernel)) {
      netlink.set(new WgChange(DEVICE, PRIVATE, 51820, true, peers));
      WgDevice read = netlink.read(DEVICE).orElseThrow();
      assertThat(read.peers()).hasSize(1001);
      assertThat(read.peer(P1).orElseThrow().allowedIps()).isEqualTo(many);
      assertThat(kernel.sets()).isGreaterThan(20);
      assertThat(kernel.privateKey()).isEqualTo(PRIVATE);
    }
  }

  @Test
  void aKernelWithoutTheModuleHasNoDevice() {
    try (GenericNetlink netlink = GenericNetlink.over(new FakeWireGuard(DEVICE, false))) {
      assertThat(netlink.family("wireguard")).isEmpty();
      assertThat(netlink.read(DEVICE)).isEmpty();
      assertThatThrownBy(() -> netlink.set(first()))
          .isInstanceOfSatisfying(
              NetlinkException.class, it -> assertThat(it.errno()).isEqualTo(Errno.EOPNOTSUPP));
    }
  }

  @Test
  void noTextShowsThePrivateKey() {
    assertThat(first().toString()).contains("private key").doesNotContain("0001020304");
    assertThat(only(WgCodec.set(31, first())).toString()).doesNotContain("0001020304");
  }

  @Test
  void theTextOfAUserspaceImplementationIsReadOrRefused() {
    WgDevice read =
        WgText.device(
            DEVICE,
            """
            private_key=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
            listen_port=51820
            public_key=202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f
            preshared_key=0000000000000000000000000000000000000000000000000000000000000000
            protocol_version=1
            endpoint=[2001:db8::1]:51821
            last_handshake_time_sec=2
            last_handshake_time_nsec=5
            tx_bytes=8
            rx_bytes=7
            persistent_keepalive_interval=25
            allowed_ip=247.1.2.3/32
            allowed_ip=fd00::1/128
            errno=0

            """,
            UnaryOperator.identity());
    assertThat(read.key()).isEqualTo(new WgKey(PRIVATE));
    assertThat(read.peers())
        .containsExactly(
            new WgPeer(
                P1,
                new InetSocketAddress(ip("2001:db8::1"), 51821),
                25,
                2_000_000_005L,
                7,
                8,
                List.of(AllowedIp.host(ip("247.1.2.3")), AllowedIp.host(ip("fd00::1")))));
    assertThat(WgText.errno("errno=-22\n\n")).isEqualTo(Errno.EINVAL);
    for (String line :
        List.of(
            "public_key=20", "private_key=zz", "listen_port=x", "public_key=" + "0".repeat(63))) {
      assertThatThrownBy(() -> WgText.device(DEVICE, line + "\n\n", UnaryOperator.identity()))
          .isInstanceOf(DecodeException.class);
    }
    String peer = "public_key=" + "ab".repeat(32) + "\n";
    for (String line : List.of("endpoint=example.com:1", "allowed_ip=1.2.3.4/77", "endpoint=1")) {
      assertThatThrownBy(
              () -> WgText.device(DEVICE, peer + line + "\n\n", UnaryOperator.identity()))
          .isInstanceOf(DecodeException.class);
    }
  }

  @Test
  void aWireGuardGoIsSetAndReadByItsSocket() {
    try (Space host = Space.create()) {
      host.ok("wireguard-go", DEVICE);
      WireGuardSocket socket =
          new WireGuardSocket(host.path("/run/wireguard"), UnaryOperator.identity());
      Await.until("the socket", () -> Files.exists(socket.path(DEVICE)));
      assertThat(socket.read("other")).isEmpty();
      socket.set(first());
      WgDevice read = socket.read(DEVICE).orElseThrow();
      assertThat(read.port()).isEqualTo(51820);
      assertThat(read.peer(P1).orElseThrow().allowedIps())
          .containsExactlyInAnyOrder(
              AllowedIp.host(ip("247.1.2.3")), AllowedIp.host(ip("fd00::1")));
      assertThat(host.ok("wg", "show", DEVICE, "peers").strip()).isEqualTo(P1.toString());
      socket.set(second());
      assertThat(host.ok("wg", "show", DEVICE, "endpoints"))
          .contains(P2.toString())
          .contains("[2001:db8::1]:51821")
          .doesNotContain(P1.toString());
      host.ip("link del " + DEVICE);
      Await.until("the end of the process", () -> socket.read(DEVICE).isEmpty());
    }
  }
}
