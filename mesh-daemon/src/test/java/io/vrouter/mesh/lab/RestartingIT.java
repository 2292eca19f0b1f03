package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Ping;
import io.vrouter.netlink.lab.Space;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A daemon that is gone is not a host that is gone, and how each is told. Three hosts for all
 * tests, each of which leaves them alive as it found them; the third one is what things happen to.
 */
@Tag("lab")
class RestartingIT {
  @RegisterExtension static final Lab LAB = new Lab();

  private static final String MEMBERS = "/run/members.json";
  private static final String WALL = "inet wall";

  private static List<Host> hosts = List.of();
  private static int tests;

  private Host watcher = hosts.get(0);
  private Host third = hosts.get(2);
  private EventStream events = EventStream.of(watcher, LAB);
  private Ping there =
      Ping.start(container(watcher), third.stack().address(), LAB.log("ping-" + ++tests));

  @BeforeAll
  static void start() {
    hosts = LAB.three();
    hosts.get(0).start("--discovery-file", MEMBERS);
    hosts.get(1).start();
    hosts.get(2).start("--keep-dataplane");
    LAB.awaitMesh(hosts);
  }

  @BeforeEach
  void pings() {
    there.awaitMore(5);
  }

  @AfterEach
  void allAreAliveAgain() {
    there.close();
    events.close();
    // After a test that failed half way, so that the next one does not fail for it.
    third.space().run("nft", "delete", "table", "inet", "wall");
    LAB.lan().mend(third.number());
    if (!third.daemon().alive()) {
      third.start("--keep-dataplane");
    }
    LAB.awaitMesh(hosts);
    for (Host host : hosts) {
      Await.until(
          host + " lists all alive",
          () -> Set.copyOf(host.members().values()).equals(Set.of("alive")));
    }
  }

  @Test
  void aKilledDaemonIsRestartingAndNoPacketIsLost() {
    third.daemon().kill();

    awaitStatus("restarting");
    events.await(third, "suspect", "no answer to a ping.*|suspected by [0-9a-f]{8}");
    events.await(third, "restarting", ".*its kernel.*");
    assertThat(listed(watcher, third)).isEqualTo("restarting");
    third.start("--keep-dataplane");
    awaitStatus("alive");
    // By its new record or by an answer, whichever comes first.
    events.await(third, "alive", ".*(started|answered) again.*");
    assertNothingLost();
  }

  @Test
  void anAnnouncedRestartIsKnownAtOnceAndNoPacketIsLost() {
    assertThat(third.stop()).isZero();

    awaitStatus("restarting");
    events.await(third, "restarting", ".*said that it restarts.*");
    assertThat(events.about(third.name())).noneMatch(event -> to(event, "suspect"));
    third.start("--keep-dataplane");
    awaitStatus("alive");
    assertNothingLost();
  }

  @Test
  void aSilentHostIsFailedAndListedUntilItIsForgotten() {
    LAB.lan().pull(third.number());

    awaitStatus("failed");
    events.await(
        third, "failed", "suspected by .*, did not refute within \\d+ ms|failed at [0-9a-f]{8}");
    for (Host host : others()) {
      Await.until(host + " has no way there", () -> host.forgot(third));
      JsonNode member = member(host, third, "members");
      assertThat(Instant.parse(member.path("since").asText())).isBefore(Instant.now());
    }

    assertThat(watcher.ctl("forget", hosts.get(1).name()).exit()).as("an alive one").isEqualTo(1);
    watcher.ctl("forget", third.name()).ok();
    for (Host host : others()) {
      Await.until(host + " forgot it", () -> host.statusOf(third).equals("absent"));
    }
    Await.until("the file, too", () -> listed(watcher, third).equals("absent"));

    LAB.lan().mend(third.number());
    awaitStatus("alive");
  }

  @Test
  void aHostWhoseFirewallDropsAllButGossipIsFailedWhenItsDaemonIsKilled() {
    wall("udp dport 7950 accept");
    third.daemon().kill();

    awaitStatus("failed");
    assertThat(events.about(third.name())).noneMatch(event -> to(event, "restarting"));
    third.space().ok("nft", "delete", "table", "inet", "wall");
    third.start("--keep-dataplane");
  }

  @Test
  void aHostThatHearsNothingAtAllIsFailed() {
    wall("");

    awaitStatus("failed");
    assertThat(events.about(third.name())).noneMatch(event -> to(event, "restarting"));
    third.space().ok("nft", "delete", "table", "inet", "wall");
  }

  @Test
  void whoLeftIsListedWithAllOnly() {
    third.ctl("leave").ok();

    for (Host host : others()) {
      Await.until(host + " dropped it", () -> host.statusOf(third).equals("absent"));
      Await.until(host + " has no way there", () -> host.forgot(third));
      assertThat(member(host, third, "members", "--all").path("status").asText()).isEqualTo("left");
    }
    events.await(third, "left", ".*said that it leaves.*");
    Await.until("the file has dropped it", () -> listed(watcher, third).equals("absent"));
    third.daemon().awaitExit();
    third.start("--keep-dataplane");
  }

  private static boolean to(JsonNode event, String status) {
    return event.path("to").asText().equals(status);
  }

  private static Space container(Host host) {
    return host.stack().container();
  }

  private List<Host> others() {
    return hosts.subList(0, 2);
  }

  private void awaitStatus(String status) {
    for (Host host : others()) {
      Await.until(host + " has " + third + " " + status, () -> host.statusOf(third).equals(status));
    }
  }

  /** Drops at the third host what comes in but what the exception lets in. */
  private void wall(String exception) {
    third
        .space()
        .ok(
            "nft",
            "add table "
                + WALL
                + "; add chain "
                + WALL
                + " in { type filter hook prerouting priority -310; policy drop; };"
                + " add rule "
                + WALL
                + " in iifname lo accept;"
                + (exception.isEmpty() ? "" : " add rule " + WALL + " in " + exception));
  }

  private void assertNothingLost() {
    there.awaitMore(20);
    assertThat(there.stop().lost()).isEmpty();
  }

  private static JsonNode member(Host host, Host other, String... command) {
    for (JsonNode member : host.json(command).path("members")) {
      if (member.path("name").asText().equals(other.name())) {
        return member;
      }
    }
    throw new AssertionError(host + " doesn't list " + other);
  }

  /** A host's status by the discovery file, whose replacement is never half done. */
  private static String listed(Host host, Host other) {
    for (JsonNode member : Space.parse(Lab.read(host.space().path(MEMBERS))).path("members")) {
      if (member.path("name").asText().equals(other.name())) {
        return member.path("status").asText();
      }
    }
    return "absent";
  }
}
