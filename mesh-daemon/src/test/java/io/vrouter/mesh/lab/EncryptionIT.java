package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Ping;
import io.vrouter.netlink.lab.Space;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three hosts with {@code --encryption wireguard}, shared by all tests, each of which leaves them
 * encrypted. The kernel here has no WireGuard: {@code wireguard-go} encrypts.
 */
@Tag("lab")
class EncryptionIT {
  @RegisterExtension static final Lab LAB = new Lab();

  private static List<Host> hosts = List.of();
  private static int logs;

  @BeforeAll
  static void start() {
    hosts = LAB.three();
    hosts.forEach(host -> host.start("--encryption", "wireguard", "--keep-dataplane"));
    awaitReach();
  }

  private static void awaitReach() {
    for (Host from : hosts) {
      for (Host to : hosts) {
        if (from != to) {
          Await.until(
              "a container of " + from + " reaches one of " + to,
              () -> from.stack().container().pings(to.stack().address()));
        }
      }
    }
  }

  private static Ping ping(Host from, Host to, String interval) {
    return Ping.start(
        from.stack().container().netns(),
        to.stack().address(),
        LAB.log("ping-" + ++logs),
        interval);
  }

  /** The processes of WireGuard on a host. */
  private static String pids(Host host) throws IOException {
    String netns = Files.readSymbolicLink(host.space().netns()).toString();
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(it -> it.getFileName().toString().matches("\\d+"))
          .filter(it -> isWireGuardIn(it, netns))
          .map(it -> it.getFileName().toString())
          .collect(Collectors.joining(" "));
    }
  }

  private static boolean isWireGuardIn(Path process, String netns) {
    try {
      return Files.readString(process.resolve("comm")).equals("wireguard-go\n")
          && Files.readSymbolicLink(process.resolve("ns/net")).toString().equals(netns);
    } catch (IOException e) {
      // It has ended, or waits to be reaped.
      return false;
    }
  }

  @Test
  void aCaptureOnTheUnderlayShowsNothing() throws Exception {
    Host from = hosts.get(0);
    Host to = hosts.get(1);
    String device =
        from.space().json("ip", "-j", "route", "get", to.underlay()).path(0).path("dev").asText();
    Path log = LAB.log("tcpdump");
    try (Child tcpdump =
        from.space()
            .start(
                log,
                Map.of(),
                List.of("tcpdump", "-n", "-l", "-A", "-i", device, "not", "port", "7950"))) {
      Await.until("tcpdump listens", () -> tcpdump.said().contains("listening on"));
      for (int size : List.of(56, 57, 1000)) {
        assertThat(
                from.stack()
                    .container()
                    .pings(to.stack().address(), "-s", "" + size, "-p", "706c61696e746578"))
            .isTrue();
      }
      Await.until("packets are seen", () -> lengths(tcpdump.said()).size() >= 6);
      tcpdump.signal("INT");
      tcpdump.awaitExit();
    }
    String said = Files.readString(log, StandardCharsets.ISO_8859_1);
    assertThat(said)
        .doesNotContain(".4789")
        .doesNotContain("172.30.0.")
        .doesNotContain("172.31.0.")
        .doesNotContain("10.1.1.")
        .doesNotContain("plaintex");
    // 148 and 92 octets are handshakes.
    assertThat(lengths(said)).allMatch(length -> length % 16 == 0 || length == 148 || length == 92);
  }

  private static List<Integer> lengths(String said) {
    return said.lines()
        .filter(line -> line.contains(".51820") && line.matches(".*UDP, length \\d+"))
        .map(line -> Integer.parseInt(line.replaceFirst(".*UDP, length ", "")))
        .toList();
  }

  @Test
  void statusTellsWhatEncrypts() {
    for (Host host : hosts) {
      Await.until(host + " converges", () -> host.json("status").path("converged").asBoolean());
      JsonNode encryption = host.status().path("encryption");
      assertThat(encryption.path("setting").asText()).isEqualTo("wireguard");
      assertThat(encryption.path("devices").path(0).path("implementation").asText())
          .isEqualTo("wireguard-go");
      for (JsonNode member : host.json("members").path("members")) {
        boolean self = member.path("name").asText().equals(host.name());
        assertThat(member.path("encrypted").asText()).isEqualTo(self ? "null" : "wireguard");
      }
    }
  }

  @Test
  void aStrangersPlainPacketHasNoEffect() {
    Host host = hosts.get(0);
    Space container = host.stack().container();
    Host other = hosts.get(1);
    PacketCount count = PacketCount.from(container, "172.31.0.77");
    // The sender's own table would drop them.
    other.space().ok("nft", "delete", "table", "inet", "vrouter");
    other
        .space()
        .exec(
            FORGERY,
            "python3",
            "-",
            other.underlay(),
            hosts.get(2).kernel().address("vrwg0"),
            host.underlay(),
            "172.31.0.77",
            host.stack().address())
        .ok();
    assertThat(count.count()).isZero();
    Await.until(
        "the firewall is back",
        () -> other.space().run("nft", "list", "table", "inet", "vrouter").exit() == 0);
  }

  private static final String FORGERY =
      """
      import socket, struct, sys
      own, inside, target, inner, to = sys.argv[1:]
      def ip(source, target, protocol, payload):
          return struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0,
                             socket.inet_aton(source), socket.inet_aton(target)) + payload
      echo = ip(inner, to, 1, b'\\x08\\0\\xf7\\xff\\0\\0\\0\\0')
      frame = b'\\xff' * 6 + b'\\x02\\0\\0\\0\\0\\x09' + b'\\x08\\0' + echo
      vxlan = b'\\x08\\0\\0\\0' + struct.pack('!I', 1000 << 8) + frame
      udp = struct.pack('!HHHH', 40000, 4789, 8 + len(vxlan), 0) + vxlan
      s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
      # From a member's own address, and from a member's address inside of WireGuard.
      s.sendto(ip(own, target, 17, udp), (target, 0))
      s.sendto(ip(inside, target, 17, udp), (target, 0))
      """;

  @Test
  void aKilledWireGuardIsBackWithinASecond() throws Exception {
    Host host = hosts.get(1);
    try (Ping ping = ping(hosts.get(0), host, "0.01")) {
      ping.awaitMore(20);
      String before = pids(host);
      assertThat(before).matches("\\d+");
      host.space().ok("kill", "-9", before);
      Await.until("another process", () -> !pids(host).isEmpty() && !pids(host).equals(before));
      ping.awaitMore(50);
      Ping.Tally tally = ping.stop();
      int lost = tally.sent() - tally.received();
      System.out.printf("wireguard-go killed: %d ms without a path%n", lost * 10);
      // A second of pings, of which each asks 100 times.
      assertThat(lost).isLessThanOrEqualTo(100);
    }
  }

  @Test
  void aKilledDaemonLosesNothing() throws Exception {
    Host host = hosts.get(2);
    try (Ping ping = ping(hosts.get(0), host, "0.01")) {
      ping.awaitMore(20);
      String before = pids(host);
      host.daemon().kill();
      ping.awaitMore(20);
      host.start("--encryption", "wireguard", "--keep-dataplane");
      host.awaitAnswer();
      Await.until(host + " converges", () -> host.json("status").path("converged").asBoolean());
      ping.awaitMore(50);
      assertThat(ping.stop().lost()).isEmpty();
      assertThat(pids(host)).isEqualTo(before);
    }
  }
}
