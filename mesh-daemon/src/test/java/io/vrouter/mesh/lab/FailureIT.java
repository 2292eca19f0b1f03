package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Ping;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hosts that fall silent, come back, are killed or reinstalled. */
@Tag("lab")
class FailureIT {
  @RegisterExtension final Lab lab = new Lab();

  @Test
  void aSilentHostIsForgottenAndWelcomedBack() {
    List<Host> hosts = lab.three();
    Host silent = hosts.get(2);
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);

    lab.lan().pull(silent.number());

    for (Host left : hosts.subList(0, 2)) {
      lab.awaitApart(left, silent);
      assertThat(left.statusOf(silent)).isEqualTo("failed");
    }
    lab.awaitMesh(hosts.subList(0, 2));

    lab.lan().mend(silent.number());

    lab.awaitMesh(hosts);
    for (Host host : hosts) {
      Await.asserted(
          host + " has all alive",
          () -> assertThat(host.members().values()).hasSize(3).containsOnly("alive"));
    }
  }

  @Test
  void ofTwoHostsEachForgetsTheOther() {
    List<Host> pair = pair();
    lab.lan().pull(2);
    lab.awaitApart(pair.get(0), pair.get(1));
    lab.lan().mend(2);
    lab.awaitMesh(pair);
  }

  @Test
  void aCutInTheMiddleOfThePathHeals() {
    List<Host> pair = pair();
    lab.lan().block(2);
    lab.awaitApart(pair.get(0), pair.get(1));
    lab.lan().unblock(2);
    lab.awaitMesh(pair);
  }

  @Test
  void aKilledDaemonAdoptsWhatItFindsWhileThePathStaysUp() {
    List<Host> pair = pair();
    Host killed = pair.get(0);
    Host peer = pair.get(1);
    String index = indexOfDevice(killed);
    Ping there =
        lab.closing(
            Ping.start(killed.stack().container(), peer.stack().address(), lab.log("ping-there")));
    Ping back =
        lab.closing(
            Ping.start(peer.stack().container(), killed.stack().address(), lab.log("ping-back")));
    there.awaitMore(10);

    killed.daemon().kill();
    assertThat(killed.leadsTo(peer)).as("the kernel goes on").isTrue();
    killed.start();

    killed.awaitAnswer();
    Await.asserted(
        "the killed one is whole again",
        () -> {
          JsonNode status = killed.json("status");
          assertThat(status.path("members").path("alive").asInt()).isEqualTo(2);
          assertThat(status.path("converged").asBoolean()).isTrue();
        });
    Await.until("its peer has it alive", () -> peer.statusOf(killed).equals("alive"));
    there.awaitMore(20);
    back.awaitMore(20);
    assertThat(there.stop().lost()).isEmpty();
    assertThat(back.stop().lost()).isEmpty();
    assertThat(indexOfDevice(killed)).as("the device is the same").isEqualTo(index);
  }

  @Test
  void aReinstalledHostReplacesItsOldSelf() {
    List<Host> hosts = lab.three();
    Host again = hosts.get(2);
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);
    String oldId = again.json("members").path("self").asText();

    again.daemon().kill();
    again.space().ok("rm", "-rf", "/var/lib/vrouter", "/run/vrouter");
    again.space().ok("ip", "link", "del", Kernel.DEVICE);
    again.space().ok("nft", "flush", "ruleset");
    again.start();

    again.awaitAnswer();
    String newId = again.json("members").path("self").asText();
    assertThat(newId).isNotEqualTo(oldId);
    lab.awaitMesh(hosts);
    for (Host host : hosts.subList(0, 2)) {
      Await.asserted(
          host + " knows who is who",
          () -> {
            Map<String, String> statuses = statusesById(host);
            assertThat(statuses).containsEntry(newId, "alive");
            assertThat(statuses.getOrDefault(oldId, "replaced")).isEqualTo("replaced");
          });
      assertThat(host.members()).hasSize(3);
    }
  }

  private static Map<String, String> statusesById(Host host) {
    Map<String, String> statuses = new HashMap<>();
    for (JsonNode member : host.json("members", "--all").path("members")) {
      statuses.put(member.path("id").asText(), member.path("status").asText());
    }
    return statuses;
  }

  private static String indexOfDevice(Host host) {
    return host.space()
        .json("ip", "-j", "link", "show", "dev", Kernel.DEVICE)
        .path(0)
        .path("ifindex")
        .asText();
  }

  private List<Host> pair() {
    Host one = lab.host(1);
    Host two = lab.host(2);
    one.stack("172.30.0.0/16");
    two.stack("172.31.0.0/16");
    one.start();
    two.start();
    List<Host> pair = List.of(one, two);
    lab.awaitMesh(pair);
    return pair;
  }
}
