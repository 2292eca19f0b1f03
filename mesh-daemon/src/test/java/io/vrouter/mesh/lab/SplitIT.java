package io.vrouter.mesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Ping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A daemon in two processes: the node without any privilege, the agent with one capability. */
@Tag("lab")
class SplitIT {
  @RegisterExtension private final Lab lab = new Lab();

  @Test
  void nodeAndAgentCarryTheMeshAndEitherMayDie() throws IOException {
    Host one = lab.host(1);
    Host two = lab.host(2);
    one.stack("172.30.0.0/16");
    two.stack("172.31.0.0/16");
    one.startSplit();
    two.startSplit();
    lab.awaitMesh(List.of(one, two));
    assertThat(status(one.daemon()))
        .contains("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1")
        .contains("Uid:\t65534\t65534\t65534\t65534");
    assertThat(status(one.agent())).contains("CapEff:\t0000000000001000");
    Await.until("one is healthy", () -> one.ctl("status").exit() == 0);
    assertThat(one.ctl("doctor").ok().stdout()).doesNotContain("FAIL");
    assertThat(one.daemon().said())
        .as("a write under way is no fault")
        .doesNotContain("kernel-ignores");

    Ping.Tally tally;
    try (Ping ping = Ping.start(one.stack().container(), two.stack().address(), lab.log("ping"))) {
      ping.awaitMore(5);
      List<Child> monitors = List.of(monitor(one), monitor(two));
      one.daemon().kill();
      ping.awaitMore(20);
      one.startSplit();
      one.awaitAnswer();
      Await.until("one is back", () -> two.statusOf(one).equals("alive"));
      Await.until("one has converged", () -> one.status().path("converged").asBoolean());
      assertThat(monitors)
          .as("a restart of the node writes nothing")
          .allSatisfy(monitor -> assertThat(monitor.said()).doesNotContain("vxlan1000"));
      one.agent().kill();
      Await.until("the problem", () -> one.status().toString().contains("agent-unreachable"));
      assertThat(one.leadsTo(two)).isTrue();
      ping.awaitMore(20);
      one.startAgent();
      Await.until("one is healthy again", () -> one.ctl("status").exit() == 0);
      ping.awaitMore(20);
      tally = ping.stop();
    }
    assertThat(tally.lost()).isEmpty();
    one.space().does("ip route del 172.31.0.0/16 proto 158");
    Await.until("the repair", () -> one.leadsTo(two));
    assertThat(one.ctl("leave").exit()).isZero();
    assertThat(one.space().ok("ip", "route", "show", "proto", "158")).isEmpty();
    assertThat(one.space().ok("nft", "list", "tables")).doesNotContain("inet vrouter");
  }

  /** All that changes at links, addresses, routes and entries from now on. */
  private Child monitor(Host host) {
    String marker = "198.51.100.%d".formatted(host.number());
    Child monitor =
        lab.closing(
            host.space()
                .start(
                    lab.log("monitor-" + host),
                    Map.of(),
                    List.of("ip", "monitor", "link", "address", "route", "neigh")));
    Await.until(
        "it listens",
        () -> {
          host.space().does("ip route add %s dev lo".formatted(marker));
          host.space().does("ip route del %s dev lo".formatted(marker));
          return monitor.said().contains(marker);
        });
    return monitor;
  }

  private static String status(Child process) throws IOException {
    return Files.readString(Path.of("/proc/" + process.pid() + "/status"));
  }
}
