package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What two sides that were cut off from each other make of what each has done meanwhile. */
@Tag("lab")
class HealingIT {
  private static final String SHARED = "172.29.0.0/16";
  private static final String OVERLAY = "10.1.1.77";

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void whoLeftMeanwhileDoesNotRiseAgain() {
    List<Host> hosts = lab.three();
    Host one = hosts.get(0);
    Host leaver = hosts.get(1);
    Host cut = hosts.get(2);
    hosts.forEach(Host::start);
    lab.awaitMesh(hosts);
    lab.lan().block(cut.number());
    lab.awaitApart(one, cut);
    Await.until(cut + " forgot both", () -> cut.forgot(leaver));
    leaver.stop();
    Await.until("the leave is seen", () -> one.statusOf(leaver).equals("absent"));
    EventStream events = lab.closing(EventStream.of(one, lab));

    lab.lan().unblock(cut.number());

    lab.awaitMesh(List.of(one, cut));
    for (Host host : List.of(one, cut)) {
      Await.until(host + " has it as left", () -> "left".equals(all(host).get(leaver.name())));
      assertThat(host.statusOf(leaver)).isEqualTo("absent");
      assertThat(host.forgot(leaver)).isTrue();
    }
    assertThat(events.about(leaver.name())).isEmpty();
  }

  @Test
  void whatBothSidesClaimedIsSettledAgain() {
    List<Host> hosts = lab.three();
    Host one = hosts.get(0);
    Host cut = hosts.get(2);
    // What the two claimed when each was alone is what they claim again when they start.
    for (Host host : List.of(one, cut)) {
      host.start("--vxlan-ip", OVERLAY);
      Await.until(host + " has it", () -> addresses(host).contains(OVERLAY));
      host.daemon().kill();
      lab.lan().pull(host.number());
    }
    one.stack(SHARED);
    cut.stack(SHARED);
    lab.lan().mend(one.number());
    one.start();
    hosts.get(1).start();
    cut.start();
    lab.awaitMesh(hosts.subList(0, 2));
    for (Host host : List.of(one, cut)) {
      Await.until(host + " keeps it", () -> addresses(host).contains(OVERLAY));
    }

    lab.lan().mend(cut.number());

    for (Host host : hosts) {
      Await.asserted(
          host + " sees one owner of each address",
          () -> {
            assertThat(host.members()).hasSize(3).doesNotContainValue("failed");
            assertThat(Set.copyOf(overlays(host).values())).hasSize(3).contains(OVERLAY);
            assertThat(overlays(host)).isEqualTo(overlays(one));
            assertThat(conflict(host)).isEqualTo(conflict(one)).hasSize(2);
          });
    }
    for (Host from : hosts) {
      for (Host to : hosts) {
        if (from != to) {
          Await.until(
              from + " reaches " + to, () -> from.stack().container().pings(to.stack().address()));
        }
      }
    }
    for (Host host : hosts) {
      Await.until(host + " converges", () -> host.status().path("converged").asBoolean());
      Await.until(
          host + " has the address it tells",
          () -> Set.of(overlays(host).get(host.name())).equals(addresses(host)));
    }
    // The shared prefix belongs to one of the two, and the third host goes there.
    assertThat(hosts.get(1).kernel().meshRoutes()).contains(SHARED);
  }

  private static Set<String> addresses(Host host) {
    Set<String> addresses = new HashSet<>();
    if (host.kernel().hasDevice(Kernel.DEVICE)) {
      host.space()
          .json("ip", "-j", "-4", "addr", "show", "dev", Kernel.DEVICE)
          .path(0)
          .path("addr_info")
          .forEach(address -> addresses.add(address.path("local").asText()));
    }
    return addresses;
  }

  /** Winner and loser of the shared prefix. */
  private static List<String> conflict(Host host) {
    for (JsonNode conflict : host.json("conflicts").path("conflicts")) {
      if (conflict.path("claim").asText().equals(SHARED)) {
        return List.of(conflict.path("winner").asText(), conflict.path("loser").asText());
      }
    }
    return List.of();
  }

  private static Map<String, String> overlays(Host host) {
    Map<String, String> overlays = new TreeMap<>();
    for (JsonNode member : host.json("members").path("members")) {
      overlays.put(member.path("name").asText(), member.path("overlay").asText());
    }
    return overlays;
  }

  private static Map<String, String> all(Host host) {
    Map<String, String> statuses = new TreeMap<>();
    for (JsonNode member : host.json("members", "--all").path("members")) {
      statuses.put(member.path("name").asText(), member.path("status").asText());
    }
    return statuses;
  }
}
