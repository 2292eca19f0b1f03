package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Ping;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A running mesh of five hosts goes from plain to encrypted and back, as docs/encryption.md has it.
 */
@Tag("lab")
class EncryptionSwitchIT {
  /** Most packets that a pair may lose by four changes: one each 10 ms, for 1 s. */
  private static final int PROBE_INTERVAL = 100;

  @RegisterExtension final Lab lab = new Lab();

  private final List<Host> hosts = new ArrayList<>();

  @Test
  void aRunningMeshIsSwitchedOverAndBack() {
    for (int i = 1; i <= 5; i++) {
      Host host = lab.host(i);
      host.stack("172.2%d.0.0/16".formatted(i));
      hosts.add(host);
    }
    hosts.forEach(host -> start(host, "none"));
    lab.awaitMesh(hosts);
    List<Ping> pings = new ArrayList<>();
    try {
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
      pings.forEach(ping -> ping.awaitMore(5));

      for (Host host : hosts.subList(0, 4)) {
        restart(host, "prefer");
      }
      for (Host host : hosts.subList(0, 4)) {
        Await.until(
            host + " names the one that is behind",
            () -> problems(host, "encryption-behind").contains(hosts.get(4).name()));
      }
      restart(hosts.get(4), "prefer");
      hosts.forEach(host -> awaitEncrypted(host, 4));
      hosts.forEach(host -> restart(host, "wireguard"));
      hosts.forEach(host -> awaitEncrypted(host, 4));
      pings.forEach(ping -> ping.awaitMore(5));

      hosts.forEach(host -> restart(host, "prefer"));
      hosts.forEach(host -> restart(host, "none"));
      hosts.forEach(host -> awaitEncrypted(host, 0));
      for (Host host : hosts) {
        Await.until(
            "no WireGuard on " + host,
            () -> !host.space().ok("ip", "-br", "link").contains("vrwg"));
      }
      pings.forEach(ping -> ping.awaitMore(5));
      for (Ping ping : pings) {
        Ping.Tally tally = ping.stop();
        assertThat(tally.sent() - tally.received())
            .as(tally.lost().toString())
            .isLessThanOrEqualTo(PROBE_INTERVAL);
      }
    } finally {
      pings.forEach(Ping::close);
    }
  }

  @Test
  void oneThatDiffersIsRefusedWithTheReasonEverywhere() {
    hosts.addAll(lab.three());
    start(hosts.get(0), "none");
    start(hosts.get(1), "none");
    start(hosts.get(2), "wireguard");
    Host other = hosts.get(2);
    for (Host host : hosts.subList(0, 2)) {
      Await.until(
          host + " refuses " + other,
          () -> problems(host, "encryption-differs").contains(other.name()));
      Await.until(
          other + " refuses " + host,
          () -> problems(other, "encryption-differs").contains(host.name()));
    }
    Await.until(
        "the plain two reach each other",
        () -> hosts.get(0).stack().container().pings(hosts.get(1).stack().address()));
    assertThat(hosts.get(0).stack().container().pings(other.stack().address())).isFalse();
    assertThat(other.stack().container().pings(hosts.get(0).stack().address())).isFalse();
  }

  private static void start(Host host, String encryption) {
    host.start("--encryption", encryption, "--keep-dataplane");
    host.awaitAnswer();
  }

  private static void restart(Host host, String encryption) {
    assertThat(host.stop()).isZero();
    start(host, encryption);
    Await.until(host + " converges", () -> host.status().path("converged").asBoolean());
  }

  private static void awaitEncrypted(Host host, int peers) {
    Await.until(
        host + " encrypts with " + peers,
        () -> host.status().path("encryption").path("peers").asInt() == peers);
    // 240.0.0.0/4 is inside of WireGuard, the hosts are in 192.168.200.0/24.
    boolean encrypted = peers > 0;
    Await.until(
        host + " sends " + (encrypted ? "to WireGuard addresses only" : "in plain"),
        () ->
            host.kernel().fdbPeers().stream()
                .noneMatch(peer -> peer.startsWith("192.") == encrypted));
  }

  private static String problems(Host host, String code) {
    StringBuilder messages = new StringBuilder();
    for (JsonNode problem : host.status().path("problems")) {
      if (problem.path("code").asText().equals(code)) {
        messages.append(problem.path("message").asText());
      }
    }
    return messages.toString();
  }
}
