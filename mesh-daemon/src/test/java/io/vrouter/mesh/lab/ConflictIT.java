package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Ping;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two hosts with one subnet: one of them has it, everybody says so, until one gives it up. */
@Tag("lab")
class ConflictIT {
  private static final String BOTH = "172.30.0.0/16";

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void whoJoinsLaterLosesEverybodySaysSoAndWithdrawingSolvesIt() {
    Host owner = lab.host(1);
    Host rival = lab.host(2);
    Host third = lab.host(3);
    owner.stack(BOTH);
    third.stack("172.22.0.0/16");
    rival.stack(BOTH);
    owner.start();
    owner.awaitAnswer();
    // Claimed while alone: the claim is provisional, and the rival finds it so.
    Await.until("it claims", () -> owner.json("networks").path("networks").size() == 1);
    third.start();
    lab.awaitMesh(List.of(owner, third));
    Ping ping =
        lab.closing(
            Ping.start(third.stack().container(), owner.stack().address(), lab.log("ping")));
    ping.awaitMore(3);

    rival.start();
    assertOwned(owner, rival, third);
    assertThat(third.kernel().meshRoutes()).contains(BOTH);
    assertThat(ping.stop().lost()).as("the owner's path never broke").isEmpty();

    rival.stop();
    assertSolved(List.of(owner, third));
  }

  /** What a host claims while it is cut off has the lowest number of all. */
  @Test
  void whoWasCutOffDoesNotTakeTheSubnetFromWhoHasIt() {
    Host owner = lab.host(1);
    Host rival = lab.host(2);
    Host third = lab.host(3);
    third.stack("172.22.0.0/16");
    third.start();
    third.awaitAnswer();
    owner.stack(BOTH);
    owner.start();
    lab.awaitMesh(List.of(owner, third));

    rival.stack(BOTH);
    lab.lan().pull(rival.number());
    rival.start();
    rival.awaitAnswer();
    Await.until("it claims", () -> rival.json("networks").path("networks").size() == 1);
    lab.lan().mend(rival.number());

    assertOwned(owner, rival, third);
    assertThat(third.stack().container().pings(owner.stack().address())).isTrue();
    List.of(owner, rival, third).forEach(Host::stop);
  }

  private static void assertOwned(Host owner, Host rival, Host third) {
    for (Host host : List.of(owner, rival, third)) {
      Await.asserted(
          "the conflict on " + host,
          () -> {
            JsonNode conflicts = host.json("conflicts").path("conflicts");
            assertThat(conflicts).hasSize(1);
            assertThat(conflicts.get(0).path("winner").asText()).isEqualTo(id(owner));
            assertThat(conflicts.get(0).path("loser").asText()).isEqualTo(id(rival));
            assertThat(host.ctl("status").stdout())
                .contains("prefix-conflict", BOTH + " of " + rival.name());
          });
      assertThat(host.ctl("status").exit()).as("status of %s", host).isEqualTo(1);
      assertThat(host.daemon().said()).as("log of %s", host).contains("prefix-conflict");
    }
    assertThat(rival.ctl("networks").stdout()).contains("conflict");
  }

  private static void assertSolved(List<Host> hosts) {
    for (Host host : hosts) {
      Await.asserted(
          "no conflict on " + host,
          () -> {
            assertThat(host.json("conflicts").path("conflicts")).isEmpty();
            assertThat(host.ctl("status").ok().stdout()).doesNotContain("prefix-conflict");
          });
    }
  }

  private static String id(Host host) {
    return host.json("members").path("self").asText();
  }
}
