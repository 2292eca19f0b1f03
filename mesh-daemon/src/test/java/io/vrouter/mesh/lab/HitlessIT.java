package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Ping;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * However daemons end and start again, the containers' traffic goes on: no ping of one every 10 ms
 * between each two of three hosts, both ways, and no octet of a TCP stream is lost.
 */
@Tag("lab")
class HitlessIT {
  private static final String KEEP = "--keep-dataplane";

  @RegisterExtension final Lab lab = new Lab();

  private List<Host> hosts = List.of();
  private final List<Ping> pings = new ArrayList<>();

  @BeforeEach
  void start() {
    hosts = lab.three();
    hosts.forEach(host -> host.start(KEEP));
    lab.awaitMesh(hosts);
    for (Host host : hosts) {
      long three = 2 * 200;
      Await.until(
          host + " has kept the others' records",
          () -> host.space().path("/var/lib/vrouter/records").toFile().length() > three);
    }
    for (Host from : hosts) {
      for (Host to : hosts) {
        if (from != to) {
          pings.add(
              lab.closing(
                  Ping.start(
                      from.stack().container(),
                      to.stack().address(),
                      lab.log("ping-" + from + "-" + to))));
        }
      }
    }
  }

  @Test
  void allAreKilledAndStartOneEveryFewSeconds() {
    EchoStream stream = stream();
    hosts.forEach(host -> host.daemon().kill());
    for (Host host : hosts) {
      awaitAnswers(300);
      host.start(KEEP);
    }
    awaitAnswers(300);
    assertNothingLost(stream);
  }

  /** As an upgrade of the image on all hosts does. */
  @Test
  void allAreReplacedAtOnce() {
    EchoStream stream = stream();
    for (int i = 0; i < 3; i++) {
      hosts.forEach(host -> host.daemon().signal("TERM"));
      for (Host host : hosts) {
        assertThat(host.daemon().awaitExit()).isZero();
      }
      hosts.forEach(host -> host.start(KEEP));
      awaitAnswers(300);
      lab.awaitMesh(hosts);
    }
    assertNothingLost(stream);
  }

  /** Killed at other moments of its start each time, while the others run. */
  @Test
  void oneCrashesAgainAndAgain() {
    EchoStream stream = stream();
    Host first = hosts.get(0);
    for (int i = 0; i < 20; i++) {
      first.daemon().kill();
      first.start(KEEP);
      awaitAnswers(10 * i);
    }
    assertNothingLost(stream);
  }

  @Test
  void allAreKilledTogetherAgainAndAgain() {
    EchoStream stream = stream();
    for (int i = 0; i < 8; i++) {
      hosts.forEach(host -> host.daemon().kill());
      hosts.forEach(host -> host.start(KEEP));
      awaitAnswers(30 * i);
    }
    assertNothingLost(stream);
  }

  @Test
  void fortyPercentOfTheGossipIsLostAtStarts() {
    EchoStream stream = stream();
    for (Host host : hosts) {
      host.space()
          .nft(
              """
              table inet lossy {
                chain gossip {
                  type filter hook input priority -200
                  udp dport 7950 numgen random mod 10 < 4 counter drop
                }
              }
              """);
    }
    for (int i = 0; i < 6; i++) {
      Host one = hosts.get(i % 3);
      one.daemon().kill();
      one.start(KEEP);
      awaitAnswers(150);
    }
    hosts.forEach(host -> host.daemon().kill());
    for (Host host : hosts) {
      awaitAnswers(100);
      host.start(KEEP);
    }
    awaitAnswers(500);
    for (Host host : hosts) {
      assertThat(host.space().ok("nft", "list", "table", "inet", "lossy"))
          .doesNotContain("packets 0 ");
      host.space().nft("delete table inet lossy");
    }
    assertNothingLost(stream);
  }

  private EchoStream stream() {
    return lab.closing(EchoStream.start(lab, hosts.get(0).stack(), hosts.get(1).stack()));
  }

  private void awaitAnswers(int more) {
    pings.get(0).awaitMore(more);
  }

  private void assertNothingLost(EchoStream stream) {
    lab.awaitMesh(hosts);
    for (Host host : hosts) {
      Await.until(
          host + " lists all alive",
          () -> host.members().values().stream().allMatch("alive"::equals));
    }
    assertThat(pings).allSatisfy(ping -> assertThat(ping.stop().lost()).isEmpty());
    System.out.println(stream.end());
  }
}
