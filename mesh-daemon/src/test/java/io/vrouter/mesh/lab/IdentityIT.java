package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Ping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is who when addresses, names and state directories change hands. */
@Tag("lab")
class IdentityIT {
  private static final String STATE = "/var/lib/vrouter";
  private static final String SEED = "seed.mesh.test";

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void aHostThatComesBackWithANewAddressIsTheSame() {
    List<Host> hosts = lab.three();
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);
    Host moving = hosts.get(2);
    String id = id(moving);
    Child follower =
        lab.closing(moving.launch(Map.of(), List.of(Lab.MESHCTL.toString(), "events", "--follow")));

    readdress(moving, 3, 33);
    awaitMoved(hosts, id, 33);
    assertThat(follower.alive()).as("the control socket is the same: %s", follower.said()).isTrue();
    assertThat(moving.ctl("status").exit()).isZero();

    moving.daemon().kill();
    readdress(moving, 33, 34);
    moving.start();
    awaitMoved(hosts, id, 34);
    moving.awaitAnswer();
    assertThat(id(moving)).isEqualTo(id);
  }

  /** As a new lease does: for a moment the host has no address at all. */
  private static void readdress(Host host, int from, int to) {
    host.space().ok("ip", "addr", "del", Lan.PREFIX + from + "/24", "dev", "eth0");
    host.space().ok("ip", "addr", "add", Lan.PREFIX + to + "/24", "dev", "eth0");
    host.space().ok("ip", "route", "replace", "default", "via", Lan.GATEWAY);
  }

  private static void awaitMoved(List<Host> hosts, String id, int number) {
    Host moved = hosts.get(2);
    for (Host host : hosts.subList(0, 2)) {
      Await.asserted(
          host + " has it at its new address alone",
          () -> {
            JsonNode member = member(host, id);
            assertThat(member.path("status").asText()).isEqualTo("alive");
            assertThat(member.path("underlay").asText()).isEqualTo(Lan.PREFIX + number);
            assertThat(host.members()).hasSize(3);
            assertThat(host.kernel().fdbPeers()).hasSize(2).contains(Lan.PREFIX + number);
          });
      Await.until("there", () -> host.stack().container().pings(moved.stack().address()));
      Await.until("and back", () -> moved.stack().container().pings(host.stack().address()));
    }
  }

  @Test
  void aCopyOfAStateDirectoryTakesNothingFromTheOriginal() {
    List<Host> hosts = lab.three();
    Host original = hosts.get(2);
    Host copy = lab.host(4);
    copy.stack("172.24.0.0/16");
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);
    String id = id(original);
    copy.space().ok("cp", "-a", original.space().path(STATE).toString(), STATE);
    try (Ping ping =
        Ping.start(
            hosts.get(0).stack().container(),
            original.stack().address(),
            lab.log("ping-to-the-original"))) {
      ping.awaitMore(1);

      copy.start();

      for (Host twin : List.of(original, copy)) {
        Await.until(
            twin + " shows it", () -> problems(twin).matches(".*identity-(cloned|reused).*"));
      }
      Await.holdsFor(
          Duration.ofSeconds(5),
          "the original keeps its place",
          () ->
              hosts.subList(0, 2).stream()
                  .map(host -> member(host, id))
                  .allMatch(
                      member ->
                          member.path("underlay").asText().equals(original.underlay())
                              && member.path("status").asText().equals("alive")));
      assertThat(ping.stop().lost()).isEmpty();
    }

    // The number of boots that it had to raise outlives the daemon: the others must take the next.
    copy.daemon().kill();
    original.daemon().kill();
    original.start();
    lab.awaitMesh(hosts);
    Await.until(
        "alive again", () -> member(hosts.get(0), id).path("status").asText().equals("alive"));
  }

  private static String problems(Host host) {
    List<String> codes = new ArrayList<>();
    host.status().path("problems").forEach(it -> codes.add(it.path("code").asText()));
    return codes.toString();
  }

  @Test
  void aNewHostWithAnOldOnesAddressAndNameLosesNoPacket() {
    List<Host> hosts = lab.three();
    Host observer = hosts.get(0);
    Host old = hosts.get(2);
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);
    String oldId = id(old);
    old.daemon().kill();
    Await.until("it is missed", () -> !observer.statusOf(old).equals("alive"));
    lab.lan().pull(old.number());

    // Another machine: nothing of the old one's but its address, its host name and its place.
    Host newcomer = lab.host(5);
    newcomer.stack("172.25.0.0/16");
    readdress(newcomer, newcomer.number(), old.number());
    newcomer.start("--node-name", old.name());
    for (Host host : hosts.subList(0, 2)) {
      Await.until(
          host + " has its route", () -> host.kernel().meshRoutes().contains("172.25.0.0/16"));
    }
    Await.until(
        "it is reached", () -> observer.stack().container().pings(newcomer.stack().address()));
    Ping there =
        lab.closing(
            Ping.start(
                observer.stack().container(), newcomer.stack().address(), lab.log("newcomer")));

    newcomer.awaitAnswer();
    String newId = id(newcomer);
    for (Host host : hosts.subList(0, 2)) {
      Await.asserted(
          host + " knows who is who",
          () -> {
            assertThat(member(host, newId).path("status").asText()).isEqualTo("alive");
            assertThat(member(host, oldId).path("status").asText()).isEqualTo("replaced");
            assertThat(host.kernel().meshRoutes()).doesNotContain("172.22.0.0/16");
          });
      assertThat(host.members()).hasSize(3).containsEntry(old.name(), "alive");
    }
    assertThat(observer.ctl("forget", old.name()).exit()).as("two have the name").isEqualTo(1);
    observer.ctl("forget", oldId).ok();
    Await.until("the old one is dropped", () -> !members(observer).containsKey(oldId));
    there.awaitMore(20);
    assertThat(there.stop().lost()).isEmpty();
  }

  @Test
  void whoeverCanBeMetAgainIsTriedAgain() {
    List<Host> hosts = lab.three();
    Host one = hosts.get(0);
    Host two = hosts.get(1);
    Host three = hosts.get(2);
    for (Host host : hosts) {
      host.write("/run/hosts", "127.0.0.1 localhost\n" + Lan.PREFIX + "99 " + SEED + "\n");
      host.space().ok("mount", "--bind", "/run/hosts", "/etc/hosts");
    }
    one.start("--multicast", "off");
    two.start("--multicast", "off", "--seed", SEED);
    one.awaitAnswer();
    two.awaitAnswer();
    assertThat(two.members()).hasSize(1);

    // The seed's name gets another address while the daemon runs.
    two.write("/run/hosts", "127.0.0.1 localhost\n" + one.underlay() + " " + SEED + "\n");
    lab.awaitMesh(List.of(one, two));

    // A host without seeds and multicast has only the peers it knew; and they have only it.
    three.start("--multicast", "off", "--seed", one.underlay());
    lab.awaitMesh(hosts);
    Await.until(
        "it wrote them down",
        () -> three.space().run("cat", STATE + "/peers").stdout().contains(two.underlay()));
    three.stop();
    three.start("--multicast", "off");
    lab.awaitMesh(hosts);
  }

  private static String id(Host host) {
    return host.json("members").path("self").asText();
  }

  private static JsonNode member(Host host, String id) {
    return members(host).getOrDefault(id, MissingNode.getInstance());
  }

  private static Map<String, JsonNode> members(Host host) {
    Map<String, JsonNode> members = new TreeMap<>();
    for (JsonNode member : host.json("members", "--all").path("members")) {
      members.put(member.path("id").asText(), member);
    }
    return members;
  }
}
