package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Space;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ranges of the mesh-wide pool of subnets, between real daemons. */
@Tag("lab")
class PoolIT {
  private static final String ONE_RANGE = "10.200.0.0/18";

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void askedAllAtOnceHostsGetRangesOfTheirOwnAndKeepThem() {
    List<Host> hosts = List.of(lab.host(1), lab.host(2), lab.host(3));
    hosts.forEach(Host::start);
    for (Host host : hosts) {
      host.awaitAnswer();
      assertThat(host.ctl("wait", "--members", "3", "--timeout", "30s").exit()).isZero();
    }

    Map<Host, CompletableFuture<Output>> asked = new HashMap<>();
    for (Host host : hosts) {
      asked.put(host, CompletableFuture.supplyAsync(() -> host.ctl("docker-pools")));
    }
    Map<Host, String> ranges = new HashMap<>();
    for (Host host : hosts) {
      JsonNode part = Space.parse(Objects.requireNonNull(asked.get(host)).join().ok().stdout());
      assertThat(part).hasSize(1);
      JsonNode pools = part.path("default-address-pools");
      assertThat(pools).hasSize(1);
      assertThat(pools.path(0).path("size").asInt()).isEqualTo(24);
      ranges.put(host, pools.path(0).path("base").asText());
    }
    assertThat(new HashSet<>(ranges.values())).hasSize(3);
    for (Host host : hosts) {
      awaitAcknowledged(host, ranges.getOrDefault(host, ""));
      Output status = host.ctl("status");
      assertThat(status.stderr()).isEmpty();
    }

    Host one = hosts.get(0);
    String subnet = one.ctl("subnet", "claim", "web").ok().stdout().strip();
    assertThat(subnet).matches("10\\.[0-9]+\\.[0-9]+\\.0/24");
    one.daemon().kill();
    one.start();
    one.awaitAnswer();
    awaitAcknowledged(one, ranges.getOrDefault(one, ""));
    assertThat(one.ctl("subnet", "claim", "web").ok().stdout().strip()).isEqualTo(subnet);
    Set<String> bases = new HashSet<>();
    one.json("docker-pools").path("default-address-pools").forEach(it -> bases.add(base(it)));
    assertThat(bases).hasSize(6).doesNotContain(subnet);
    assertThat(one.ctl("subnet", "release", "web").ok().stderr()).contains(subnet);
    assertThat(one.ctl("subnet", "release", "web").exit()).isEqualTo(1);
    assertThat(one.json("docker-pools").path("default-address-pools")).hasSize(1);

    // A range of 64 runs short, and another one is claimed before it is empty.
    Set<String> named = new HashSet<>();
    for (int i = 1; i <= 65; i++) {
      named.add(one.ctl("subnet", "claim", "stack" + i).ok().stdout().strip());
    }
    assertThat(named).hasSize(65);
    Set<String> held = new HashSet<>();
    one.json("docker-pools").path("ranges").forEach(it -> held.add(it.path("prefix").asText()));
    assertThat(held).hasSize(2).contains(ranges.getOrDefault(one, ""));
    for (Host host : hosts.subList(1, 3)) {
      assertThat(held).doesNotContain(ranges.getOrDefault(host, ""));
    }
  }

  @Test
  void claimMadeAloneIsProvisionalAndTakesNothingFromAnybodyAtAHeal() {
    Host one = lab.host(1);
    Host two = lab.host(2);
    Host three = lab.host(3);
    lab.lan().block(3);
    // There is one range only: both sides of the cut reach for it. The lone one does so first.
    three.start("--pool", ONE_RANGE);
    three.awaitAnswer();
    Output alone = three.ctl("docker-pools").ok();
    assertThat(alone.stdout()).contains(ONE_RANGE);
    assertThat(alone.stderr()).contains("note: " + ONE_RANGE + " is provisional");
    assertThat(three.json("docker-pools").path("ranges").path(0).path("acknowledged").asBoolean())
        .isFalse();
    Await.until("healthy", () -> three.json("status").path("healthy").asBoolean());
    assertThat(three.ctl("status").ok().stderr()).contains("provisional");

    one.start("--pool", ONE_RANGE);
    two.start();
    one.awaitAnswer();
    awaitAcknowledged(one, ONE_RANGE);

    lab.lan().unblock(3);
    Await.until("h3 sees the others", () -> three.members().size() == 3);
    Await.asserted(
        "h3 gives the range up and says that there is no other",
        () -> {
          Output status = three.ctl("status");
          assertThat(status.exit()).isEqualTo(1);
          assertThat(status.stdout()).contains("pool-full").contains(ONE_RANGE);
        });
    assertThat(three.ctl("docker-pools").exit()).isEqualTo(1);
    awaitAcknowledged(one, ONE_RANGE);
    // Nobody asked the second one: it voted, and that was all.
    assertThat(two.ctl("status").ok().stdout()).startsWith("healthy");

    one.ctl("leave").ok();
    awaitAcknowledged(three, ONE_RANGE);
  }

  private static void awaitAcknowledged(Host host, String range) {
    Await.asserted(
        range + " of " + host + " is acknowledged",
        () -> {
          JsonNode ranges =
              Space.parse(host.ctl("-o", "json", "docker-pools").ok().stdout()).path("ranges");
          List<String> found = new ArrayList<>();
          ranges.forEach(it -> found.add(it.path("prefix").asText() + it.path("acknowledged")));
          assertThat(found).containsExactly(range + "true");
        });
  }

  private static String base(JsonNode pool) {
    return pool.path("base").asText();
  }
}
