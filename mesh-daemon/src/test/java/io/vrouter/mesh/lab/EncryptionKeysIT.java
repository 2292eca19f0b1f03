package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Ping;
import io.vrouter.netlink.lab.Space;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whose key counts, and what a change of all keys costs. */
@Tag("lab")
class EncryptionKeysIT {
  private static final String DEVICE = "vrwg0";

  @RegisterExtension final Lab lab = new Lab();

  private void start(List<Host> hosts) {
    hosts.forEach(host -> host.start("--encryption", "wireguard"));
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

  @Test
  void allKeysOfFiveHostsChangeWithoutALostPacket() {
    List<Host> hosts = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      Host host = lab.host(i);
      host.stack("172.2%d.0.0/16".formatted(i));
      hosts.add(host);
    }
    start(hosts);
    List<Ping> pings = new ArrayList<>();
    Path log = lab.log("stream");
    try (Child sink = hosts.get(1).stack().container().start(log, Map.of(), python(SINK));
        Child source =
            hosts
                .get(0)
                .stack()
                .container()
                .start(log, Map.of(), python(SOURCE, hosts.get(1).stack().address()))) {
      for (Host from : hosts) {
        for (Host to : hosts) {
          if (from.number() < to.number()) {
            pings.add(
                Ping.start(
                    from.stack().container().netns(),
                    to.stack().address(),
                    lab.log("ping-" + from + "-" + to)));
          }
        }
      }
      pings.forEach(ping -> ping.awaitMore(20));
      Await.until("the stream flows", () -> received(sink) > 0);
      List<String> before = hosts.stream().map(EncryptionKeysIT::keys).toList();
      hosts.forEach(host -> host.ctl("encryption", "rotate").ok());
      assertThat(hosts.get(0).ctl("encryption", "rotate").exit())
          .as("another change before the first is complete")
          .isEqualTo(1);
      for (int i = 0; i < hosts.size(); i++) {
        Host host = hosts.get(i);
        String old = before.get(i);
        Await.until(
            host + " has another key and no other",
            () -> !keys(host).contains(old) && keys(host).length() == old.length());
      }
      long so = received(sink);
      Await.until("the same stream flows on", () -> received(sink) > so);
      assertThat(source.alive()).isTrue();
      assertThat(sink.alive()).isTrue();
      pings.forEach(ping -> ping.awaitMore(50));
      for (Ping ping : pings) {
        assertThat(ping.stop().lost()).isEmpty();
      }
    } finally {
      pings.forEach(Ping::close);
    }
  }

  private static List<String> python(String program, String... arguments) {
    List<String> command = new ArrayList<>(List.of("python3", "-u", "-c", program));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Prints how many times 100,000 octets came; ends when the connection does. */
  private static final String SINK =
      """
      import socket
      server = socket.create_server(('0.0.0.0', 7000))
      stream, _ = server.accept()
      count = 0
      while True:
          some = stream.recv(65536)
          if not some: break
          if count // 100000 != (count + len(some)) // 100000: print('received', count + len(some))
          count += len(some)
      """;

  private static final String SOURCE =
      """
      import socket, sys, time
      while True:
          try:
              stream = socket.create_connection((sys.argv[1], 7000))
              break
          except OSError: time.sleep(0.1)
      while True:
          stream.sendall(b'x' * 10000)
          time.sleep(0.01)
      """;

  private static long received(Child sink) {
    return sink.said().lines().filter(line -> line.startsWith("received")).count();
  }

  private static String keys(Host host) {
    StringBuilder keys = new StringBuilder();
    for (JsonNode device : host.status().path("encryption").path("devices")) {
      keys.append(device.path("publicKey").asText());
    }
    return keys.toString();
  }

  /** From a member's own address, with another key than the one in its record. */
  @Test
  void aMemberWithoutTheRightKeyGetsNothingThrough() {
    List<Host> hosts = lab.three();
    start(hosts);
    Host victim = hosts.get(0);
    Space member = hosts.get(1).space();
    String secret = member.ok("wg", "genkey");
    member.write("/run/key", secret);
    member.ok("wireguard-go", "wg9");
    try {
      member.ok("wg", "set", "wg9", "private-key", "/run/key", "listen-port", "51829");
      member.ok(
          "wg",
          "set",
          "wg9",
          "peer",
          keys(victim),
          "endpoint",
          victim.underlay() + ":51820",
          "allowed-ips",
          "0.0.0.0/0",
          "persistent-keepalive",
          "1");
      member.ip("link set wg9 up");
      victim
          .space()
          .nft(
              "table ip labport { chain in { type filter hook prerouting priority -400; };"
                  + " };\nadd rule ip labport in udp sport 51829 counter");
      Await.until(
          "its handshakes arrive",
          () ->
              victim
                  .space()
                  .ok("nft", "list", "table", "ip", "labport")
                  .matches("(?s).*packets [2-9].*"));
      assertThat(member.ok("wg", "show", "wg9", "latest-handshakes")).contains("\t0");
      assertThat(member.ok("wg", "show", "wg9", "transfer")).as("received").contains("\t0\t");
    } finally {
      member.run("ip", "link", "del", "wg9");
    }
  }

  @Test
  void aBannedNodesTunnelEndsWithItsSession() {
    List<Host> hosts = lab.three();
    start(hosts);
    Host banned = hosts.get(2);
    String key = keys(banned);
    assertThat(hosts.get(0).space().ok("wg", "show", DEVICE, "peers")).contains(key);
    hosts.subList(0, 2).forEach(host -> host.ctl("forget", "--ban", banned.name()).ok());
    for (Host host : hosts.subList(0, 2)) {
      Await.until(
          host + " has no tunnel to it",
          () -> !host.space().ok("wg", "show", DEVICE, "peers").contains(key));
      assertThat(host.stack().container().pings(banned.stack().address())).isFalse();
      assertThat(banned.stack().container().pings(host.stack().address())).isFalse();
    }
    assertThat(hosts.get(0).stack().container().pings(hosts.get(1).stack().address())).isTrue();
  }
}
